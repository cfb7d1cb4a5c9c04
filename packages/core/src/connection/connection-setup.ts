import type { AnyCommand } from '../command/command.ts';
import type { SendOptions } from '../command/executor.ts';
import type { KvError } from '../errors.ts';
import type { Redirect } from '../request/redirect.ts';
import type { Request } from '../request/request.ts';
import type { RequestTracker } from '../request/request-tracker.ts';
import type { Address, Connect } from '../transport/transport.ts';
import type { LivenessOptions } from './liveness.ts';
import type { Protocol } from './protocol.ts';

/** What a connection needs from outside. */
export interface SetupOf<Connection> {
  readonly protocol: Protocol;
  readonly address: Address;
  /** For messages and diagnostics; no user, no password. */
  readonly addressText: string;
  readonly connect: Connect;
  /** Tracks the library's own commands: handshake, cleaning, probes. */
  readonly internals: RequestTracker;
  readonly liveness: LivenessOptions;
  /** Sends on another connection to the same server: to end what this one is blocked in, or to ask about it. */
  sendOnControl?<T>(command: AnyCommand<T>, options: SendOptions): Promise<T>;
  /** Last step of the handshake, before commands of users. */
  onReady?(connection: Connection): Promise<void> | undefined;
  /** Takes what answers no command, unless the connection has its own `onPush`. */
  push?(raw: unknown, connection: Connection): void;
}

/** Who owns a connection, and is told what happens to it. */
export interface OwnerOf<Connection> {
  /** `connectTimeout`: how long connecting or cleaning may take, ms. */
  readonly options: { readonly connectTimeout: number };
  /** A reply made room in the window. */
  capacity(connection: Connection): void;
  /** It is to get nothing new, because its server cannot serve it any more; `error` says why. */
  draining(connection: Connection, error: KvError): void;
  /** The server refused it without running it, because it cannot serve this connection: another may. */
  requeued(request: Request): void;
  /**
   * The server ran none of these (one command, or all of a unit) and says where they may run. Returns whether the owner
   * takes them; otherwise their callers get the refusal.
   */
  redirected(requests: readonly Request[], redirect: Redirect, error: KvError, connection: Connection): boolean;
  /** A leased connection comes back, clean and idle, or closed. */
  release(connection: Connection): void;
  /** It is over. What was written has no answer; what waits was never written. Both are the owner's now. */
  lost(connection: Connection, error: KvError, written: Request[], waiting: Request[]): void;
}
