import type { Clock, Timer } from '../clock.ts';
import { byBytes, SortedList } from '../sorted-list.ts';
import type { Database } from './database.ts';

/** The zset in which the server keeps the deadlines of keys. It shows up in zlist. */
const LIST_NAME = '\xff\xff\xff\xff\xff|EXPIRE_LIST|KV';

interface Deadline {
  readonly key: string;
  readonly at: number;
}

/**
 * Times to live of kv keys. They are kept twice, as in the server: in a zset, which answers `ttl` and which flushdb
 * removes, and in memory, which deletes keys and which flushdb forgets to clear.
 */
export class Expiry {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #deadlines = new Map<string, number>();
  readonly #order = new SortedList<Deadline>((a, b) => a.at - b.at || byBytes(a.key, b.key));

  /** Who is told about changes, and must not hear of an end only when the next command comes. */
  #attending = 0;
  #timer: Timer | undefined;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  set(key: string, seconds: number): void {
    this.#forget(key);
    const at = this.#clock.now() + seconds * 1000;
    this.#deadlines.set(key, at);
    this.#order.add({ key, at });
    this.#db.zset(LIST_NAME, key, BigInt(at));
    this.#arm();
  }

  delete(key: string): void {
    if (this.#deadlines.size === 0) return;
    this.#forget(key);
    this.#db.zdel(LIST_NAME, key);
  }

  /** Whole seconds left, or -1. */
  left(key: string): bigint {
    const at = this.#db.zsets.get(LIST_NAME)?.get(key);
    if (at === undefined) return -1n;
    const ms = at - BigInt(this.#clock.now());
    return ms < 0n ? 0n : ms / 1000n;
  }

  /** Deletes the keys whose time has come. */
  collect(): void {
    const now = this.#clock.now();
    for (let next = this.#order.at(0); next !== undefined && next.at <= now; next = this.#order.at(0)) {
      this.#db.del(next.key);
      this.delete(next.key);
    }
  }

  /** From now on keys end by themselves, until the returned function is called. Else the next command finds them. */
  attend(): () => void {
    this.#attending += 1;
    this.#arm();
    return () => {
      this.#attending -= 1;
      this.#arm();
    };
  }

  #arm(): void {
    this.#timer?.cancel();
    const first = this.#attending > 0 ? this.#order.at(0) : undefined;
    this.#timer =
      first &&
      this.#clock.after(Math.max(0, first.at - this.#clock.now()), () => {
        this.collect();
        this.#arm();
      });
  }

  #forget(key: string): void {
    const at = this.#deadlines.get(key);
    if (at === undefined) return;
    this.#deadlines.delete(key);
    this.#order.delete({ key, at });
  }
}
