import {
  type Adds,
  type CallOptions,
  type KvLease,
  type Lease,
  type LeaseMembers,
  leaseMembers,
  mergeCallOptions,
  setHidden,
} from '@kv/core';
import type { ServerLimits } from '../protocol/limits.ts';
import { TypedExecutor } from './typed-executor.ts';

const Base: typeof TypedExecutor & Adds<LeaseMembers> = /* @__PURE__ */ leaseMembers(TypedExecutor);

/**
 * Exclusive use of one connection of a pool: commands run one after the other, in the order of the calls. It is not replaced
 * when it is lost.
 */
export class GibsonLease<V = string> extends Base<V> implements KvLease<V> {
  declare protected readonly lease: Lease;
  protected override readonly limits: ServerLimits;

  /** Made by `acquire()`. */
  constructor(lease: Lease, call: CallOptions, limits: ServerLimits) {
    super(lease, call, limits);
    setHidden(this, 'lease', lease);
    this.limits = limits;
  }

  /** A view of the same lease with other call options. */
  with(options: CallOptions & { readonly bytes: true }): GibsonLease<Uint8Array>;
  with(options: CallOptions & { readonly bytes: false }): GibsonLease<string>;
  with(options: CallOptions): GibsonLease<V>;
  with(options: CallOptions): GibsonLease<string> | GibsonLease<Uint8Array> | GibsonLease<V> {
    return new GibsonLease<V>(this.lease, mergeCallOptions(this.call, options), this.limits);
  }

  /** The same as {@link release}. */
  close(): Promise<void> {
    return this.release();
  }
}
