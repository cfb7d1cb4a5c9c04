/** Where a client object is in its life, and the events that say so. */
import { queueMicrotask } from '@kv/core';
import type { ConnectionEvent, KvError, Redis as KvRedis, StateChange } from '@kv/redis';

/** As ioredis names the states. */
export type Status = 'wait' | 'connecting' | 'connect' | 'ready' | 'close' | 'reconnecting' | 'end';

/** Who has a status and tells of it. */
export interface StatusHost {
  status: Status | 'disconnecting';
  emit(event: string, ...args: unknown[]): unknown;
  listenerCount(event: string): number;
}

/** Sets the status and emits it, soon, so that who has made the object can listen first. */
export function become(host: StatusHost, status: Status, ...args: unknown[]): void {
  queueMicrotask(() => {
    host.status = status;
    host.emit(status, ...args);
  });
}

/** An error without listeners is told to no one: it also is the cause of what rejects. */
export function tellError(host: StatusHost, error: Error | undefined): void {
  if (error !== undefined && host.listenerCount('error') > 0) host.emit('error', error);
}

/** Follows the connection of a client that has one. */
export function followConnection(client: KvRedis, host: StatusHost): void {
  client.on('connection', ({ event, pool, cause, delayMs }) => {
    if (pool !== 'shared' || host.status === 'end') return;
    if (event === 'lost' && isReplaced(client, host)) return;
    const act = ACTS[event];
    act?.(host, cause, delayMs);
  });
}

/** Whether what was lost only had to answer what it was sent: another connection has its place, or will have it. */
function isReplaced(client: KvRedis, { status }: StatusHost): boolean {
  return status === 'reconnecting' || client.stats().connections.shared.size > 0;
}

type Act = (host: StatusHost, cause: KvError | undefined, delayMs: number | undefined) => void;

/** An error of the socket, where there is one, says most. */
export function reasonOf(cause: KvError | undefined): Error | undefined {
  return cause?.cause instanceof Error ? cause.cause : cause;
}

/**
 * Tells that an open connection is replaced, and not of a client that is closed meanwhile. What the former one was sent is
 * still answered, but for listeners it is closed.
 */
function tellReplaced(host: StatusHost): void {
  queueMicrotask(() => {
    if (host.status !== 'ready') return;
    host.status = 'close';
    host.emit('close');
    if (host.status !== 'close') return; // a listener has closed it
    host.status = 'reconnecting';
    host.emit('reconnecting', 0);
  });
}

const ACTS: Partial<Record<ConnectionEvent['event'], Act>> = {
  connecting: (host) => {
    tellReplaced(host);
    if (host.status !== 'connecting') become(host, 'connecting');
  },
  ready: (host) => {
    become(host, 'connect');
    become(host, 'ready');
  },
  failed: (host, cause) => {
    tellError(host, reasonOf(cause));
    become(host, 'close');
  },
  lost: (host, cause) => {
    if (cause?.cause instanceof Error) tellError(host, cause.cause);
    become(host, 'close');
  },
  waiting: (host, _, delayMs) => become(host, 'reconnecting', delayMs),
  gaveUp: (host) => become(host, 'end'),
};

/** Follows the state of a client that has several connections. */
export function followState(client: KvRedis, host: StatusHost): void {
  client.on('state', ({ to, from, cause }: StateChange) => {
    if (host.status === 'end') return;
    if (to === 'connecting' && host.status !== 'connecting') become(host, 'connecting');
    if (to === 'ready') {
      become(host, 'connect');
      become(host, 'ready');
    }
    if (to !== 'reconnecting') return;
    tellError(host, reasonOf(cause));
    if (from === 'ready') become(host, 'close');
    become(host, 'reconnecting');
  });
}
