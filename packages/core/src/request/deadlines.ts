import { outsideOfCalls } from '../async-context.ts';
import { clearTimeout, setImmediate, setTimeout, type Timer } from '../timers.ts';
import type { Clock } from './clock.ts';
import { LATE, LONGEST_TIMER } from './timer-limits.ts';

/** Something with a deadline; the fields belong to {@link Deadlines}. */
export interface Timed {
  /** Where it stands: the list of its timeout, its neighbors, and when it ends (ms of the {@link Clock}). */
  list: DeadlineList | null;
  before: Timed | null;
  after: Timed | null;
  expires: number;
}

/** All entries of one timeout value: entered in order of time, so they also end in that order. */
class DeadlineList {
  readonly timeout: number;
  first: Timed | null = null;
  last: Timed | null = null;

  constructor(timeout: number) {
    this.timeout = timeout;
  }

  append(entry: Timed): void {
    entry.list = this;
    entry.before = this.last;
    entry.after = null;
    if (this.last === null) this.first = entry;
    else this.last.after = entry;
    this.last = entry;
  }

  remove(entry: Timed): void {
    if (entry.before === null) this.first = entry.after;
    else entry.before.after = entry.after;
    if (entry.after === null) this.last = entry.before;
    else entry.after.before = entry.before;
    entry.list = null;
    entry.before = null;
    entry.after = null;
  }
}

/** So many lists are kept although they are empty: most programs use a few timeout values again and again. */
const KEPT_LISTS = 64;

/**
 * Deadlines without a timer per entry: one list per distinct timeout value, one timer for all.
 *
 * ```text
 *   5000 ms:  a → b → c → d      only the heads are looked at;
 *    200 ms:  x → y              the timer waits for the earliest head
 * ```
 * After the event loop was held up, what has arrived meanwhile is read before anything expires.
 */
export class Deadlines<T extends Timed> {
  readonly #clock: Clock;
  readonly #expired: (entry: T) => void;
  readonly #lists = new Map<number, DeadlineList>();
  /** The list used last: nearly always the one of the default timeout. */
  #recent = new DeadlineList(-1);
  #timer: Timer | undefined;
  #due = 0;
  #holders = 0;
  #stopped = false;
  /** Whether a late sweep waits for the sockets to be read. */
  #deferred = false;
  /** How much later than wanted the last sweep ran, ms. */
  lag = 0;

  constructor(clock: Clock, expired: (entry: T) => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  /** Gives an entry `timeout` ms from now. */
  add(entry: T, timeout: number): void {
    let list = this.#recent;
    if (list.timeout !== timeout) list = this.#listOf(Math.ceil(timeout));
    entry.expires = this.#clock.now() + timeout;
    list.append(entry);
    if (this.#timer === undefined || entry.expires < this.#due) this.#arm(entry.expires);
  }

  remove(entry: T): void {
    const { list } = entry;
    if (list === null) return;
    list.remove(entry);
    if (list !== this.#recent) this.#drop(list);
  }

  /** Lists of values that are used once would fill the memory. */
  #drop(list: DeadlineList): void {
    if (list.first === null && this.#lists.size > KEPT_LISTS) this.#lists.delete(list.timeout);
  }

  /** How many timeout values it keeps a list for. */
  get distinctTimeouts(): number {
    return this.#lists.size;
  }

  /** While somebody holds, the process stays alive; without holders the timer does not keep it. */
  hold(): void {
    if (this.#holders++ > 0) return;
    if (this.#timer === undefined) this.#arm(this.#clock.now() + LONGEST_TIMER);
    else this.#timer.ref();
  }

  unhold(): void {
    if (--this.#holders === 0) this.#timer?.unref();
  }

  /** No further calls; entries that are left never expire. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #listOf(timeout: number): DeadlineList {
    let list = this.#lists.get(timeout);
    if (list === undefined) {
      list = new DeadlineList(timeout);
      this.#lists.set(timeout, list);
    }
    const before = this.#recent;
    this.#recent = list;
    this.#drop(before);
    return list;
  }

  #arm(due: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#due = due;
    const wait = Math.min(Math.max(due - this.#clock.now(), 1), LONGEST_TIMER);
    this.#timer = outsideOfCalls(() => setTimeout(this.#sweep, wait));
    if (this.#holders === 0) this.#timer.unref();
  }

  readonly #sweep = (): void => {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = this.#clock.now();
    if (!this.#deferred) {
      this.lag = Math.max(now - this.#due, 0);
      this.#deferred = this.lag > LATE;
      if (this.#deferred) {
        setImmediate(this.#sweep);
        return;
      }
    }
    this.#deferred = false;
    this.#expireUntil(now);
  };

  #expireUntil(now: number): void {
    let next = Number.POSITIVE_INFINITY;
    for (const list of this.#lists.values()) {
      for (let entry = list.first; entry !== null && entry.expires <= now; entry = list.first) {
        list.remove(entry);
        this.#expired(entry as T);
      }
      if (list.first !== null) next = Math.min(next, list.first.expires);
      else if (list !== this.#recent) this.#lists.delete(list.timeout);
    }
    if (this.#timer !== undefined && this.#due <= next) return; // armed again by what #expired started
    if (next !== Number.POSITIVE_INFINITY) this.#arm(next);
    else if (this.#timer === undefined && this.#holders > 0) this.#arm(now + LONGEST_TIMER);
  }
}
