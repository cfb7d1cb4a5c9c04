import {
  ArgumentError,
  ConflictError,
  clearTimeout,
  LONGEST_TIMER,
  monotonicNow,
  type Signal,
  setTimeout,
  TimeoutError,
  type Timer,
} from '@kv/core';
import type { LockSettings } from './lock-options.ts';
import type { LockRecord } from './lock-record.ts';

/** How long a lock is surely held, ms: a little less than the server keeps it, because clocks do not run alike. */
export function sureTime(ttl: number): number {
  return ttl - Math.ceil(ttl / 100) - 2;
}

/**
 * A lock that is held. It is extended until it is released, or until {@link signal} says that it is lost.
 *
 * @example
 * await using held = await redis.lock('invoice:7', { ttl: 10_000 })
 * await fetch('https://example.com/pay', { method: 'POST', signal: held.signal, headers: { fence: String(held.token) } })
 */
export class RedisLock implements AsyncDisposable {
  /** What is locked. */
  readonly key: string;
  /**
   * Higher than the token of every holder before. What the lock protects should refuse a token that is lower than one
   * that it has seen: only that keeps out a holder that was asleep while its lock ended.
   */
  readonly token: number;
  readonly #record: LockRecord;
  readonly #settings: LockSettings;
  readonly #lost = new AbortController();
  #heldUntil = 0;
  #expiry: Timer | undefined;
  #next: Timer | undefined;
  #released: Promise<boolean> | undefined;

  /** Made by `redis.lock()`. @param heldUntil on the monotonic clock, ms */
  constructor(record: LockRecord, token: number, settings: LockSettings, heldUntil: number) {
    this.key = record.key;
    this.token = token;
    this.#record = record;
    this.#settings = settings;
    this.#keepUntil(heldUntil);
    if (settings.extend) this.#extendIn(settings.ttl / 3);
  }

  /**
   * Fires when the lock is lost: another client has it or removed it (the reason is a ConflictError), or it could not be
   * extended in its time (TimeoutError). Not when it is released.
   */
  get signal(): Signal {
    return this.#lost.signal;
  }

  /** How many ms it is surely held yet if it is not extended again; 0 when it is lost or released. */
  get remaining(): number {
    return this.#isOver ? 0 : Math.max(0, this.#heldUntil - monotonicNow());
  }

  /**
   * Starts the time of the lock again now.
   *
   * @throws ConflictError when it is lost, ArgumentError when it was released
   */
  async extend(): Promise<void> {
    if (this.#released !== undefined) throw new ArgumentError('extend: the lock was released');
    this.signal.throwIfAborted();
    const asked = monotonicNow();
    const isMine = await this.#record.extend(this.#settings.ttl);
    if (isMine && !this.#isOver) this.#keepUntil(asked + sureTime(this.#settings.ttl));
    else if (!isMine) this.#lose(new ConflictError('lock: it has ended, and another client may hold it'));
    this.signal.throwIfAborted();
  }

  /**
   * Gives the lock free. Resolves to `false` when it was lost before. Further calls give the same answer.
   *
   * @throws what the client throws when the server is away: the lock then ends after its `ttl`
   */
  release(): Promise<boolean> {
    this.#released ??= this.#release();
    return this.#released;
  }

  /** Releases it. When the server is away the lock ends after its `ttl`, and nothing is thrown. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release().catch(() => false);
  }

  get #isOver(): boolean {
    return this.signal.aborted || this.#released !== undefined;
  }

  #release(): Promise<boolean> {
    this.#stopTimers();
    return this.#record.remove();
  }

  #keepUntil(heldUntil: number): void {
    this.#heldUntil = heldUntil;
    clearTimeout(this.#expiry);
    const { ttl } = this.#settings;
    const left = Math.max(0, heldUntil - monotonicNow());
    this.#expiry = later(left, () => {
      if (left > LONGEST_TIMER) this.#keepUntil(heldUntil);
      else this.#lose(new TimeoutError(`lock: it could not be extended in its time (${ttl} ms)`));
    });
  }

  /** After a failure it is tried again soon; whether that was in time is told by the other timer. */
  #extendIn(ms: number): void {
    this.#next = later(ms, () => {
      const { ttl } = this.#settings;
      const goOn = (again: number): void => {
        if (!this.#isOver) this.#extendIn(again);
      };
      this.extend().then(
        () => goOn(ttl / 3),
        () => goOn(ttl / 10),
      );
    });
  }

  #lose(reason: Error): void {
    if (this.#isOver) return;
    this.#stopTimers();
    this.#lost.abort(reason);
  }

  #stopTimers(): void {
    clearTimeout(this.#expiry);
    clearTimeout(this.#next);
  }
}

/** Runs it after so many ms, or after the longest time of a timer if that is shorter. It keeps no process alive. */
function later(ms: number, run: () => void): Timer {
  const timer = setTimeout(run, Math.min(ms, LONGEST_TIMER));
  timer.unref();
  return timer;
}
