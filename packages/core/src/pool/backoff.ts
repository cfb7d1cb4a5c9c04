import { LONGEST_TIMER } from '../request/timer-limits.ts';

/** Bounds of the wait between attempts to connect, ms. */
export interface Backoff {
  /** Upper bound before the second attempt; doubles from there. Default 50. */
  readonly min: number;
  /** Upper bound that is never passed. Default 2000. */
  readonly max: number;
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
