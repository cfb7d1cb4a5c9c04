/** Who waits for each signal: one listener, however many wait. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once when a signal is aborted. However many wait for a signal, it gets one listener, so that Node does not
 * warn of a leak.
 *
 * @returns a function that ends the wait
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const callbacks = waiting.get(signal) ?? watched(signal);
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) unwatch(signal, callbacks);
  };
}

const listeners = new WeakMap<Set<() => void>, () => void>();

function watched(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    unwatch(signal, callbacks);
    for (const callback of callbacks) callback();
  };
  waiting.set(signal, callbacks);
  listeners.set(callbacks, listener);
  signal.addEventListener('abort', listener, { once: true });
  return callbacks;
}

function unwatch(signal: AbortSignal, callbacks: Set<() => void>): void {
  const listener = listeners.get(callbacks);
  if (listener !== undefined) signal.removeEventListener('abort', listener);
  if (waiting.get(signal) === callbacks) waiting.delete(signal);
}
