import { AsyncResource } from 'node:async_hooks';

const outside = new AsyncResource('kv:connection');

/**
 * Runs what makes a connection or a timer outside of the async context of the call that happened to ask for it, so that
 * the connection does not keep that context in memory, and its events do not seem to belong to it.
 */
export function outsideOfCalls<T>(work: () => T): T {
  return outside.runInAsyncScope(work);
}
