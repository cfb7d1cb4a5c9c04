import {
  type AddressInput,
  type Adds,
  ArgumentError,
  asKvError,
  type CallOptions,
  type ClientStats,
  Command,
  duplicateCall,
  type Engine,
  integer,
  type KvPool,
  keepOrigin,
  type Origin,
  openPool,
  type PoolMembers,
  poolMembers,
  setHidden,
  stateful,
} from '@kv/core';
import { ok } from '../commands/support/replies.ts';
import { askingLess } from '../protocol/handshake.ts';
import type { RedisProtocol } from '../protocol/protocol.ts';
import { alternativeOnPool } from './alternatives.ts';
import { mergeRawOptions, type RawCallOptions } from './call-options.ts';
import { duplicateWithLogin } from './duplicate.ts';
import { type ReadOptions, type RedisPoolOptions, readPoolOptions } from './options.ts';
import { callOf, clientSetup } from './redis-setup.ts';
import { RedisSession } from './session.ts';
import { TypedExecutor } from './typed-executor.ts';

const SELECT = stateful('SELECT');

const Base: typeof TypedExecutor & Adds<PoolMembers> = /* @__PURE__ */ poolMembers(TypedExecutor);

/** Connections of bounded number: commands go to whichever is least busy, `acquire()` gives one to oneself. */
export class RedisPool<V = string> extends Base<V> implements KvPool<V, RedisSession<V>> {
  declare protected readonly client: Engine;

  /** Made by {@link createPool}. */
  constructor(client: Engine, call: CallOptions) {
    super(client, call);
    setHidden(this, 'client', client);
  }

  /** Counts, latencies and connections since it was made. */
  stats(): ClientStats {
    return this.client.stats();
  }

  /** Database of free and later connections. */
  get db(): number {
    return (this.client.setup.protocol as RedisProtocol).login.db;
  }

  /** Exclusive use of one connection; waits for a free one, first come first served, within the deadline. */
  acquire(options: RawCallOptions & { readonly bytes: true }): Promise<RedisSession<Uint8Array>>;
  acquire(options: RawCallOptions & { readonly bytes: false }): Promise<RedisSession<string>>;
  acquire(options?: RawCallOptions): Promise<RedisSession<V>>;
  async acquire(
    options: RawCallOptions = {},
  ): Promise<RedisSession<string> | RedisSession<Uint8Array> | RedisSession<V>> {
    const call = mergeRawOptions(this.call, options);
    return new RedisSession<V>(await this.client.acquire(call), call);
  }

  /** Gives a lease back: cleaned where its state was changed. Need not be waited for. */
  release(lease: RedisSession<V>): void {
    void lease.release();
  }

  /**
   * Selects a database for all free and all later connections; leased ones change when they come back.
   *
   * @throws ReplyError when the server has no such database, ConnectionError when one of the connections was lost
   *   meanwhile, TimeoutError when one did not answer; the database is then the one that it was
   */
  async select(db: number): Promise<'OK'> {
    const command = new Command(SELECT, [integer(db, 'db', 0)], ok);
    const { shared, blocking } = this.endpoint;
    const { login } = this.client.setup.protocol as RedisProtocol;
    const before = login.db;
    login.db = db;
    blocking.clear(); // a pop that is called from now on gets a connection with the new database
    const asked = [...shared.ready];
    const answers = await Promise.allSettled(
      asked.map((connection) => connection.sendInternal(command, limitsOf(this.client, this.call))),
    );
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed === undefined) return 'OK';
    login.db = before;
    blocking.clear();
    // Who has changed, or may do so yet, is replaced.
    const doubtful = asked.filter((_, i) => isDoubtful(answers[i] as PromiseSettledResult<unknown>));
    const changed = shared.ready.filter(({ wire }) => wire.dirty);
    for (const connection of new Set([...doubtful, ...changed])) connection.destroy(asKvError(failed.reason));
    throw failed.reason;
  }

  /** A view of the same pool with other call options. */
  with(options: RawCallOptions & { readonly bytes: true }): RedisPool<Uint8Array>;
  with(options: RawCallOptions & { readonly bytes: false }): RedisPool<string>;
  with(options: RawCallOptions): RedisPool<V>;
  with(options: RawCallOptions): RedisPool<string> | RedisPool<Uint8Array> | RedisPool<V> {
    return new RedisPool<V>(this.client, mergeRawOptions(this.call, options));
  }

  /**
   * A further pool with the address, the options and the call options of this one, and with its database; `options` say
   * what differs. Nothing is shared with it. Resolves when `minSize` connections are ready.
   *
   * @throws ArgumentError for a wrong option, ConnectionError with the cause when they cannot be made
   * @example await using other = await pool.duplicate({ maxSize: 2 })
   */
  async duplicate(options: Omit<RedisPoolOptions, 'bytes'> = {}): Promise<RedisPool<V>> {
    const origin: PoolOrigin = duplicateWithLogin(this.client, options, readPoolOptions);
    return new RedisPool<V>(await openEngine(origin), mergeRawOptions(this.call, duplicateCall(this.call, options)));
  }

  protected get endpoint(): Engine['endpoints'][number] {
    const [endpoint] = this.client.endpoints;
    if (endpoint === undefined) throw new ArgumentError('the pool has no endpoint');
    return endpoint;
  }
}

/**
 * A pool of connections. Resolves when `minSize` of them are ready.
 *
 * @throws ConnectionError with the cause when they cannot be made
 * @example
 * await using pool = await createPool('redis://localhost', { minSize: 2, maxSize: 10 })
 * await using lease = await pool.acquire()
 */
export async function createPool(
  address: AddressInput | undefined,
  options: RedisPoolOptions & { readonly bytes: true },
): Promise<RedisPool<Uint8Array>>;
export async function createPool(
  address?: AddressInput,
  options?: RedisPoolOptions & { readonly bytes?: false | undefined },
): Promise<RedisPool>;
export async function createPool(
  address: AddressInput | undefined,
  options: RedisPoolOptions,
): Promise<RedisPool<string | Uint8Array>>;
// Once more: the last one is what `ReturnType<typeof createPool>` means.
export async function createPool(
  address?: AddressInput,
  options?: RedisPoolOptions & { readonly bytes?: false | undefined },
): Promise<RedisPool>;
export async function createPool(address?: AddressInput, options: RedisPoolOptions = {}): Promise<unknown> {
  const read = readPoolOptions(address, options);
  return new RedisPool<string>(await openEngine({ address, options, read }), callOf(read));
}

type PoolOrigin = Origin<AddressInput | undefined, RedisPoolOptions, ReadOptions<RedisPoolOptions>>;

async function openEngine(origin: PoolOrigin): Promise<Engine> {
  const { read } = origin;
  const setup = { ...clientSetup(read), alternative: alternativeOnPool };
  return keepOrigin(await askingLess(read.login, () => openPool(setup, read.options)), origin);
}

/** The command was sent, and it is unknown whether it ran or will run. */
function isDoubtful(answer: PromiseSettledResult<unknown>): boolean {
  return answer.status === 'rejected' && asKvError(answer.reason).outcome === 'unknown';
}

/** Deadline and signal of the calls of a view. */
function limitsOf(client: Engine, { timeout = client.defaults.timeout, signal }: CallOptions): CallOptions {
  return { timeout, signal };
}
