import type { Arg } from '@kv/core';
import { keySlot } from '../topology/slot.ts';
import { copyOf } from './copy-of.ts';
import { Entry, type Group, type ReplySource } from './entry.ts';
import { KeyTable } from './key-table.ts';
import { sizeOfEntry } from './memory.ts';

/** A reply that alone takes more than this part of the room is not kept. */
const LARGEST = 1 / 16;

/**
 * The replies that are kept: found by their keys, bounded in bytes; what was not used for the longest time goes first.
 *
 *     group (slot) ─▶ key ─▶ GET ─▶ STRLEN ─▶ GETRANGE 0 5      entries of one key, dropped together
 *     oldest ◀───────────────────────────────────▶ newest       all that are stored, in the order of their use
 */
export class Entries {
  /** About how many bytes the tables of keys take. */
  tableBytes = 0;
  #entryBytes = 0;
  /** How many are stored; those on their way do not count. */
  stored = 0;
  evicted = 0;
  readonly #maxBytes: number;
  readonly #groups = new Map<number, Group>();
  /** Where there are no slots. */
  readonly #only: Group | undefined;
  #oldest: Entry | undefined;
  #newest: Entry | undefined;

  /** @param bySlot whether keys have slots, which are dropped one by one */
  constructor(maxBytes: number, bySlot: boolean) {
    this.#maxBytes = maxBytes;
    if (bySlot) return;
    this.#only = newGroup(-1);
    this.#attach(this.#only);
  }

  /** About how many bytes they take. */
  get bytes(): number {
    return this.#entryBytes + this.tableBytes;
  }

  /** The group of a key. */
  groupOf(key: Arg): Group {
    return this.#only ?? this.#groupAt(keySlot(key));
  }

  /** There may be many slots for few keys: only groups that have entries are kept, and count. */
  #groupAt(slot: number): Group {
    return this.#groups.get(slot) ?? newGroup(slot);
  }

  #attach(group: Group): void {
    this.#groups.set(group.slot, group);
    this.tableBytes += group.byKey.bytes;
  }

  #detachIfEmpty(group: Group): void {
    if (group.byKey.size > 0 || group === this.#only) return;
    this.#groups.delete(group.slot);
    this.tableBytes -= group.byKey.bytes;
  }

  /** The reply to a command, or what waits for it. */
  find(group: Group, key: string, name: string, args: readonly Arg[] | null, bytes: boolean): Entry | undefined {
    let entry = group.byKey.get(key);
    while (entry !== undefined && !entry.answers(name, args, bytes)) entry = entry.sibling;
    return entry;
  }

  /** Begins an entry, whose reply is on its way. */
  add({ slot }: Group, key: string, name: string, args: readonly Arg[] | null, bytes: boolean): Entry {
    const group = this.#only ?? this.#groupAt(slot);
    if (group.byKey.size === 0 && group !== this.#only) this.#attach(group);
    const entry = new Entry(group, key, name, args, bytes);
    entry.sibling = group.byKey.get(key);
    this.tableBytes += group.byKey.set(key, entry);
    return entry;
  }

  /**
   * Stores the reply of an entry, of which it keeps a copy. Returns false, and drops the entry, when it is too large.
   *
   * @param expires when it ends, ms
   */
  store(entry: Entry, raw: unknown, source: ReplySource, now: number, expires: number): boolean {
    entry.raw = copyOf(raw);
    const size = sizeOfEntry(entry);
    if (size > this.#maxBytes * LARGEST) {
      this.drop(entry);
      return false;
    }
    if (entry.group.source !== source) this.#changeSource(entry.group, source);
    entry.pending = false;
    entry.size = size;
    entry.source = source;
    entry.storedAt = now;
    entry.expires = expires;
    this.#entryBytes += size;
    this.stored++;
    this.#append(entry);
    this.#makeRoom();
    return true;
  }

  /** A slot has its replies from one connection: what came from another is not told of any more. */
  #changeSource(group: Group, source: ReplySource): void {
    group.source = source;
    for (const first of [...group.byKey.firsts])
      for (const entry of chainOf(first)) if (!entry.pending) this.drop(entry);
  }

  #makeRoom(): void {
    while (this.bytes > this.#maxBytes && this.#oldest !== undefined) {
      this.drop(this.#oldest);
      this.evicted++;
    }
  }

  /** It was used: it goes last. */
  touch(entry: Entry): void {
    if (entry === this.#newest) return;
    this.#unlink(entry);
    this.#append(entry);
  }

  /** Drops one entry. */
  drop(entry: Entry): void {
    if (entry.gone) return;
    this.#end(entry);
    const { group, key, sibling } = entry;
    const first = group.byKey.get(key);
    if (first !== entry) {
      for (let other = first; other !== undefined; other = other.sibling)
        if (other.sibling === entry) other.sibling = sibling;
    } else if (sibling !== undefined) group.byKey.set(key, sibling);
    else {
      this.tableBytes += group.byKey.delete(key);
      this.#detachIfEmpty(group);
    }
  }

  /** Drops all entries of a key. Returns how many they were. */
  dropKey(group: Group, key: string): number {
    const first = group.byKey.get(key);
    if (first === undefined) return 0;
    this.tableBytes += group.byKey.delete(key);
    this.#detachIfEmpty(group);
    return this.#endChain(first);
  }

  /** Drops all entries of a slot. Returns how many they were. */
  dropSlot(slot: number): number {
    const group = this.#groups.get(slot);
    return group === undefined ? 0 : this.#clear(group);
  }

  /** Drops all of some groups. Returns how many entries there were. */
  dropGroups(isMeant: (group: Group) => boolean): number {
    let count = 0;
    for (const group of this.#groups.values()) if (isMeant(group)) count += this.#clear(group);
    return count;
  }

  #clear(group: Group): number {
    let count = 0;
    for (const first of group.byKey.firsts) count += this.#endChain(first);
    this.tableBytes += group.byKey.clear();
    group.source = undefined;
    this.#detachIfEmpty(group);
    return count;
  }

  #endChain(first: Entry): number {
    let count = 0;
    for (const entry of chainOf(first)) {
      this.#end(entry);
      count++;
    }
    return count;
  }

  #end(entry: Entry): void {
    entry.gone = true;
    if (entry.pending) return;
    this.#entryBytes -= entry.size;
    this.stored--;
    this.#unlink(entry);
  }

  #append(entry: Entry): void {
    entry.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  #unlink(entry: Entry): void {
    const { older, newer } = entry;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    entry.older = undefined;
    entry.newer = undefined;
  }
}

function newGroup(slot: number): Group {
  return { slot, byKey: new KeyTable(), source: undefined };
}

function chainOf(first: Entry): Entry[] {
  const entries: Entry[] = [];
  for (let entry: Entry | undefined = first; entry !== undefined; entry = entry.sibling) entries.push(entry);
  return entries;
}
