/**
 * Time and turns of the event loop, taken once, when the package is loaded. Deadlines of the network need the real time:
 * fake timers that a test installs later neither stop a connection nor let its deadlines run out.
 */
import * as node from 'node:timers';

/** A timer that runs. */
export interface Timer {
  /** Keeps the process alive until it has fired. */
  ref(): unknown;
  /** Lets the process end before. */
  unref(): unknown;
}

/** What the fake timers of Vitest, Jest and Sinon leave on a function: their clock, which keeps what was replaced. */
interface Replaced {
  readonly clock?: object;
}

/** What `found` replaces, if it is a fake that was in place before the package was loaded; else `found` itself. */
function original<F extends object>(name: string, found: F): F {
  const { clock } = found as F & Replaced;
  if (clock === undefined) return found;
  return (Object.getOwnPropertyDescriptor(clock, `_${name}`)?.value as F | undefined) ?? found;
}

const wallClock = original('Date', globalThis.Date);
const stopwatch = original('performance', globalThis.performance);

/** Runs `run` after `ms` milliseconds, at most 2147483647. */
export const setTimeout: (run: () => void, ms: number) => Timer = original('setTimeout', node.setTimeout);

/** Stops a timer that has not fired; ignores any other value. */
export const clearTimeout = original('clearTimeout', node.clearTimeout) as (timer: Timer | undefined) => void;

/** Runs `run` after the sockets were read once. */
export const setImmediate: (run: () => void) => void = original('setImmediate', node.setImmediate);

/** Runs `run` before the event loop goes on. */
export const nextTick: (run: () => void) => void = original('nextTick', process.nextTick).bind(process);

/** Runs `run` when the code that runs now has returned. What it throws is an uncaught exception. */
export const queueMicrotask: (run: () => void) => void = original('queueMicrotask', globalThis.queueMicrotask);

/** Milliseconds since an arbitrary start, with fractions; never goes back. */
export const monotonicNow: () => number = stopwatch.now.bind(stopwatch);

/** Milliseconds since 1970 by the clock of the machine, which somebody may set back. */
export const wallNow: () => number = wallClock.now.bind(wallClock);
