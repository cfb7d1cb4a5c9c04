import { type CallOptions, type KvLease, type Lease, mergeCallOptions, setHidden } from '@kv/core';
import type { ServerLimits } from '../protocol/limits.ts';
import { TypedExecutor } from './typed-executor.ts';

/**
 * Exclusive use of one connection of a pool: commands run one after the other, in the order of the calls. It is not replaced
 * when it is lost.
 */
export class GibsonLease<V = string> extends TypedExecutor<V> implements KvLease<V> {
  declare protected readonly lease: Lease;
  protected override readonly limits: ServerLimits;

  /** Made by `acquire()`. */
  constructor(lease: Lease, call: CallOptions, limits: ServerLimits) {
    super(lease, call, limits);
    setHidden(this, 'lease', lease);
    this.limits = limits;
  }

  /** Given back, or its connection is over. */
  get closed(): boolean {
    return this.lease.closed;
  }

  /** A view of the same lease with other call options. */
  with(options: CallOptions & { readonly bytes: true }): GibsonLease<Uint8Array>;
  with(options: CallOptions & { readonly bytes: false }): GibsonLease<string>;
  with(options: CallOptions): GibsonLease<V>;
  with(options: CallOptions): GibsonLease<string> | GibsonLease<Uint8Array> | GibsonLease<V> {
    return new GibsonLease<V>(this.lease, mergeCallOptions(this.call, options), this.limits);
  }

  /**
   * Gives the connection back once its commands are answered. Never rejects, and need not be waited for: it does not wait
   * for a server that is late.
   */
  release(): Promise<void> {
    return this.lease.release();
  }

  /** The same as {@link release}. */
  override close(): Promise<void> {
    return this.release();
  }
}
