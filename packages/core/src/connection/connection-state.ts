/**
 * Where a connection is in its life.
 *
 * ```text
 *   connecting ──► handshaking ──► ready ──► draining
 *        └──────────────┴────────────┴───────────┴────► closed
 * ```
 */
export type ConnectionState =
  /** The transport is being opened. */
  | 'connecting'
  /** The library talks to the server: login, database, what `onReady` sends. */
  | 'handshaking'
  /** Commands of users may be sent. */
  | 'ready'
  /** What it has is still answered; it is given nothing new. */
  | 'draining'
  /** It is over. */
  | 'closed';

const NEXT: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
  connecting: ['handshaking', 'closed'],
  handshaking: ['ready', 'closed'],
  ready: ['draining', 'closed'],
  draining: ['closed'],
  closed: [],
};

/** The new state. @throws Error when a connection cannot change from the one to the other: a fault of the library. */
export function transition(from: ConnectionState, to: ConnectionState): ConnectionState {
  if (NEXT[from].includes(to)) return to;
  throw new Error(`connection: illegal transition from ${from} to ${to}`);
}
