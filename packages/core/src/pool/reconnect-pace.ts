import type { KvError } from '../errors.ts';
import { clearTimeout, setTimeout, type Timer } from '../timers.ts';
import type { Backoff } from './backoff.ts';
import { backoffDelay } from './backoff.ts';

/**
 * Decides when the next attempt to connect may begin. The wait grows with every failure and is forgotten only after a
 * connection has proven itself: that it could be made says little, because a proxy without a server behind it accepts
 * connections, too.
 */
export class ReconnectPace {
  /** Why the last attempt failed or the last connection was lost; `undefined` after a success. */
  lastError: KvError | undefined;
  readonly #backoff: Backoff;
  readonly #due: () => void;
  #failures = 0;
  #timer: Timer | undefined;

  /** @param due called when the next attempt may begin */
  constructor(backoff: Backoff, due: () => void) {
    this.#backoff = backoff;
    this.#due = due;
  }

  /** Whether the next attempt has to wait. */
  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }

  /** An attempt failed, or a connection was lost that had not proven itself. */
  failed(error: KvError): void {
    if (this.#timer === undefined) this.#failures++; // those that were made together fail together
    this.lastError = error;
    this.wait();
  }

  /** A connection that had proven itself was lost. Even then the first attempt waits, so that clients spread out. */
  lostProven(error: KvError): void {
    this.#failures = 1;
    this.lastError = error;
    this.wait();
  }

  /** Lets the next attempt wait, if it does not already. */
  wait(): void {
    if (this.#timer !== undefined) return;
    const delay = backoffDelay(this.#failures, this.#backoff);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#due();
    }, delay);
    this.#timer.unref(); // the deadlines of waiting requests keep the process
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
