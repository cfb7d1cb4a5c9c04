import { clearTimeout, monotonicNow, setTimeout, type Timer } from '@kv/core';
import type { SentinelLink } from './sentinel-link.ts';

/** Shortest time from the start of one round to that of the next, ms: many reasons to ask are one. */
const SHORTEST = 10;

/** After a round without a primary, or while calls wait for one, ms. */
export const AGAIN = 250;

/**
 * When nothing asks for a round, ms. After news it is short, and grows: sentinels take some seconds to see that replicas
 * follow a new primary, and send no message then.
 */
const INTERVAL = { first: 1000, most: 10_000 } as const;

/** Why the sentinels are asked. */
export interface Occasion {
  /** In words, for diagnostics. */
  readonly cause: string;
  /** The sentinel that has news. */
  readonly from?: SentinelLink | undefined;
}

/** What does the asking. */
export interface WatchOwner {
  /** Asks and takes the answer. Resolves to whether it had news; rejects when there is none. */
  ask(occasion: Occasion): Promise<boolean>;
  /** Whether calls wait for a primary that works. */
  readonly isUrgent: boolean;
}

/**
 * Has the sentinels asked: one round at a time, soon when something has happened, again and again while calls wait, and
 * every 10 seconds in any case, more often after news. It begins with the first use, and no failure ends it.
 */
export class SentinelWatch {
  readonly #owner: WatchOwner;
  #timer: Timer | undefined;
  /** When the timer fires. */
  #due = Number.POSITIVE_INFINITY;
  #running: Promise<unknown> | undefined;
  #interval: number = INTERVAL.first;
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
    this.#interval = INTERVAL.first;
    const wait = Math.max(this.#lastBegan + SHORTEST - monotonicNow(), after);
    if (this.#running === undefined && monotonicNow() + wait < this.#due) this.#wait(wait);
  }

  /** Resolves when the round that is under way, or a new one, has found a primary; rejects when there is none. */
  async round(cause: string): Promise<void> {
    if (this.#running === undefined) this.#begin({ cause });
    await this.#running;
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
      (hadNews) => this.#ended(this.#owner.isUrgent, hadNews),
      () => this.#ended(true, false),
    );
  }

  #ended(again: boolean, hadNews: boolean): void {
    this.#running = undefined;
    if (hadNews) this.#interval = INTERVAL.first;
    if (this.#wanted !== undefined) return this.#wait(this.#lastBegan + SHORTEST - monotonicNow());
    this.#wait((again ? AGAIN : this.#interval) * (0.75 + Math.random() / 2));
    if (!again) this.#interval = Math.min(this.#interval * 2, INTERVAL.most);
  }
}
