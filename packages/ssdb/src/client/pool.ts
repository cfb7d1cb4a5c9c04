import {
  type AcquireOptions,
  type Adds,
  type CallOptions,
  type ClientStats,
  duplicateCall,
  duplicateOrigin,
  type Engine,
  type KvPool,
  keepOrigin,
  mergeCallOptions,
  type Origin,
  openPool,
  type PoolMembers,
  poolMembers,
  readAcquireOptions,
  type ServerOf,
  setHidden,
} from '@kv/core';
import { Scanner } from '../streams/scan.ts';
import { SsdbLease } from './lease.ts';
import { type ReadOptions, readPoolOptions, type SsdbAddress, type SsdbPoolOptions } from './options.ts';
import { acquireFor, shardRouter } from './servers.ts';
import { callOf, clientSetup } from './ssdb.ts';

const Base: typeof Scanner & Adds<PoolMembers> = /* @__PURE__ */ poolMembers(Scanner);

/** Connections of bounded number: commands go to whichever is least busy, `acquire()` gives one to oneself. */
export class SsdbPool<V = string> extends Base<V> implements KvPool<V, SsdbLease<V>> {
  declare protected readonly client: Engine;

  /** Made by {@link createPool}. */
  constructor(client: Engine, call: CallOptions) {
    super(client, call);
    setHidden(this, 'client', client);
  }

  /** The servers, each with a view of this pool that sends everything there. Closing such a view closes the pool. */
  nodes(): ServerOf<SsdbPool<V>>[] {
    return this.client.servers.map((server) => ({ ...server, client: new SsdbPool<V>(server.client, this.call) }));
  }

  /** Counts, latencies and connections since it was made. */
  stats(): ClientStats {
    return this.client.stats();
  }

  /**
   * Exclusive use of one connection; waits for a free one, first come first served, within the deadline. With several
   * servers it needs a `key`, or a pool of {@link nodes}.
   */
  acquire(options: AcquireOptions & { readonly bytes: true }): Promise<SsdbLease<Uint8Array>>;
  acquire(options: AcquireOptions & { readonly bytes: false }): Promise<SsdbLease<string>>;
  acquire(options?: AcquireOptions): Promise<SsdbLease<V>>;
  async acquire(options: AcquireOptions = {}): Promise<SsdbLease<string> | SsdbLease<Uint8Array> | SsdbLease<V>> {
    const { call, key } = readAcquireOptions(this.call, options);
    return new SsdbLease<V>(await this.client.acquire(call, 'sessions', acquireFor(key, call.keyPrefix)), call);
  }

  /** Gives a lease back. Need not be waited for. */
  release(lease: SsdbLease<V>): void {
    void lease.release();
  }

  /** A view of the same pool with other call options. */
  with(options: CallOptions & { readonly bytes: true }): SsdbPool<Uint8Array>;
  with(options: CallOptions & { readonly bytes: false }): SsdbPool<string>;
  with(options: CallOptions): SsdbPool<V>;
  with(options: CallOptions): SsdbPool<string> | SsdbPool<Uint8Array> | SsdbPool<V> {
    return new SsdbPool<V>(this.client, mergeCallOptions(this.call, options));
  }

  /**
   * A further pool with the address, the options and the call options of this one; `options` say what differs. Nothing is
   * shared with it. Resolves when `minSize` connections are ready.
   *
   * @throws ArgumentError for a wrong option, ConnectionError with the cause when they cannot be made
   * @example await using other = await pool.duplicate({ maxSize: 2 })
   */
  async duplicate(options: Omit<SsdbPoolOptions, 'bytes'> = {}): Promise<SsdbPool<V>> {
    const origin: PoolOrigin = duplicateOrigin(this.client, options, readPoolOptions);
    return new SsdbPool<V>(await openEngine(origin), duplicateCall(this.call, options));
  }
}

/**
 * A pool of connections, to one server or to each of several. Resolves when `minSize` of them are ready; with several
 * servers, those of one server.
 *
 * @throws ConnectionError with the cause when they cannot be made, ReplyError when the server refuses the password
 * @example
 * await using pool = await createPool('ssdb://localhost', { minSize: 5, maxSize: 10 })
 * await using lease = await pool.acquire()
 */
export async function createPool(
  address: SsdbAddress | undefined,
  options: SsdbPoolOptions & { readonly bytes: true },
): Promise<SsdbPool<Uint8Array>>;
export async function createPool(
  address?: SsdbAddress,
  options?: SsdbPoolOptions & { readonly bytes?: false | undefined },
): Promise<SsdbPool>;
export async function createPool(
  address: SsdbAddress | undefined,
  options: SsdbPoolOptions,
): Promise<SsdbPool<string | Uint8Array>>;
// Once more: the last one is what `ReturnType<typeof createPool>` means.
export async function createPool(
  address?: SsdbAddress,
  options?: SsdbPoolOptions & { readonly bytes?: false | undefined },
): Promise<SsdbPool>;
export async function createPool(address?: SsdbAddress, options: SsdbPoolOptions = {}): Promise<unknown> {
  const read = readPoolOptions(address, options);
  return new SsdbPool<string>(await openEngine({ address, options, read }), callOf(read));
}

type PoolOrigin = Origin<SsdbAddress | undefined, SsdbPoolOptions, ReadOptions<SsdbPoolOptions>>;

async function openEngine(origin: PoolOrigin): Promise<Engine> {
  const { read } = origin;
  return keepOrigin(await openPool(clientSetup(read), read.options, shardRouter(read)), origin);
}
