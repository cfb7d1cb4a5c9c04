/**
 * The timers of `@kv/core`, which else are the real ones whatever a test fakes, as core's own tests want them: they
 * follow the fake timers that are in place at the time of the call. To be put in the place of core's module:
 *
 *     vi.mock('../src/timers.ts', () => import('@kv/testkit/faked-timers'));
 */
type Timer = ReturnType<typeof globalThis.setTimeout>;

export const setTimeout = (run: () => void, ms: number): Timer => globalThis.setTimeout(run, ms);
export const clearTimeout = (timer: Timer | undefined): void => globalThis.clearTimeout(timer);
export const setImmediate = (run: () => void): void => void globalThis.setImmediate(run);
export const nextTick = (run: () => void): void => process.nextTick(run);
export const queueMicrotask = (run: () => void): void => globalThis.queueMicrotask(run);
export const monotonicNow = (): number => performance.now();
export const wallNow = (): number => Date.now();
