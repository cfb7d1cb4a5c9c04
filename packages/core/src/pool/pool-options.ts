import type { ConnectionOwner } from '../connection/connection.ts';
import type { KvError } from '../errors.ts';
import type { Request } from '../request/request.ts';
import type { PoolEvent } from './connection-event.ts';
import type { ConnectorOptions } from './connector.ts';

/** How a pool behaves. */
export interface PoolOptions extends ConnectorOptions {
  /** Connections that are kept once the pool was used or started. */
  readonly minSize: number;
  readonly maxSize: number;
  /**
   * Whether a server that refused the login is tried again without a call that asks for it, as one that is away. Default
   * false.
   */
  readonly retriesLogin?: boolean | undefined;
  /** A further connection is opened, one at a time, when a call finds even the least loaded one with this many requests. */
  readonly growThreshold: number;
}

/** What a pool tells its client. */
export interface PoolEvents {
  /**
   * Requests that lost their connection, or get none because the login was refused, and may be written (again), in order.
   * Returns those that belong to this pool. Absent: all do.
   */
  requeue?: ((requests: readonly Request[]) => readonly Request[]) | undefined;
  /** See {@link ConnectionOwner.redirected}. Absent: a refusal always reaches its caller. */
  redirected?: ConnectionOwner['redirected'] | undefined;
  /** The set of ready connections, or the will to make some, has changed. */
  changed(cause: KvError | undefined): void;
  /** Something happened to a connection. Absent: it is not told. */
  told?(event: PoolEvent): void;
}
