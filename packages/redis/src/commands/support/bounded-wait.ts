import {
  AbortedError,
  type CallOptions,
  clearTimeout,
  type ErrorDetails,
  LONGEST_TIMER,
  setTimeout,
  TimeoutError,
  type Timer,
} from '@kv/core';
import { onAbort } from './abort-listeners.ts';

/** What a wait is told with when it ends early. */
export interface Waiting {
  /** Command that the errors name. */
  readonly command: string;
  /** Asked when the time is over: what became of the command, and why. */
  readonly details: () => Pick<ErrorDetails, 'outcome' | 'cause'>;
}

/**
 * Waits for work that is common to several callers, each no longer than its own deadline and signal allow. The work
 * goes on for the others. With a signal that is aborted already it does not begin.
 *
 * @throws TimeoutError, AbortedError, and what the work rejects with
 */
export async function boundedWait<T>(
  begin: () => Promise<T>,
  { timeout = 0, signal }: Pick<CallOptions, 'timeout' | 'signal'>,
  { command, details }: Waiting,
): Promise<T> {
  const aborted = (): AbortedError =>
    new AbortedError(`${command} was aborted`, { command, ...details(), cause: signal?.reason as unknown });
  if (signal?.aborted) throw aborted();
  let timer: Timer | undefined;
  let unwatch: (() => void) | undefined;
  const early = new Promise<never>((_, reject) => {
    const end = (): TimeoutError =>
      new TimeoutError(`${command} timed out after ${Math.round(timeout)} ms: the server has not confirmed it`, {
        command,
        ...details(),
      });
    if (timeout > 0) timer = setTimeout(() => reject(end()), Math.min(timeout, LONGEST_TIMER));
    if (signal !== undefined) unwatch = onAbort(signal, () => reject(aborted()));
  });
  try {
    return await Promise.race([begin(), early]);
  } finally {
    clearTimeout(timer);
    unwatch?.();
  }
}
