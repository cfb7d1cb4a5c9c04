import {
  type Adds,
  type CallOptions,
  Command,
  Keys,
  type KvLease,
  type Lease,
  type LeaseMembers,
  leaseMembers,
  setHidden,
  stateful,
} from '@kv/core';
import { type Many, many } from '../commands/support/arguments.ts';
import { ok } from '../commands/support/replies.ts';
import { RedisLeaseCommands } from '../generated/redis-lease-commands.ts';
import { prefixed } from '../protocol/key-prefix.ts';
import type { RedisWire } from '../protocol/wire.ts';
import { mergeRawOptions, type RawCallOptions } from './call-options.ts';

const WATCH = stateful('WATCH', Keys.all);
const UNWATCH = stateful('UNWATCH');

/** What a session needs of the connection that it was given. */
export type SessionLease = Pick<Lease, 'send' | 'sendAll' | 'closed' | 'connection' | 'reset' | 'release'>;

/** Gives connections for exclusive use, one after the other. */
export interface LeaseSource {
  open(): Promise<SessionLease>;
  /** Whether what was done on the last connection ended only because its slot has another server by now. */
  again(error: unknown): Promise<boolean>;
}

const Base: typeof RedisLeaseCommands & Adds<LeaseMembers> = /* @__PURE__ */ leaseMembers(RedisLeaseCommands);

/**
 * Exclusive use of one connection: all commands, and those that change the connection's state. Given back (`release()`,
 * `await using`), it is cleaned for the next user; when that fails it is replaced.
 *
 * @example
 * await using s = await redis.session()
 * await s.watch('stock')
 */
export class RedisSession<V = string> extends Base<V> implements KvLease<V> {
  declare protected readonly lease: SessionLease;

  constructor(lease: SessionLease, call: CallOptions) {
    super(lease, call);
    setHidden(this, 'lease', lease);
  }

  /** The selected database. */
  get db(): number {
    return (this.lease.connection.wire as RedisWire).db;
  }

  /**
   * Lets a later `multi().execute()` of this session fail with ConflictError if one of these keys was changed in
   * between.
   *
   * @see https://redis.io/commands/watch/
   */
  async watch(...keys: Many[]): Promise<'OK'> {
    const command = new Command(WATCH, many(keys, 'keys'), ok);
    return this.lease.send(prefixed(command, this.call.keyPrefix), this.call);
  }

  /** Forgets all watched keys. @see https://redis.io/commands/unwatch/ */
  unwatch(): Promise<'OK'> {
    return this.lease.send(new Command(UNWATCH, [], ok), this.call);
  }

  /** Brings the connection back to its first state: database, watched keys, login. */
  async reset(): Promise<void> {
    await this.lease.reset(this.call);
  }

  /** A view of the same session with other call options. */
  with(options: RawCallOptions & { readonly bytes: true }): RedisSession<Uint8Array>;
  with(options: RawCallOptions & { readonly bytes: false }): RedisSession<string>;
  with(options: RawCallOptions): RedisSession<V>;
  with(options: RawCallOptions): RedisSession<string> | RedisSession<Uint8Array> | RedisSession<V> {
    return new RedisSession<V>(this.lease, mergeRawOptions(this.call, options));
  }
}
