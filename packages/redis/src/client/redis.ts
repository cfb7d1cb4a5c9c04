import {
  type CallOptions,
  Client,
  type ClientSetup,
  type ClientState,
  type ClientStats,
  commonSetup,
  type EmbeddedServers,
  isKvError,
  mergeCallOptions,
  type Of,
  type Results,
  type Router,
  type RouterHost,
  reachable,
  readOptions,
  type StateChange,
} from '@kv/core';
import { runTransaction, TRANSACTION_RULES, type TransactionOptions } from '../batch/transaction.ts';
import type { Many } from '../commands/support/arguments.ts';
import { RedisProtocol } from '../protocol/protocol.ts';
import { sourceOf } from '../pubsub/connection-source.ts';
import { monitor } from '../pubsub/monitor.ts';
import type { MonitoredCommand } from '../pubsub/monitor-line.ts';
import { Subscriber } from '../pubsub/subscriber.ts';
import type { SubscribeOptions, Subscription } from '../pubsub/subscription.ts';
import type { Kind } from '../pubsub/subscription-commands.ts';
import { Consumer } from '../streams/consumer.ts';
import type { ConsumerOptions } from '../streams/consumer-options.ts';
import { ClusterRouter } from '../topology/cluster-router.ts';
import { alternativeOnClient } from './alternatives.ts';
import {
  type ReadOptions,
  type RedisAddress,
  type RedisClientOptions,
  type RedisOptions,
  readClientOptions,
} from './options.ts';
import { RedisSession } from './session.ts';
import { TypedExecutor } from './typed-executor.ts';

/** A client for everybody: commands of all tasks share a line, and what needs a connection of its own gets one. */
export class Redis<V = string> extends TypedExecutor<V> implements AsyncDisposable {
  readonly #client: Client;

  /** Made by {@link createRedis}. */
  constructor(client: Client, call: CallOptions) {
    super(client, call);
    this.#client = client;
  }

  /** Where it sends to, without user and password. */
  get address(): string {
    return this.#client.setup.addressText;
  }

  /** Where the client is in its life. */
  get state(): ClientState {
    return this.#client.state;
  }

  /** Whether producers may go on: less than half of `maxQueueBytes` waits to be written. */
  get writable(): boolean {
    return this.#client.writable;
  }

  /** Resolves when {@link writable} is true (again). */
  drained(): Promise<void> {
    return this.#client.drained();
  }

  /** Connects now instead of with the first command. @throws ConnectionError with the cause when that fails */
  connect(): Promise<void> {
    return this.#client.connect();
  }

  /**
   * Takes no more calls, lets those under way end for `timeout` ms, then ends all connections. Always resolves, and
   * every promise is settled then.
   */
  close(options?: { readonly timeout?: number | undefined }): Promise<void> {
    return this.#client.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Hears of every change of {@link state}. A lost connection is a state, never an error that is thrown. */
  on(event: 'state', listener: (change: StateChange) => void): this {
    this.#client.on(event, listener);
    return this;
  }

  /** Takes back what {@link on} added. */
  off(event: 'state', listener: (change: StateChange) => void): this {
    this.#client.off(event, listener);
    return this;
  }

  /** Counts, latencies and connections since the client was made. */
  stats(): ClientStats {
    return this.#client.stats();
  }

  /**
   * A cheap view of the same client with other call options. It is of the same class; where `bytes` changes the type
   * of data, TypeScript sees {@link Redis} unless the class declares `with` for itself.
   */
  with(options: CallOptions & { readonly bytes: true }): Redis<Uint8Array>;
  with(options: CallOptions & { readonly bytes: false }): Redis<string>;
  with(options: CallOptions): this;
  with(options: CallOptions): unknown {
    const View = this.constructor as RedisClass<unknown>;
    return new View(this.#client, mergeCallOptions(this.call, options));
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
    return this.#subscribe('channel', channels, options);
  }

  /** Messages of all channels that match one of the patterns. */
  psubscribe(patterns: Many, options: SubscribeOptions = {}): Promise<Subscription<V>> {
    return this.#subscribe('pattern', patterns, options);
  }

  /** Messages of channels that belong to a slot (`spublish`). Since 7.0. */
  ssubscribe(channels: Many, options: SubscribeOptions = {}): Promise<Subscription<V>> {
    return this.#subscribe('shard', channels, options);
  }

  async #subscribe(kind: Kind, names: Many, options: SubscribeOptions): Promise<Subscription<V>> {
    return subscriberOf(this.#client, options.overflow === 'pause').subscribe<V>(kind, names, options, this.call);
  }

  /**
   * Every command that the server runs, until the loop is left.
   *
   * @see https://redis.io/commands/monitor/
   */
  monitor(): AsyncGenerator<MonitoredCommand, void, undefined> {
    return monitor(this.#client, this.call);
  }

  /** Reads a stream as one consumer of a group: handles, acknowledges, repeats, buries. */
  consumer(options: ConsumerOptions): Consumer<V> {
    return new Consumer<V>(this, options);
  }

  /** A connection for oneself, from a bounded pool (`maxSessions`), first come first served. */
  session(options: CallOptions & { readonly bytes: true }): Promise<RedisSession<Uint8Array>>;
  session(options: CallOptions & { readonly bytes: false }): Promise<RedisSession<string>>;
  session(options?: CallOptions): Promise<RedisSession<V>>;
  async session(options: CallOptions = {}): Promise<RedisSession<string> | RedisSession<Uint8Array> | RedisSession<V>> {
    const call = mergeCallOptions(this.call, options);
    return new RedisSession<V>(await this.#client.acquire(call), call);
  }

  /**
   * Optimistic locking: watches `keys`, lets `body` read through its session, and runs the command values that it
   * returns if nobody changed a watched key; otherwise all again, up to `retries` times.
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
    const { retries = 10, ...call } = readOptions(TRANSACTION_RULES, options, new Map());
    const session = await this.session(call);
    let overdue = false;
    try {
      return await runTransaction(session, keys, body, retries);
    } catch (error) {
      overdue = isKvError(error) && (error.code === 'TIMEOUT' || error.code === 'ABORTED');
      throw error;
    } finally {
      const released = session.release();
      if (!overdue) await released; // else the late reply and the cleaning are awaited behind the caller
    }
  }
}

/**
 * A class of users that adds commands of their own. Of a class with a type parameter name the one that is meant:
 * `{ client: MyRedis<string> }`.
 */
export type RedisClass<R> = new (client: Client, call: CallOptions) => R;

/**
 * A client for one server. Returns at once; the first command (or `connect()`) connects.
 *
 * @param address URL (`redis://user:password@host:6379/0`, `rediss:`, `valkey:`, `redis+unix:`, `embedded:`), `{ host, port }`,
 *   `{ path }` or `{ connect }`. Default: `redis://127.0.0.1:6379`
 * @throws ArgumentError for a wrong address or option
 * @example
 * await using redis = createRedis('redis://localhost:6379')
 * await redis.set('a', 1, { ex: 60 })
 */
export function createRedis(
  address?: RedisAddress,
  options?: RedisClientOptions & { readonly bytes?: false | undefined; readonly client?: undefined },
): Redis<string>;
export function createRedis(
  address: RedisAddress | undefined,
  options: RedisClientOptions & { readonly bytes: true; readonly client?: undefined },
): Redis<Uint8Array>;
export function createRedis(
  address: RedisAddress | undefined,
  options: RedisClientOptions & { readonly client?: undefined },
): Redis<string | Uint8Array>;
export function createRedis<R extends Redis>(
  address: RedisAddress | undefined,
  options: RedisClientOptions & { readonly bytes?: false | undefined; readonly client: RedisClass<R> },
): R;
export function createRedis<R extends Redis<Uint8Array>>(
  address: RedisAddress | undefined,
  options: RedisClientOptions & { readonly bytes: true; readonly client: RedisClass<R> },
): R;
// Once more: the last one is what `ReturnType<typeof createRedis>` means.
export function createRedis(
  address?: RedisAddress,
  options?: RedisClientOptions & { readonly bytes?: false | undefined; readonly client?: undefined },
): Redis<string>;
export function createRedis(
  address?: RedisAddress,
  options: RedisClientOptions & { readonly client?: RedisClass<unknown> | undefined } = {},
): unknown {
  const read = readClientOptions(address, options);
  const { maxSessions = 10, maxBlocking = 10, client: Type = Redis } = read.options;
  const setup: ClientSetup = {
    ...clientSetup(read),
    onReady: async () => subscribers.get(client)?.restored(),
    pools: {
      shared: { minSize: 1, maxSize: 1 },
      sessions: { minSize: 0, maxSize: maxSessions },
      blocking: { minSize: 0, maxSize: maxBlocking },
      streams: { minSize: 0, maxSize: Number.POSITIVE_INFINITY },
    },
  };
  const client: Client = new Client(setup, routerOf(read));
  return new Type(client, callOf(read));
}

/** How calls find their server; undefined: there is only one. */
function routerOf({ topology, options }: ReadOptions<RedisClientOptions>): ((host: RouterHost) => Router) | undefined {
  if (topology?.kind !== 'cluster') return undefined;
  const { natMap, tlsName, refreshInterval = 60_000, split = true, name = 'redis' } = options;
  const { seeds, tls } = topology;
  const seedHost = seeds[0]?.host;
  return (host) => new ClusterRouter(host, { seeds, seedHost, tls, natMap, tlsName, refreshInterval, split, name });
}

const subscribers = new WeakMap<Client, Subscriber>();

/** The subscriber for all readers of a client, or a new one for a reader that may hold the server back. */
function subscriberOf(client: Client, alone: boolean): Subscriber {
  if (alone) return new Subscriber(sourceOf(client));
  let subscriber = subscribers.get(client);
  if (subscriber === undefined) {
    subscriber = new Subscriber(sourceOf(client));
    subscribers.set(client, subscriber);
  }
  return subscriber;
}

/** In a variable, so that a bundler leaves this optional package to Node instead of failing where it is not there. */
const EMBEDDED: string = '@kv/embedded';
const loadEmbedded = (): Promise<EmbeddedServers> => import(/* webpackIgnore: true */ /* @vite-ignore */ EMBEDDED);

/** What is the same for clients, pools and connections. */
export function clientSetup({
  parsed,
  address,
  options,
  login,
  topology,
}: ReadOptions<RedisOptions>): Omit<ClientSetup, 'pools'> {
  return {
    ...commonSetup(options, 'redis'),
    protocol: new RedisProtocol({ login, limits: options.limits, redirects: topology?.kind === 'cluster' }),
    address: reachable(parsed, address, 'redis', loadEmbedded),
    addressText: parsed.text,
    alternative: alternativeOnClient,
  };
}

/** The call options that come from creation options. */
export function callOf({ options }: ReadOptions<RedisOptions>): CallOptions {
  const { bytes = false, keyPrefix = '' } = options;
  return mergeCallOptions({}, { bytes, keyPrefix });
}
