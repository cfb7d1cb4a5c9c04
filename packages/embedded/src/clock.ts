import { clearTimeout, RealDate, setTimeout } from './timers.ts';

/** What a running timer can do. */
export interface Timer {
  cancel(): void;
}

interface Entry extends Timer {
  readonly due: number;
  readonly run: () => void;
}

/** The longest time that one timer of Node can wait. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** How often a fake wall clock is looked at, at most, in real milliseconds. */
const LOOK_EVERY = 10;

/**
 * The time of the embedded servers, in milliseconds since 1970: the wall clock plus everything that was advanced,
 * or, frozen, a time that only `advance` moves.
 *
 * The wall clock is `Date.now()` at the time of the call, so that fake timers of a test move the servers' time. A timer
 * of the real time runs in any case: it finds what a fake clock has passed without calling its own timers.
 */
export class Clock {
  readonly #frozenAt: number | undefined;
  #offset = 0;
  #entries: Entry[] = []; // by due time, earliest first
  #wake: ReturnType<typeof setTimeout> | undefined;
  #cancelFakeWake: (() => void) | undefined;

  constructor(frozenAt?: number) {
    if (frozenAt !== undefined && !Number.isSafeInteger(frozenAt)) {
      throw new RangeError('frozenAt: expected whole milliseconds since 1970');
    }
    this.#frozenAt = frozenAt;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return (this.#frozenAt ?? Date.now()) + this.#offset;
  }

  /** Whole seconds since 1970, rounded down. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** Runs `run` once, when `ms` milliseconds of this clock have passed. */
  after(ms: number, run: () => void): Timer {
    const entry: Entry = { due: this.now() + ms, run, cancel: () => this.#remove(entry) };
    const later = this.#entries.findIndex((other) => other.due > entry.due);
    this.#entries.splice(later < 0 ? this.#entries.length : later, 0, entry);
    this.#arm();
    return entry;
  }

  /** Moves the clock forward; every timer that becomes due runs now, each at its own time. */
  advance(ms: number): void {
    if (!(ms >= 0 && Number.isFinite(ms))) throw new RangeError('advance() takes milliseconds, zero or more');
    const target = this.now() + Math.ceil(ms); // the servers count in whole milliseconds
    for (let next = this.#entries[0]; next !== undefined && next.due <= target; next = this.#entries[0]) {
      this.#offset += Math.max(0, next.due - this.now());
      this.#fire(next);
    }
    this.#offset += Math.max(0, target - this.now());
    this.#arm();
  }

  /** Forgets all timers. */
  close(): void {
    this.#entries = [];
    this.#arm();
  }

  #fire(entry: Entry): void {
    this.#entries.shift();
    entry.run();
  }

  #remove(entry: Entry): void {
    const at = this.#entries.indexOf(entry);
    if (at < 0) return;
    this.#entries.splice(at, 1);
    if (at === 0) this.#arm();
  }

  #arm(): void {
    this.#disarm();
    const next = this.#entries[0];
    if (next === undefined || this.#frozenAt !== undefined) return;
    const fake = globalThis.Date !== RealDate;
    const wait = Math.min(Math.max(1, next.due - this.now()), LONGEST_WAIT);
    this.#wake = setTimeout(this.#tick, fake ? Math.max(wait, LOOK_EVERY) : wait);
    if (fake && globalThis.setTimeout !== setTimeout) this.#cancelFakeWake = startFake(this.#tick, wait);
  }

  #disarm(): void {
    clearTimeout(this.#wake);
    this.#cancelFakeWake?.();
    this.#wake = undefined;
    this.#cancelFakeWake = undefined;
  }

  readonly #tick = (): void => {
    const now = this.now();
    for (let next = this.#entries[0]; next !== undefined && next.due <= now; next = this.#entries[0]) this.#fire(next);
    this.#arm();
  };
}

/** A timer of the fake clock that is in place now; the returned function ends it also when that clock is not in place any more. */
function startFake(run: () => void, wait: number): () => void {
  const clear = globalThis.clearTimeout;
  const timer = globalThis.setTimeout(run, wait);
  return () => clear(timer);
}
