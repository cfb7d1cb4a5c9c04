import type { HrTime } from '@opentelemetry/api';

/** Wall-clock time at zero of the monotonic clock, in milliseconds. */
let origin = performance.timeOrigin;
const MOST_DRIFT = 2;

/**
 * Wall-clock time in milliseconds, in the steps of the monotonic clock: what follows each other has times that do, too.
 * It follows the wall clock where that was set, or ran on while the machine slept.
 */
export function now(): number {
  const monotonic = performance.now();
  const drift = Date.now() - origin - monotonic;
  if (Math.abs(drift) > MOST_DRIFT) origin += drift;
  return origin + monotonic;
}

/** Seconds and nanoseconds of a time in milliseconds. */
export function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)];
}
