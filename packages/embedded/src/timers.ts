import * as node from 'node:timers';

/** What the fake timers of Vitest, Jest and Sinon leave on a function: their clock, which keeps what was replaced. */
interface Replaced {
  readonly clock?: object;
}

/**
 * The function that test tools have replaced by `found`, or `found` itself. The package may be loaded when fake
 * timers are already in place.
 */
function original<F extends object>(name: string, found: F): F {
  const { clock } = found as F & Replaced;
  if (clock === undefined) return found;
  return (Object.getOwnPropertyDescriptor(clock, `_${name}`)?.value as F | undefined) ?? found;
}

/*
 * Taken once, when the package is loaded: fake timers that a test installs later do not stop the servers. Only the time
 * of the servers (clock.ts) follows them.
 */
export const setTimeout: typeof globalThis.setTimeout = original('setTimeout', node.setTimeout);
export const clearTimeout: typeof globalThis.clearTimeout = original('clearTimeout', node.clearTimeout);
export const setImmediate: typeof globalThis.setImmediate = original('setImmediate', node.setImmediate);
export const queueMicrotask: typeof globalThis.queueMicrotask = original('queueMicrotask', globalThis.queueMicrotask);
/** The constructor of the wall clock; a fake one in its place means that the time is fake. */
export const RealDate: DateConstructor = original('Date', globalThis.Date);
