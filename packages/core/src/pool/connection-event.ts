import type { KvError } from '../errors.ts';

/** What a pool tells of its connections. */
export interface PoolEvent {
  /**
   * `connecting`: an attempt begins. `ready`: the handshake is done. `failed`: the attempt failed. `waiting`: the next
   * attempt begins in `delayMs`. `gaveUp`: there is none before the next call. `lost`: a connection that was ready is
   * over, or gets nothing new because its server does not serve it. `closed`: it was ended on purpose.
   */
  readonly event: 'connecting' | 'ready' | 'failed' | 'waiting' | 'gaveUp' | 'lost' | 'closed';
  /** Without user and password. */
  readonly address: string;
  /** Number of the attempt since a connection of this pool has proven itself, from 1; of `waiting`: of the next one. */
  readonly attempt: number;
  /** Of `waiting`: ms until the next attempt. */
  readonly delayMs?: number | undefined;
  /** Why it failed, was lost or ended. */
  readonly cause?: KvError | undefined;
}
