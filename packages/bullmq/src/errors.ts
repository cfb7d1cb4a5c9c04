import { ConnectionError } from '@kv/redis';

/** By this text BullMQ recognizes that a connection is over. */
const CLOSED = 'Connection is closed.';

/** The client is closed. */
export function closedError(cause?: unknown): Error {
  return new Error(CLOSED, { cause });
}

/** An error as BullMQ knows it: of a closed client by its text, all others as they are. */
export function knownError(error: unknown): unknown {
  return (error as { readonly code?: unknown } | undefined)?.code === 'CLOSED' ? closedError(error) : error;
}

/** What the socket has said, by which BullMQ recognizes a server that is away. */
export function socketError(error: unknown): unknown {
  const { cause } = (error ?? {}) as { readonly cause?: unknown };
  return cause instanceof Error ? cause : error;
}

/** Whether the connection was lost with the call on its way. */
export function isLost(error: unknown): boolean {
  return error instanceof ConnectionError && error.outcome === 'unknown';
}
