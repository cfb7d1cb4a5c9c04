import {
  type Adds,
  ArgumentError,
  type CallOptions,
  type ClientMembers,
  type ClientStats,
  type Command,
  clientMembers,
  type Engine,
  givenOptions,
  interruptible,
  type KvClient,
  type Of,
  outsideOfCalls,
  type Results,
  setHidden,
} from '@kv/core';
import type { TransactionOptions } from '../batch/transaction.ts';
import type { CacheStats } from '../cache/cache-stats.ts';
import type { KeyScanOptions } from '../commands/key.ts';
import type { Many } from '../commands/support/arguments.ts';
import type { LockOptions } from '../lock/lock-options.ts';
import type { RedisLock } from '../lock/redis-lock.ts';
import { prefixed } from '../protocol/key-prefix.ts';
import type { MonitorOptions } from '../pubsub/monitor.ts';
import type { MonitoredCommand } from '../pubsub/monitor-line.ts';
import type { SubscribeOptions } from '../pubsub/subscribe-options.ts';
import type { Subscription } from '../pubsub/subscription.ts';
import type { Kind } from '../pubsub/subscription-commands.ts';
import { Consumer } from '../streams/consumer.ts';
import type { ConsumerOptions } from '../streams/consumer-options.ts';
import { inSlotOfStream } from '../streams/dead-letters.ts';
import { nodesOf, type RedisNode } from '../topology/node-list.ts';
import type { NodeRole } from '../topology/slot-map.ts';
import type { CacheCallOptions, CachedCallOptions } from './cache-options.ts';
import { mergeRedisOptions, type RedisCallOptions, readSessionOptions, type SessionOptions } from './call-options.ts';
import { extensionOf } from './client-extension.ts';
import { type ClientOrigin, duplicateRedisCall, duplicateWithLogin } from './duplicate.ts';
import { sendCached } from './lazy-cache.ts';
import { type RedisClientOptions, readClientOptions } from './options.ts';
import { makeClient } from './redis-setup.ts';
import { selectDatabase } from './select-database.ts';
import type { RedisSession } from './session.ts';
import { subscriptionsOf } from './subscriptions.ts';
import { TypedExecutor } from './typed-executor.ts';

/** A look inside a client. */
export interface RedisStats extends ClientStats {
  /** What is kept, where the client was made with `cache`. Absent until the code for that is loaded. */
  readonly cache?: CacheStats | undefined;
}

const Base: typeof TypedExecutor & Adds<ClientMembers> = /* @__PURE__ */ clientMembers(TypedExecutor);

/**
 * A client that the whole process can share. Commands are pipelined on one connection; blocking commands, transactions and
 * subscriptions use dedicated ones.
 */
export class Redis<V = string> extends Base<V> implements KvClient<V> {
  declare protected readonly client: Engine;
  declare protected readonly call: CachedCallOptions;

  /** Made by {@link createRedis}. */
  constructor(client: Engine, call: CallOptions) {
    super(client, call);
    setHidden(this, 'client', client);
  }

  protected override run<T>(command: Command<T, V>): Promise<T> {
    const { client, call } = this;
    const sent = prefixed(command, call.keyPrefix);
    return call.cache ? sendCached(client, sent, call) : client.send(sent, call);
  }

  /** Whether it sends to the servers of a cluster. */
  get clustered(): boolean {
    return extensionOf(this.client).clustered === true;
  }

  /**
   * A further client of the same class, with the address, the options and the call options of this one, and with its
   * database, name and login as they are now; `options` say what differs. Nothing is shared with it.
   *
   * @throws ArgumentError for a wrong option
   * @example await using reader = redis.duplicate({ name: 'reader' })
   */
  duplicate(options: Omit<RedisClientOptions, 'bytes'> = {}): this {
    const View = this.constructor as RedisClass<this>;
    const origin: ClientOrigin = duplicateWithLogin(this.client, options, readClientOptions);
    return new View(makeClient(origin), duplicateRedisCall(this.call, options));
  }

  /**
   * Another database for all calls that are made from now on. Awaited, also for those with connections of their own;
   * sessions in use keep theirs.
   *
   * @throws ReplyError when there is no such database, ArgumentError in a cluster
   */
  select(db: number): Promise<'OK'> {
    return selectDatabase(this.client, db, this.call);
  }

  /** Another name in CLIENT LIST for all connections; '' takes it away. Sessions in use keep theirs. */
  async setName(name: string): Promise<'OK'> {
    const { renameConnections } = await outsideOfCalls(() => import('./running-login.ts'));
    return renameConnections(this.client, name, this.call);
  }

  /**
   * Another login for all connections, those to come included; sessions in use keep theirs. Connects where nothing is
   * connected. For passwords that expire take the option `credentials`.
   *
   * @throws ReplyError `WRONGPASS`; then all is as it was
   */
  auth(password: string): Promise<'OK'>;
  auth(username: string, password: string): Promise<'OK'>;
  async auth(usernameOrPassword: string, password?: string): Promise<'OK'> {
    const { loginAgain } = await outsideOfCalls(() => import('./running-login.ts'));
    return loginAgain(this.client, usernameOrPassword, password, this.call);
  }

  /** Counts, latencies and connections since the client was made. */
  stats(): RedisStats {
    return { ...this.client.stats(), cache: extensionOf(this.client).cache?.stats() };
  }

  /**
   * A cheap view of the same client with other call options. It is of the same class; where `bytes` changes the type
   * of data, TypeScript sees {@link Redis} unless the class declares `with` for itself.
   */
  with(options: RedisCallOptions & { readonly bytes: true }): Redis<Uint8Array>;
  with(options: RedisCallOptions & { readonly bytes: false }): Redis<string>;
  with(options: RedisCallOptions): this;
  with(options: RedisCallOptions): unknown {
    const call = mergeRedisOptions(this.call, options);
    if (options.cache && extensionOf(this.client).loadingCache === undefined)
      throw new ArgumentError('cache: the client was made without it');
    if (options.bulk && this.client.setup.pools.shared.bulkAbove === undefined)
      throw new ArgumentError('bulk: the client was made without bulkAbove');
    const View = this.constructor as RedisClass<unknown>;
    return new View(this.client, call);
  }

  /**
   * A view whose reads of one key, and MGET, are answered with what this process keeps, as long as the server tells of no
   * change. Writes are sent; they end what is kept of their keys. The client must be made with the option `cache`.
   *
   * @param options `ttl`: how old a reply may be, ms
   * @throws ArgumentError when the client was made without `cache`
   * @example
   * const redis = createRedis('redis://localhost', { cache: {} })
   * const cached = redis.cached({ ttl: 10_000 })
   * await cached.get('user:1') // asks the server once
   */
  cached(options: CacheCallOptions = {}): this {
    return this.with({ cache: options });
  }

  /**
   * Messages of channels. After a lost connection it is subscribed again by itself, and a `gap` is reported.
   *
   * @throws ReplyError `NOPERM`, TimeoutError when the server does not confirm in time
   * @example
   * await using news = await redis.subscribe('news')
   * for await (const { channel, message } of news) console.log(channel, message)
   */
  subscribe(channels: Many, options: SubscribeOptions = {}): Promise<Subscription<V>> {
    return this.subscribeTo('channel', channels, options);
  }

  /** Messages of all channels that match one of the patterns. */
  psubscribe(patterns: Many, options: SubscribeOptions = {}): Promise<Subscription<V>> {
    return this.subscribeTo('pattern', patterns, options);
  }

  /** Messages of channels that belong to a slot (`spublish`). Since 7.0. */
  ssubscribe(channels: Many, options: SubscribeOptions = {}): Promise<Subscription<V>> {
    return this.subscribeTo('shard', channels, options);
  }

  protected async subscribeTo(kind: Kind, names: Many, options: SubscribeOptions): Promise<Subscription<V>> {
    const { overflow } = givenOptions(options);
    const subscriptions = await subscriptionsOf(this.client, overflow === 'pause');
    return subscriptions.subscribe<V>(kind, names, options, this.call);
  }

  /**
   * The servers of a cluster, or a primary and replicas as sentinels name them, as they are known now, each with a client
   * for it alone: for commands that speak of one server, such as INFO, SCAN or `monitor()`. Empty before the first call,
   * or `connect()`, has asked for them.
   *
   * @param role only primaries, or only replicas
   * @example for (const { address, client } of redis.nodes('primary')) console.log(address, await client.dbsize())
   */
  nodes(role?: NodeRole): RedisNode<this>[] {
    const View = this.constructor as unknown as RedisClass<this>;
    return nodesOf(this.client, role).map((node) => ({ ...node, client: new View(node.client, this.call) }));
  }

  /**
   * Every command that the server runs, until the loop is left, or `return()` is called, which also ends a `next()` that
   * waits for a command. In a cluster: of the clients of {@link nodes}.
   *
   * @param options `onStart` is called when the server has confirmed it
   * @see https://redis.io/commands/monitor/
   */
  monitor(options: MonitorOptions = {}): AsyncGenerator<MonitoredCommand, void, undefined> {
    const { client, call } = this;
    return interruptible(async function* (left) {
      const { monitor } = await outsideOfCalls(() => import('../pubsub/monitor.ts'));
      yield* monitor(client, call, options, left);
    });
  }

  /**
   * All keys, in no order; a key may come twice. In a cluster those of all primaries, also while slots move from one to
   * another and while primaries are replaced: every key that is there all the time comes.
   *
   * @example for await (const key of redis.scanIterator({ match: 'user:*' })) console.log(key)
   */
  override scanIterator(options: KeyScanOptions = {}): AsyncGenerator<V, void, undefined> {
    return this.clustered ? scanNodes<V>(this.client, this.call, options) : super.scanIterator(options);
  }

  /** Reads a stream as one consumer of a group: handles, acknowledges, repeats, buries. */
  consumer(options: ConsumerOptions): Consumer<V> {
    return new Consumer<V>(this, this.clustered ? inSlotOfStream(options, this.keyPrefix) : options);
  }

  /**
   * A lock that many processes respect, with a fencing token. It is extended until it is released, and its `signal` fires
   * when it is lost. It keeps two from working at the same time as long as the server keeps its data and no holder sleeps
   * longer than `ttl`; beyond that only the token helps.
   *
   * @throws ConflictError when another client held it for all of `wait`, AbortedError when the signal fires
   * @example
   * await using held = await redis.lock('invoice:7', { ttl: 10_000 })
   * console.log(held.token, held.signal.aborted)
   */
  async lock(key: string, options: LockOptions = {}): Promise<RedisLock> {
    const { acquireLock } = await outsideOfCalls(() => import('../lock/acquire.ts'));
    return acquireLock(this.with({ bytes: false, retry: 'never' }), key, options);
  }

  /**
   * Exclusive use of one connection of a bounded pool (`maxSessions`). Waiters are served in FIFO order. In a cluster it leads to the
   * primary that has `key`, and takes commands with keys of that slot only; when the slot moves to another server, the
   * session is over.
   *
   * @throws ArgumentError in a cluster without `key`
   */
  session(options: SessionOptions & { readonly bytes: true }): Promise<RedisSession<Uint8Array>>;
  session(options: SessionOptions & { readonly bytes: false }): Promise<RedisSession<string>>;
  session(options?: SessionOptions): Promise<RedisSession<V>>;
  async session(
    options: SessionOptions = {},
  ): Promise<RedisSession<string> | RedisSession<Uint8Array> | RedisSession<V>> {
    const { call, key } = readSessionOptions(this.call, options);
    const { openSession } = await outsideOfCalls(() => import('../batch/transaction.ts'));
    return openSession<V>(this.client, call, key);
  }

  /**
   * Optimistic locking: watches `keys`, lets `body` read through its session, and runs the command values that it
   * returns if no watched key was changed; otherwise it starts again, up to `retries` times.
   *
   * @throws ConflictError when it was in conflict each time
   * @example
   * await redis.transaction(['stock'], async (s) => {
   *   const left = Number(await s.get('stock'))
   *   return [set('stock', left - 1)]
   * })
   */
  async transaction<const Cs extends readonly Of<V>[]>(
    keys: Many,
    body: (session: RedisSession<V>) => Promise<Cs>,
    options: TransactionOptions = {},
  ): Promise<Results<Cs>> {
    const { transaction } = await outsideOfCalls(() => import('../batch/transaction.ts'));
    return transaction(this.client, this.call, keys, body, options);
  }
}

/**
 * A class of users that adds commands of their own. Of a class with a type parameter name the one that is meant:
 * `{ client: MyRedis<string> }`.
 */
export type RedisClass<R> = new (client: Engine, call: CallOptions) => R;

async function* scanNodes<V>(
  client: Engine,
  call: CallOptions,
  options: KeyScanOptions,
): AsyncGenerator<V, void, undefined> {
  const { scanCluster } = await outsideOfCalls(() => import('../topology/cluster-scan.ts'));
  yield* scanCluster<V>(client, call, options);
}
