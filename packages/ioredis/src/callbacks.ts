/** Callbacks of calls: told at once, in the order in which promises are told. */
import { queueMicrotask } from '@kv/core';
import type { Callback } from './arguments.ts';

/** Tells `listener`, which was given last to a call, of the outcome. What it throws is an uncaught exception, as in any callback. */
export function answer(promise: Promise<unknown>, listener: Callback): void {
  promise.then(
    (value) => tell(listener, null, value),
    (error: unknown) => tell(listener, error as Error),
  );
}

function tell(listener: Callback, ...outcome: Parameters<Callback>): void {
  try {
    listener(...outcome);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
