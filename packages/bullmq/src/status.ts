import type { Redis } from '@kv/redis';
import { socketError } from './errors.ts';

/** Where a client is in its life, in the words that BullMQ asks for. */
export type Status = 'wait' | 'connecting' | 'ready' | 'reconnecting' | 'end';

/** Who has a status and tells of it. */
export interface StatusHost {
  status: string;
  emit(event: string, ...args: unknown[]): unknown;
  listenerCount(event: string): number;
}

/** Keeps the status of a client up to date, and emits `ready`, `close` and `error`. */
export function followClient(redis: Redis, host: StatusHost): void {
  redis.on('connection', ({ event, pool, cause }) => {
    if (pool !== 'shared' || host.status === 'end') return;
    if (event === 'connecting' && host.status === 'wait') host.status = 'connecting';
    if (event === 'ready') {
      host.status = 'ready';
      host.emit('ready');
    }
    if (event !== 'failed' && event !== 'lost') return;
    host.status = 'reconnecting';
    if (host.listenerCount('error') > 0) host.emit('error', socketError(cause));
    host.emit('close');
  });
}
