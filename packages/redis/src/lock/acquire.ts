import {
  AbortedError,
  ConflictError,
  clearTimeout,
  LONGEST_TIMER,
  monotonicNow,
  type Signal,
  setTimeout,
} from '@kv/core';
import { boundedWait } from '../commands/support/bounded-wait.ts';
import { type LockOptions, type LockSettings, readLockOptions } from './lock-options.ts';
import { type LockClient, LockRecord } from './lock-record.ts';
import { RedisLock, sureTime } from './redis-lock.ts';

/**
 * Takes a lock, and waits for it while another client holds it.
 *
 * @throws ConflictError when it was held all the time, AbortedError when the signal fires, ArgumentError
 */
export async function acquireLock(redis: LockClient, key: string, options: LockOptions): Promise<RedisLock> {
  const settings = readLockOptions(options);
  const record = new LockRecord(redis, key);
  const begin = monotonicNow();
  for (;;) {
    throwIfAborted(settings.signal);
    const lock = await attempt(record, settings);
    if (lock !== undefined) return lock;
    const left = begin + settings.wait - monotonicNow();
    if (left <= 0) throw new ConflictError(`lock: another client holds it (waited ${waited(begin)} ms)`);
    await pause(Math.min(left, settings.retryEvery * (0.5 + Math.random())), settings.signal);
  }
}

/** One attempt. A reply that comes when the time is nearly over is of no use: the lock is given back. */
async function attempt(record: LockRecord, settings: LockSettings): Promise<RedisLock | undefined> {
  const heldUntil = monotonicNow() + sureTime(settings.ttl);
  const token = await tokenOf(record, settings);
  if (token === undefined) return undefined;
  const isUseful = monotonicNow() < heldUntil && settings.signal?.aborted !== true;
  if (isUseful) return new RedisLock(record, token, settings, heldUntil);
  await record.remove();
  return undefined;
}

/** The signal ends the wait for a server that does not answer, too. A lock that is taken behind that is given back. */
async function tokenOf(record: LockRecord, { ttl, signal }: LockSettings): Promise<number | undefined> {
  const taking = record.take(ttl);
  try {
    return await boundedWait(() => taking, { signal }, { command: 'lock', details: () => ({ outcome: 'unknown' }) });
  } catch (error) {
    taking.then((token) => token !== undefined && record.remove()).catch(() => false);
    throw error;
  }
}

function waited(begin: number): number {
  return Math.round(monotonicNow() - begin);
}

function throwIfAborted(signal: Signal | undefined): void {
  if (signal?.aborted) throw new AbortedError('lock: aborted by the signal', { cause: signal.reason });
}

/** Resolves after the time, or at once when the signal fires. */
function pause(ms: number, signal: Signal | undefined): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER));
    signal?.addEventListener('abort', end);
  });
}
