import {
  type AddressInput,
  ArgumentError,
  type CallOptions,
  type Client,
  type ConnectionPool,
  mergeCallOptions,
  openPool,
} from '@kv/core';
import { Scanner } from '../streams/scan.ts';
import { SsdbLease } from './lease.ts';
import { readPoolOptions, type SsdbPoolOptions } from './options.ts';
import { callOf, clientSetup } from './ssdb.ts';

/** Connections of bounded number: commands go to whichever is least busy, `acquire()` gives one to oneself. */
export class SsdbPool<V = string> extends Scanner<V> {
  readonly #client: Client;

  /** Made by {@link createPool}. */
  constructor(client: Client, call: CallOptions) {
    super(client, call);
    this.#client = client;
  }

  /** Where it sends to, without the password. */
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
  acquire(options: CallOptions & { readonly bytes: true }): Promise<SsdbLease<Uint8Array>>;
  acquire(options: CallOptions & { readonly bytes: false }): Promise<SsdbLease<string>>;
  acquire(options?: CallOptions): Promise<SsdbLease<V>>;
  async acquire(options: CallOptions = {}): Promise<SsdbLease<string> | SsdbLease<Uint8Array> | SsdbLease<V>> {
    const call = mergeCallOptions(this.call, options);
    return new SsdbLease<V>(await this.#client.acquire(call), call);
  }

  /** Gives a lease back. Need not be waited for. */
  release(lease: SsdbLease<V>): void {
    void lease.release();
  }

  /** Closes the connections that are ready and not leased. */
  clear(): void {
    this.#pool.clear();
  }

  /** A view of the same pool with other call options. */
  with(options: CallOptions & { readonly bytes: true }): SsdbPool<Uint8Array>;
  with(options: CallOptions & { readonly bytes: false }): SsdbPool<string>;
  with(options: CallOptions): SsdbPool<V>;
  with(options: CallOptions): SsdbPool<string> | SsdbPool<Uint8Array> | SsdbPool<V> {
    return new SsdbPool<V>(this.#client, mergeCallOptions(this.call, options));
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
 * @throws ConnectionError with the cause when they cannot be made, ReplyError when the server refuses the password
 * @example
 * await using pool = await createPool('ssdb://localhost', { minSize: 5, maxSize: 10 })
 * await using lease = await pool.acquire()
 */
export async function createPool(
  address: AddressInput | undefined,
  options: SsdbPoolOptions & { readonly bytes: true },
): Promise<SsdbPool<Uint8Array>>;
export async function createPool(
  address?: AddressInput,
  options?: SsdbPoolOptions & { readonly bytes?: false | undefined },
): Promise<SsdbPool>;
export async function createPool(
  address?: AddressInput,
  options: SsdbPoolOptions = {},
): Promise<SsdbPool | SsdbPool<Uint8Array>> {
  const read = readPoolOptions(address, options);
  const client = await openPool(clientSetup(read), read.options);
  return new SsdbPool<string>(client, callOf(read));
}
