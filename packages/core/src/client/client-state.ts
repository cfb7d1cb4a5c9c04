import type { KvError } from '../errors.ts';
import type { CommandStats } from '../request/stats.ts';
import type { PoolName } from './endpoint.ts';

/** Where a client is in its life. */
export type ClientState = 'idle' | 'connecting' | 'ready' | 'reconnecting' | 'closing' | 'closed';

/** Told to listeners of `state`. */
export interface StateChange {
  readonly from: ClientState;
  readonly to: ClientState;
  readonly cause?: KvError | undefined;
}

/** A look inside a client. */
export interface ClientStats {
  readonly state: ClientState;
  /** Requests that have not ended. */
  readonly pending: number;
  /** Bytes that wait to be written. */
  readonly queuedBytes: number;
  /** Connections by pool. */
  readonly connections: Readonly<
    Record<PoolName, { readonly size: number; readonly leased: number; readonly waiting: number }>
  >;
  readonly commands: Readonly<Record<string, CommandStats>>;
}
