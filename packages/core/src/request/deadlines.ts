import { outsideOfCalls } from '../async-context.ts';
import { LazyMap } from '../lazy-collections.ts';
import { clearTimeout, setImmediate, setTimeout, type Timer } from '../timers.ts';
import type { Clock } from './clock.ts';
import { dropKeepAlive, keepAlive, letEnd } from './keep-alive.ts';
import { LATE, LONGEST_TIMER } from './timer-limits.ts';

/** Something with a deadline, which is added once; the fields belong to {@link Deadlines}. */
export interface Timed {
  /** When its time began, in ms of the {@link Clock}: set before it is added. */
  readonly startedAt: number;
  /** The list of its timeout; `null` when it has none, or was removed. */
  list: DeadlineList | null;
  /** The one behind it in its list. */
  after: Timed | null;
}

/**
 * All entries of one timeout value: entered in order of time, so they also end in that order. Most are removed in this
 * order, too. Others stay in their place, marked by `list`, until those before them are gone or they are more than half.
 */
class DeadlineList {
  readonly timeout: number;
  first: Timed | null = null;
  #last: Timed | null = null;
  #live = 0;
  #removed = 0;

  constructor(timeout: number) {
    this.timeout = timeout;
  }

  append(entry: Timed): void {
    entry.list = this;
    if (this.#last === null) this.first = entry;
    else this.#last.after = entry;
    this.#last = entry;
    this.#live++;
  }

  remove(entry: Timed): void {
    entry.list = null;
    this.#live--;
    this.#removed++;
    if (this.first === entry) this.#passRemoved();
    else if (this.#removed > this.#live) this.#dropRemoved();
  }

  /** The first one is one that was not removed. */
  #passRemoved(): void {
    let next = this.first;
    while (next !== null && next.list === null) {
      const { after } = next;
      next.after = null; // who still holds it must not hold what follows
      next = after;
      this.#removed--;
    }
    this.first = next;
    if (next === null) this.#last = null;
  }

  #dropRemoved(): void {
    let last = this.first as Timed;
    for (let next = last.after; next !== null; next = last.after) {
      if (next.list !== null) last = next;
      else {
        last.after = next.after;
        next.after = null;
      }
    }
    this.#last = last;
    this.#removed = 0;
  }
}

/** Stands for the list used last before there is one. */
const NO_LIST = new DeadlineList(-1);

/** So many lists are kept although they are empty: most programs use a few timeout values again and again. */
const KEPT_LISTS = 64;

/** Who is told of deadlines that have passed. */
export interface DeadlineOwner<T> {
  /** The time of an entry is over. */
  expired(entry: T): void;
}

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
  readonly clock: Clock;
  readonly #owner: DeadlineOwner<T>;
  /** By timeout. Where there was one value so far, it is empty: that list is the recent one. */
  readonly #lists = new LazyMap<number, DeadlineList>();
  /** The list used last: nearly always the one of the default timeout. */
  #recent = NO_LIST;
  #timer: Timer | undefined;
  #due = 0;
  #holders = 0;
  #stopped = false;
  /** Whether a late sweep waits for the sockets to be read. */
  #deferred = false;
  /** How much later than wanted the last sweep ran, ms. */
  lag = 0;

  constructor(clock: Clock, owner: DeadlineOwner<T>) {
    this.clock = clock;
    this.#owner = owner;
  }

  /** Gives an entry that begins now `timeout` ms. */
  add(entry: T, timeout: number): void {
    let list = this.#recent;
    if (list.timeout !== timeout) list = this.#listOf(Math.ceil(timeout));
    list.append(entry);
    const expires = entry.startedAt + list.timeout;
    if (this.#timer === undefined || expires < this.#due) this.#arm(expires);
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
    return this.#lists.size + (this.#lists.get(this.#recent.timeout) === undefined ? 1 : 0);
  }

  /** While somebody holds, the process stays alive: its own timer does not keep it. */
  hold(): void {
    if (this.#holders++ === 0 && !this.#stopped) keepAlive();
  }

  unhold(): void {
    if (--this.#holders === 0 && !this.#stopped) letEnd();
  }

  /** No further calls; entries that are left never expire, and nothing keeps the process alive. */
  stop(): void {
    if (this.#holders > 0 && !this.#stopped) letEnd();
    dropKeepAlive();
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #listOf(timeout: number): DeadlineList {
    const before = this.#recent;
    if (before.timeout === timeout) return before;
    if (before !== NO_LIST) this.#lists.set(before.timeout, before);
    this.#recent = this.#lists.get(timeout) ?? new DeadlineList(timeout);
    this.#drop(before);
    return this.#recent;
  }

  #arm(due: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#due = due;
    const wait = Math.min(Math.max(due - this.clock.now(), 1), LONGEST_TIMER);
    const sweep = (): void => this.#sweep(); // not kept: an idle client has no timer
    this.#timer = outsideOfCalls(() => setTimeout(sweep, wait));
    this.#timer.unref();
  }

  #sweep(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = this.clock.now();
    if (!this.#deferred) {
      this.lag = Math.max(now - this.#due, 0);
      this.#deferred = this.lag > LATE;
      if (this.#deferred) {
        setImmediate(() => this.#sweep());
        return;
      }
    }
    this.#deferred = false;
    this.#expireUntil(now);
  }

  #expireUntil(now: number): void {
    const recent = this.#recent; // what expires may begin calls that make another list the recent one
    let next = this.#expireIn(recent, now);
    for (const list of this.#lists.values()) {
      if (list === recent) continue;
      next = Math.min(next, this.#expireIn(list, now));
      if (list.first === null && this.#lists.get(list.timeout) === list) this.#lists.delete(list.timeout);
    }
    if (this.#timer !== undefined && this.#due <= next) return; // armed again by what the owner has started
    if (next !== Number.POSITIVE_INFINITY) this.#arm(next);
  }

  /** Expires what is due in one list. Returns when the next of it is. */
  #expireIn(list: DeadlineList, now: number): number {
    for (let entry = list.first; entry !== null && entry.startedAt + list.timeout <= now; entry = list.first) {
      list.remove(entry);
      this.#owner.expired(entry as T);
    }
    return list.first === null ? Number.POSITIVE_INFINITY : list.first.startedAt + list.timeout;
  }
}
