import { clearTimeout, monotonicNow, setTimeout, type Timer } from '@kv/core';
import type { SentinelLink } from './sentinel-link.ts';

/** Shortest time from the start of one round to that of the next, ms: many reasons to ask are one. */
const SHORTEST = 10;

/** After a round without a primary, or while calls wait for one, ms. */
export const AGAIN = 250;

/** When nothing asks for a round, ms. */
const INTERVAL = 10_000;

/** Why the sentinels are asked. */
export interface Occasion {
  /** In words, for diagnostics. */
  readonly cause: string;
  /** The sentinel that has news. */
  readonly from?: SentinelLink | undefined;
}

/** What does the asking. */
export interface WatchOwner {
  /** Asks and takes the answer. Rejects when there is none. */
  ask(occasion: Occasion): Promise<void>;
  /** Whether calls wait for a primary that works. */
  readonly isUrgent: boolean;
}

/**
 * Has the sentinels asked: one round at a time, soon when something has happened, again and again while calls wait, and
 * every 10 seconds in any case. It begins with the first use, and no failure ends it.
 */
export class SentinelWatch {
  readonly #owner: WatchOwner;
  #timer: Timer | undefined;
  /** When the timer fires. */
  #due = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;
  #wanted: Occasion | undefined;
  #lastBegan = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(owner: WatchOwner) {
    this.#owner = owner;
  }

  /** Whether it was used. */
  get hasBegun(): boolean {
    return Number.isFinite(this.#lastBegan);
  }

  /** Asks soon, in `after` ms at the earliest. */
  trigger(occasion: Occasion, after = 0): void {
    this.#wanted ??= occasion;
    const wait = Math.max(this.#lastBegan + SHORTEST - monotonicNow(), after);
    if (this.#running === undefined && monotonicNow() + wait < this.#due) this.#wait(wait);
  }

  /** Resolves when the round that is under way, or a new one, has found a primary; rejects when there is none. */
  round(cause: string): Promise<void> {
    if (this.#running === undefined) this.#begin({ cause });
    return this.#running ?? Promise.resolve();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    if (milliseconds <= 0) return this.#begin(this.#wanted);
    this.#due = monotonicNow() + milliseconds;
    this.#timer = setTimeout(() => this.#begin(this.#wanted), milliseconds);
    this.#timer.unref();
  }

  #begin(occasion: Occasion = { cause: 'interval' }): void {
    if (this.#closed || this.#running !== undefined) return;
    clearTimeout(this.#timer);
    this.#due = Number.POSITIVE_INFINITY;
    this.#wanted = undefined;
    this.#lastBegan = monotonicNow();
    const round = this.#owner.ask(occasion);
    this.#running = round;
    round.then(
      () => this.#ended(this.#owner.isUrgent),
      () => this.#ended(true),
    );
  }

  #ended(again: boolean): void {
    this.#running = undefined;
    if (this.#wanted !== undefined) this.#wait(this.#lastBegan + SHORTEST - monotonicNow());
    else this.#wait((again ? AGAIN : INTERVAL) * (0.75 + Math.random() / 2));
  }
}
