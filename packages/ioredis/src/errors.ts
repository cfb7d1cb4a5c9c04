/** Errors with the texts by which libraries recognize what happened. What the client itself says is the `cause`. */
import { isKvError } from '@kv/core';

/** A connection that is over, or was never there. */
export const CLOSED = 'Connection is closed.';

/** The server was away for more attempts than `maxRetriesPerRequest`. */
export class MaxRetriesPerRequestError extends Error {
  override readonly name: string = 'MaxRetriesPerRequestError';

  /** @param retries the option */
  constructor(retries: number) {
    super(
      `Reached the max retries per request limit (which is ${retries}). Refer to "maxRetriesPerRequest" option for details.`,
    );
  }
}

/** The client is closed. */
export function closedError(cause?: unknown): Error {
  return new Error(CLOSED, { cause });
}

/** Whether a server has answered with an error. Timeouts, lost connections and wrong arguments are none. */
export function isRefusal(error: unknown): boolean {
  return isKvError(error) && error.code === 'REPLY';
}

/** An error of the client as libraries know it. Refusals of the server and unknown outcomes stay as they are. */
export function knownError(error: unknown): Error {
  if (!isKvError(error)) return error instanceof Error ? error : new Error(String(error));
  if (error.code === 'ABORTED' && error.cause instanceof Error) return error.cause;
  if (error.code === 'CLOSED') return closedError(error);
  return error.code === 'TIMEOUT'
    ? withOutcome(new Error('Command timed out', { cause: error }), error.outcome)
    : error;
}

function withOutcome(error: Error, outcome: string): Error {
  return Object.assign(error, { outcome });
}
