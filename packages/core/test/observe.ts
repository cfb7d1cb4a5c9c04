import type { KvError } from '../src/index.ts';

/** The value, or the code and the outcome of the error: `TIMEOUT unknown`. */
export const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error: KvError) => `${error.code} ${error.outcome}`,
  );

/** One turn of the event loop: what was queued has been written. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Keeps the event loop busy, as a long computation or a frozen process would. */
export function freeze(milliseconds: number): void {
  const end = Date.now() + milliseconds;
  while (Date.now() < end);
}
