import type { KvError } from '../errors.ts';
import { LONGEST_TIMER } from '../request/timer-limits.ts';

/**
 * How long to wait before the next attempt to connect, ms, after so many failures in a row; `undefined` or `null`: no
 * attempt is made before the next call. What it throws means the same.
 */
export type BackoffDelay = (failures: number, cause: KvError) => number | null | undefined;

/** Bounds of the wait between attempts to connect, ms. */
export interface Backoff {
  /**
   * Upper bound before the second attempt; doubles from there.
   *
   * @default 50
   */
  readonly min: number;
  /**
   * Upper bound that is never passed.
   *
   * @default 2000
   */
  readonly max: number;
  /** Says the wait itself, instead of the bounds. */
  readonly delay?: BackoffDelay | undefined;
}

export const DEFAULT_BACKOFF: Backoff = { min: 50, max: 2000 };

/**
 * How long to wait after `failures` failed attempts in a row: anything from 0 to the bound ("full jitter"), so that
 * clients that lost a server together do not come back together.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffDelay(failures: number, { min, max }: Backoff, random: () => number = Math.random): number {
  return random() * Math.min(max, min * 2 ** Math.min(failures - 1, 30), LONGEST_TIMER);
}

/** How long to wait after so many failures, ms; `undefined`: no further attempt. */
export function nextDelay(backoff: Backoff, failures: number, cause: KvError): number | undefined {
  if (backoff.delay === undefined) return backoffDelay(failures, backoff);
  try {
    const delay = backoff.delay(failures, cause);
    return typeof delay === 'number' && delay >= 0 ? Math.min(delay, LONGEST_TIMER) : undefined;
  } catch {
    return undefined;
  }
}
