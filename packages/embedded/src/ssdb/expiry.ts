import type { Clock, Timer } from '../clock.ts';
import { byBytes, SortedList } from '../sorted-list.ts';
import type { Database } from './database.ts';

/** The zset in which the server keeps the deadlines of keys. It shows up in zlist. */
const LIST_NAME = '\xff\xff\xff\xff\xff|EXPIRE_LIST|KV';

/** Deadlines that the server keeps in memory at a time. */
const BATCH = 1000;

interface Deadline {
  readonly key: string;
  readonly at: number;
}

/** The earliest deadlines, in memory. */
class Batch {
  readonly #times = new Map<string, number>();
  readonly #order = new SortedList<Deadline>((a, b) => a.at - b.at || byBytes(a.key, b.key));

  get first(): Deadline | undefined {
    return this.#order.at(0);
  }

  get last(): Deadline | undefined {
    return this.#order.at(this.#order.size - 1);
  }

  add(key: string, at: number): void {
    this.delete(key);
    this.#times.set(key, at);
    this.#order.add({ key, at });
    if (this.#order.size > BATCH) this.delete((this.last as Deadline).key);
  }

  delete(key: string): void {
    const at = this.#times.get(key);
    if (at === undefined) return;
    this.#times.delete(key);
    this.#order.delete({ key, at });
  }
}

/**
 * Times to live of kv keys, kept as the server keeps them. All of them are in a zset, which answers `ttl` and which
 * flushdb removes. The earliest are also in memory, from where keys are deleted: the batch is read from the zset when
 * the first deadline has come and the batch is empty. flushdb forgets to clear it, so a key that was in it and is
 * set again after flushdb is deleted at its old deadline.
 */
export class Expiry {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #batch = new Batch();
  /** When the server looks at the batch next. */
  #due = Number.POSITIVE_INFINITY;
  /** Copiers that are told about changes, and must not hear of an end only when the next command comes. */
  #attending = 0;
  #timer: Timer | undefined;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  set(key: string, seconds: number): void {
    const at = this.#clock.now() + seconds * 1000;
    if (key !== '') this.#db.zset(LIST_NAME, key, BigInt(at));
    this.#due = Math.min(this.#due, at);
    const { last } = this.#batch;
    if (last !== undefined && at <= last.at) this.#batch.add(key, at);
    else this.#batch.delete(key);
    this.#arm();
  }

  delete(key: string): void {
    if (this.#due === Number.POSITIVE_INFINITY) return;
    this.#batch.delete(key);
    this.#db.zdel(LIST_NAME, key);
  }

  /** Whole seconds left, or -1. */
  left(key: string): bigint {
    const at = this.#db.zsets.get(LIST_NAME)?.get(key);
    return at === undefined ? -1n : (at - BigInt(this.#clock.now())) / 1000n;
  }

  /** Deletes the keys whose time has come. */
  collect(): void {
    const now = this.#clock.now();
    while (this.#due <= now) this.#look(now);
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

  #look(now: number): void {
    if (this.#batch.first === undefined) this.#load();
    const { first } = this.#batch;
    this.#due = first?.at ?? Number.POSITIVE_INFINITY;
    if (first === undefined || first.at > now) return;
    this.#db.del(first.key);
    this.#db.zdel(LIST_NAME, first.key);
    this.#batch.delete(first.key);
  }

  #load(): void {
    let loaded = 0;
    for (const { member, score } of this.#db.zsets.get(LIST_NAME)?.up() ?? []) {
      if (loaded++ >= BATCH) return;
      this.#batch.add(member, Number(score));
    }
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#attending === 0 || this.#due === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.after(Math.max(0, this.#due - this.#clock.now()), () => {
      this.collect();
      this.#arm();
    });
  }
}
