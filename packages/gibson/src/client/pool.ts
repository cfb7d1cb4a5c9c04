import {
  type AddressInput,
  ArgumentError,
  type CallOptions,
  type Client,
  type ConnectionPool,
  mergeCallOptions,
  openPool,
} from '@kv/core';
import { callOf, clientSetup, limitsOf } from './gibson.ts';
import { GibsonLease } from './lease.ts';
import { type GibsonPoolOptions, readPoolOptions } from './options.ts';
import { TypedExecutor } from './typed-executor.ts';

/** Connections of bounded number: a command goes to one that is free, `acquire()` gives one to oneself. */
export class GibsonPool<V = string> extends TypedExecutor<V> {
  readonly #client: Client;

  /** Made by {@link createPool}. */
  constructor(client: Client, call: CallOptions) {
    super(client, call, limitsOf(client));
    this.#client = client;
  }

  /** Where it sends to. */
  get address(): string {
    return this.#client.setup.addressText;
  }

  /** Connections, in whatever state. */
  get size(): number {
    return this.#pool.size;
  }

  /** Connections that are ready and not leased. */
  get freeSize(): number {
    return this.#pool.freeSize;
  }

  /** How many connections are kept. */
  get minSize(): number {
    return this.#pool.options.minSize;
  }

  /** How many connections there may be. */
  get maxSize(): number {
    return this.#pool.options.maxSize;
  }

  /** Exclusive use of one connection; waits for a free one, first come first served, within the deadline. */
  acquire(options: CallOptions & { readonly bytes: true }): Promise<GibsonLease<Uint8Array>>;
  acquire(options: CallOptions & { readonly bytes: false }): Promise<GibsonLease<string>>;
  acquire(options?: CallOptions): Promise<GibsonLease<V>>;
  async acquire(options: CallOptions = {}): Promise<GibsonLease<string> | GibsonLease<Uint8Array> | GibsonLease<V>> {
    const call = mergeCallOptions(this.call, options);
    return new GibsonLease<V>(await this.#client.acquire(call), call, limitsOf(this.#client));
  }

  /** Gives a lease back. Need not be waited for. */
  release(lease: GibsonLease<V>): void {
    void lease.release();
  }

  /** Closes the connections that are ready and not leased. */
  clear(): void {
    this.#pool.clear();
  }

  /** A view of the same pool with other call options. */
  with(options: CallOptions & { readonly bytes: true }): GibsonPool<Uint8Array>;
  with(options: CallOptions & { readonly bytes: false }): GibsonPool<string>;
  with(options: CallOptions): GibsonPool<V>;
  with(options: CallOptions): GibsonPool<string> | GibsonPool<Uint8Array> | GibsonPool<V> {
    return new GibsonPool<V>(this.#client, mergeCallOptions(this.call, options));
  }

  /** Lets commands under way end for `timeout` ms, then ends all connections. Always resolves. */
  override close(options?: { readonly timeout?: number | undefined }): Promise<void> {
    return this.#client.close(options);
  }

  get #pool(): ConnectionPool {
    const [endpoint] = this.#client.endpoints;
    if (endpoint === undefined) throw new ArgumentError('The pool has no endpoint');
    return endpoint.shared;
  }
}

/**
 * A pool of connections. Resolves when `minSize` of them are ready.
 *
 * @throws ConnectionError with the cause when they cannot be made
 * @example
 * await using pool = await createPool('gibson://localhost', { minSize: 5, maxSize: 50 })
 * await using lease = await pool.acquire()
 */
export async function createPool(
  address: AddressInput | undefined,
  options: GibsonPoolOptions & { readonly bytes: true },
): Promise<GibsonPool<Uint8Array>>;
export async function createPool(
  address?: AddressInput,
  options?: GibsonPoolOptions & { readonly bytes?: false | undefined },
): Promise<GibsonPool>;
export async function createPool(
  address?: AddressInput,
  options: GibsonPoolOptions = {},
): Promise<GibsonPool | GibsonPool<Uint8Array>> {
  const read = readPoolOptions(address, options);
  const client = await openPool(clientSetup(read), read.options);
  return new GibsonPool<string>(client, callOf(read));
}
