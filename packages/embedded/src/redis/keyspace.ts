import type { Clock } from '../clock.ts';
import { Deque } from '../deque.ts';
import { byBytes, SortedList } from '../sorted-list.ts';
import { wrongType } from './command-error.ts';
import type { EventKind } from './key-events.ts';
import { scanHash } from './scan-hash.ts';
import { Stream } from './stream/stream.ts';
import { ScoredMembers, settle, type Value, type ValueOf } from './values.ts';

/** A key and what it holds. */
export interface Entry {
  readonly key: string;
  /** SCAN walks by it. */
  readonly hash: number;
  value: Value;
  /** Unix time in milliseconds. */
  expireAt: number | undefined;
  /** Grows with every change of the value. */
  version: number;
}

interface Deadline {
  readonly at: number;
  readonly key: string;
}

const empty: { readonly [T in Value['type']]: () => ValueOf<T> } = {
  string: () => ({ type: 'string', text: '' }),
  list: () => ({ type: 'list', items: new Deque<string>() }),
  hash: () => ({ type: 'hash', fields: new Map() }),
  set: () => ({ type: 'set', members: new Set() }),
  zset: () => ({ type: 'zset', members: new ScoredMembers() }),
  stream: () => ({ type: 'stream', stream: new Stream() }),
};

function isEmpty(value: Value): boolean {
  switch (value.type) {
    case 'string':
    case 'stream':
      return false;
    case 'list':
      return value.items.size === 0;
    case 'hash':
      return value.fields.size === 0;
    default:
      return value.members.size === 0;
  }
}

function entriesByHash(): SortedList<Entry> {
  return new SortedList((a, b) => a.hash - b.hash || byBytes(a.key, b.key));
}

/** One numbered database. Expired keys are collected before each command, so nothing here needs to look at the time. */
export class Keyspace {
  readonly #clock: Clock;
  readonly #changed: (space: Keyspace, key: string) => void;
  readonly #notify: (space: Keyspace, kind: EventKind, event: string, key: string) => void;
  readonly #entries = new Map<string, Entry>();
  #byHash = entriesByHash();
  #deadlines = new SortedList<Deadline>((a, b) => a.at - b.at || byBytes(a.key, b.key));

  constructor(
    clock: Clock,
    changed: (space: Keyspace, key: string) => void,
    notify: (space: Keyspace, kind: EventKind, event: string, key: string) => void,
  ) {
    this.#clock = clock;
    this.#changed = changed;
    this.#notify = notify;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Keys with a time to live. */
  get volatile(): number {
    return this.#deadlines.size;
  }

  /** When the next key expires; Unix time in milliseconds. */
  get nextDeadline(): number | undefined {
    return this.#deadlines.at(0)?.at;
  }

  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  entry(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** The value, if it has the type; refuses another type. */
  get<T extends Value['type']>(type: T, key: string): ValueOf<T> | undefined {
    const value = this.#entries.get(key)?.value;
    if (value !== undefined && value.type !== type) wrongType();
    return value as ValueOf<T> | undefined;
  }

  /** The value, or an empty one that is stored now; call `touch` after the change. */
  open<T extends Value['type']>(type: T, key: string): ValueOf<T> {
    const known = this.get(type, key);
    if (known !== undefined) return known;
    const value = empty[type]();
    this.#store(key, value, true);
    return value;
  }

  /** Replaces the value; the time to live goes, unless it is kept. */
  put(key: string, value: Value, kind?: EventKind, event?: string, keepTtl = false): void {
    const expireAt = keepTtl ? this.#entries.get(key)?.expireAt : undefined;
    const isNew = !this.#entries.has(key);
    this.#drop(key);
    if (!isEmpty(value)) {
      this.#store(key, value, isNew);
      if (expireAt !== undefined) this.expire(key, expireAt);
    }
    this.touch(key, kind, event);
  }

  /** Must follow every change: an empty value disappears; watchers, waiters and who listens for the event are told. */
  touch(key: string, kind?: EventKind, event?: string): void {
    const entry = this.#entries.get(key);
    const isGone = entry !== undefined && isEmpty(entry.value);
    if (entry !== undefined) {
      entry.version += 1;
      if (isGone) this.#drop(key);
      else settle(entry.value);
    }
    this.#changed(this, key);
    if (kind !== undefined && event !== undefined) this.notify(kind, event, key);
    if (isGone) this.notify('g', 'del', key);
  }

  /** Tells who listens for an event. */
  notify(kind: EventKind, event: string, key: string): void {
    this.#notify(this, kind, event, key);
  }

  delete(key: string): boolean {
    const wasThere = this.take(key);
    if (wasThere) this.notify('g', 'del', key);
    return wasThere;
  }

  /** Removes a key without an event. */
  take(key: string): boolean {
    if (!this.#entries.has(key)) return false;
    this.#drop(key);
    this.#changed(this, key);
    return true;
  }

  /** Sets or, without a time, removes the time to live. */
  expire(key: string, at: number | undefined): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    if (entry.expireAt !== undefined) this.#deadlines.delete({ at: entry.expireAt, key });
    entry.expireAt = at;
    if (at !== undefined) this.#deadlines.add({ at, key });
  }

  /** Deletes keys whose time has come. */
  collect(): void {
    const now = this.#clock.now();
    for (let next = this.#deadlines.at(0); next !== undefined && next.at <= now; next = this.#deadlines.at(0)) {
      this.take(next.key);
      this.notify('x', 'expired', next.key);
    }
  }

  clear(): void {
    const keys = [...this.#entries.keys()];
    this.#entries.clear();
    this.#byHash = entriesByHash();
    this.#deadlines = new SortedList<Deadline>((a, b) => a.at - b.at || byBytes(a.key, b.key));
    for (const key of keys) this.#changed(this, key);
  }

  /** `count` entries from a cursor on (more when several share the last hash), and the next cursor, 0 at the end. */
  scan(cursor: number, count: number): { readonly entries: Entry[]; readonly next: number } {
    const entries: Entry[] = [];
    for (const entry of this.#byHash.up(this.#byHash.count(({ hash }) => hash < cursor))) {
      if (entries.length >= count && entry.hash !== entries.at(-1)?.hash) return { entries, next: entry.hash };
      entries.push(entry);
    }
    return { entries, next: 0 };
  }

  randomKey(): string | undefined {
    return this.#byHash.at(Math.floor(Math.random() * this.#byHash.size))?.key;
  }

  #store(key: string, value: Value, isNew: boolean): void {
    const entry: Entry = { key, hash: scanHash(key), value, expireAt: undefined, version: 0 };
    this.#entries.set(key, entry);
    this.#byHash.add(entry);
    if (isNew) this.notify('n', 'new', key);
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.expire(key, undefined);
    this.#entries.delete(key);
    this.#byHash.delete(entry);
  }
}
