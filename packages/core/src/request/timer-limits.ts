/** The longest time that a timer can hold, ms (about 24 days). With a longer one it would fire at once. */
export const LONGEST_TIMER: number = 2 ** 31 - 1;

/**
 * A timer that is later than this, ms, was held up: by a long computation, or because the process was asleep. What has
 * arrived meanwhile must be read before the timer judges.
 */
export const LATE: number = 20;
