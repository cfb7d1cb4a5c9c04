import type { KvError } from '../errors.ts';
import { clearTimeout, setTimeout, type Timer } from '../timers.ts';
import type { Backoff } from './backoff.ts';
import { backoffDelay, nextDelay } from './backoff.ts';

/** What a pace tells. */
export interface PaceEvents {
  /** The next attempt may begin. */
  due(): void;
  /** How long the next attempt waits, ms; `undefined`: there is none before the next call. */
  waits(delayMs: number | undefined): void;
}

/**
 * Decides when the next attempt to connect may begin. The wait grows with every failure and is forgotten only after a
 * connection has proven itself: that it could be made says little, because a proxy without a server behind it accepts
 * connections, too.
 */
export class ReconnectPace {
  /** Why the last attempt failed or the last connection was lost; `undefined` after a success. */
  lastError: KvError | undefined;
  /** Whether no further attempt is made before the next call. */
  hasGivenUp = false;
  readonly #backoff: Backoff;
  readonly #events: PaceEvents;
  #failures = 0;
  #timer: Timer | undefined;

  constructor(backoff: Backoff, events: PaceEvents) {
    this.#backoff = backoff;
    this.#events = events;
  }

  /** Whether the next attempt has to wait. */
  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }

  /** Number of the next attempt, from 1. */
  get attempt(): number {
    return this.#failures + 1;
  }

  /** An attempt failed, or a connection was lost that had not proven itself. */
  failed(error: KvError): void {
    if (this.#timer === undefined) this.#failures++; // those that were made together fail together
    this.lastError = error;
    this.#waitAfter(error);
  }

  /** A connection that had proven itself was lost. Even then the first attempt waits, so that clients spread out. */
  lostProven(error: KvError): void {
    this.#failures = 1;
    this.lastError = error;
    this.#waitAfter(error);
  }

  /** Lets the next attempt wait for some time, if it does not already. */
  wait(): void {
    if (this.#timer === undefined) this.#waitFor(backoffDelay(this.#failures, this.#backoff));
  }

  /** The next attempt is made now, as the first one. */
  restart(): void {
    this.stop();
    this.#failures = 0;
    this.hasGivenUp = false;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #waitAfter(error: KvError): void {
    if (this.#timer !== undefined) return;
    const delay = nextDelay(this.#backoff, this.#failures, error);
    this.hasGivenUp = delay === undefined;
    if (delay !== undefined) return this.#waitFor(delay);
    this.#failures = 0;
    this.#events.waits(undefined);
  }

  #waitFor(delay: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#events.due();
    }, delay);
    this.#timer.unref(); // the deadlines of waiting requests keep the process
    this.#events.waits(delay);
  }
}
