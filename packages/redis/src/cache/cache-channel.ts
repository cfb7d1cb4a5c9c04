import { channel } from 'node:diagnostics_channel';
import type { KvError } from '@kv/core';

/** Published on `kv:cache` when a client drops all that it keeps (of one server), and when it begins or ends to keep. */
export interface CacheEvent {
  /** Name of the client. */
  readonly client: string;
  readonly event: 'flush' | 'on' | 'off';
  /** How many replies were dropped. */
  readonly dropped: number;
  /** What was the reason: `connection lost`, `flushed by the server`, `own write`, `another database or user`, `refused`. */
  readonly reason: string;
  readonly cause?: KvError | undefined;
}

const cacheChannel = channel('kv:cache');

/** Tells the listeners of `kv:cache`, if there are any. */
export function publishCache(event: CacheEvent): void {
  if (cacheChannel.hasSubscribers) cacheChannel.publish(event);
}
