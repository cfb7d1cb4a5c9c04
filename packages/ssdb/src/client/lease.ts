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
import { auth, ignoreKeyRange } from '../commands/server.ts';
import { Scanner } from '../streams/scan.ts';

const Base: typeof Scanner & Adds<LeaseMembers> = /* @__PURE__ */ leaseMembers(Scanner);

/**
 * Exclusive use of one connection: commands run in the order of the calls, and those are there that change the connection.
 * It is not replaced when it is lost.
 */
export class SsdbLease<V = string> extends Base<V> implements KvLease<V> {
  declare protected readonly lease: Lease;

  /** Made by `acquire()`. */
  constructor(lease: Lease, call: CallOptions) {
    super(lease, call);
    setHidden(this, 'lease', lease);
  }

  /**
   * Authenticates this connection. The option `password` does it for every connection.
   *
   * @returns always `true`; also when the server has no password
   * @throws ReplyError `error` when the password is wrong; the connection stays usable
   */
  async auth(password: string): Promise<boolean> {
    return this.run(auth<V>(password));
  }

  /** Lifts the range of `setKvRange()` for this connection, which is then not used by anybody else. */
  async ignoreKeyRange(): Promise<void> {
    return this.run(ignoreKeyRange<V>());
  }

  /** A view of the same lease with other call options. */
  with(options: CallOptions & { readonly bytes: true }): SsdbLease<Uint8Array>;
  with(options: CallOptions & { readonly bytes: false }): SsdbLease<string>;
  with(options: CallOptions): SsdbLease<V>;
  with(options: CallOptions): SsdbLease<string> | SsdbLease<Uint8Array> | SsdbLease<V> {
    return new SsdbLease<V>(this.lease, mergeCallOptions(this.call, options));
  }

  /** The same as {@link release}. */
  close(): Promise<void> {
    return this.release();
  }
}
