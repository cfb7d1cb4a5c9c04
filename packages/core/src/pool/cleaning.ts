import type { Signal } from '../abort-signal.ts';
import type { Executor } from '../command/executor.ts';
import type { Connection } from '../connection/connection.ts';
import type { Wire } from '../connection/protocol.ts';
import { asKvError, isKvError } from '../errors.ts';
import { LONGEST_TIMER } from '../request/timer-limits.ts';
import { clearTimeout, monotonicNow, setTimeout } from '../timers.ts';

/**
 * Cleans a connection within a deadline of all its commands together, ms; 0 = none. Where that fails half-way or in time
 * the connection is ended, because its state is not known.
 */
export async function cleanInTime(
  connection: Connection,
  clean: NonNullable<Wire['clean']>,
  timeout: number,
  signal: Signal | undefined,
): Promise<void> {
  const due = monotonicNow() + timeout;
  let isBegun = false;
  const send: Executor['send'] = async (command) => {
    const left = timeout === 0 ? 0 : Math.max(due - monotonicNow(), 1);
    const answer = await connection.sendInternal(command, { timeout: left, signal });
    isBegun = true;
    return answer;
  };
  try {
    await clean(send);
  } catch (error) {
    const isRefused = isKvError(error) && error.code === 'REPLY';
    if (isBegun || !isRefused) connection.destroy(asKvError(error));
    throw error;
  }
}

/** Resolves when the work is done, or after so many ms at the latest; 0 = without a limit. */
export function settledBy(work: Promise<void>, milliseconds: number): Promise<void> {
  if (milliseconds === 0) return work;
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(milliseconds, LONGEST_TIMER));
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
