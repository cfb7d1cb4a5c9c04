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
import { callOf, clientSetup, limitsOf } from './gibson.ts';
import { GibsonLease } from './lease.ts';
import { type GibsonAddress, type GibsonPoolOptions, type ReadOptions, readPoolOptions } from './options.ts';
import { acquireFor, shardRouter } from './servers.ts';
import { TypedExecutor } from './typed-executor.ts';

const Base: typeof TypedExecutor & Adds<PoolMembers> = /* @__PURE__ */ poolMembers(TypedExecutor);

/** Connections of bounded number: a command goes to one that is free, `acquire()` gives one to oneself. */
export class GibsonPool<V = string> extends Base<V> implements KvPool<V, GibsonLease<V>> {
  declare protected readonly client: Engine;

  /** Made by {@link createPool}. */
  constructor(client: Engine, call: CallOptions) {
    super(client, call, limitsOf(client));
    setHidden(this, 'client', client);
  }

  /** The servers, each with a view of this pool that sends everything there. Closing such a view closes the pool. */
  nodes(): ServerOf<GibsonPool<V>>[] {
    return this.client.servers.map((server) => ({ ...server, client: new GibsonPool<V>(server.client, this.call) }));
  }

  /** Counts, latencies and connections since it was made. What the server counts is in `stats()`. */
  clientStats(): ClientStats {
    return this.client.stats();
  }

  /**
   * Exclusive use of one connection; waits for a free one, first come first served, within the deadline. With several
   * servers it needs a `key`, or a pool of {@link nodes}.
   */
  acquire(options: AcquireOptions & { readonly bytes: true }): Promise<GibsonLease<Uint8Array>>;
  acquire(options: AcquireOptions & { readonly bytes: false }): Promise<GibsonLease<string>>;
  acquire(options?: AcquireOptions): Promise<GibsonLease<V>>;
  async acquire(options: AcquireOptions = {}): Promise<GibsonLease<string> | GibsonLease<Uint8Array> | GibsonLease<V>> {
    const { call, key } = readAcquireOptions(this.call, options);
    const lease = await this.client.acquire(call, 'sessions', acquireFor(key, call.keyPrefix));
    lease.onQuit = () => lease.release();
    return new GibsonLease<V>(lease, call, limitsOf(this.client));
  }

  /** Gives a lease back. Need not be waited for. */
  release(lease: GibsonLease<V>): void {
    void lease.release();
  }

  /** A view of the same pool with other call options. */
  with(options: CallOptions & { readonly bytes: true }): GibsonPool<Uint8Array>;
  with(options: CallOptions & { readonly bytes: false }): GibsonPool<string>;
  with(options: CallOptions): GibsonPool<V>;
  with(options: CallOptions): GibsonPool<string> | GibsonPool<Uint8Array> | GibsonPool<V> {
    return new GibsonPool<V>(this.client, mergeCallOptions(this.call, options));
  }

  /**
   * A further pool with the address, the options and the call options of this one; `options` say what differs. Nothing is
   * shared with it. Resolves when `minSize` connections are ready.
   *
   * @throws ArgumentError for a wrong option, ConnectionError with the cause when they cannot be made
   * @example await using other = await pool.duplicate({ maxSize: 2 })
   */
  async duplicate(options: Omit<GibsonPoolOptions, 'bytes'> = {}): Promise<GibsonPool<V>> {
    const origin: PoolOrigin = duplicateOrigin(this.client, options, readPoolOptions);
    return new GibsonPool<V>(await openEngine(origin), duplicateCall(this.call, options));
  }
}

/**
 * A pool of connections, to one server or to each of several. Resolves when `minSize` of them are ready; with several
 * servers, those of one server.
 *
 * @throws ConnectionError with the cause when they cannot be made
 * @example
 * await using pool = await createPool('gibson://localhost', { minSize: 5, maxSize: 50 })
 * await using lease = await pool.acquire()
 */
export async function createPool(
  address: GibsonAddress | undefined,
  options: GibsonPoolOptions & { readonly bytes: true },
): Promise<GibsonPool<Uint8Array>>;
export async function createPool(
  address?: GibsonAddress,
  options?: GibsonPoolOptions & { readonly bytes?: false | undefined },
): Promise<GibsonPool>;
export async function createPool(
  address: GibsonAddress | undefined,
  options: GibsonPoolOptions,
): Promise<GibsonPool<string | Uint8Array>>;
// Once more: the last one is what `ReturnType<typeof createPool>` means.
export async function createPool(
  address?: GibsonAddress,
  options?: GibsonPoolOptions & { readonly bytes?: false | undefined },
): Promise<GibsonPool>;
export async function createPool(address?: GibsonAddress, options: GibsonPoolOptions = {}): Promise<unknown> {
  const read = readPoolOptions(address, options);
  return new GibsonPool<string>(await openEngine({ address, options, read }), callOf(read));
}

type PoolOrigin = Origin<GibsonAddress | undefined, GibsonPoolOptions, ReadOptions<GibsonPoolOptions>>;

async function openEngine(origin: PoolOrigin): Promise<Engine> {
  const { read } = origin;
  return keepOrigin(await openPool(clientSetup(read), read.options, shardRouter(read)), origin);
}
