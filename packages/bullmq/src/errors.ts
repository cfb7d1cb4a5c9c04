import { ClosedError } from '@kv/redis';

/** The client is closed: BullMQ recognizes it by this text. */
export function closedError(cause?: unknown): Error {
  return new Error('Connection is closed.', { cause });
}

/** Throws an error as BullMQ knows it: of a closed client by its text, all others as they are. */
export function throwKnown(error: unknown): never {
  throw error instanceof ClosedError ? closedError(error) : error;
}

/** What the socket has said, where it has, by which BullMQ recognizes a server that is away. */
export function socketError(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}
