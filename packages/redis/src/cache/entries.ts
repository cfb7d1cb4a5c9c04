import type { Arg } from '@kv/core';
import { SLOT_COUNT } from '../topology/slot.ts';
import { copyOf } from './copy-of.ts';
import { type Fetch, type ReplySource, sameArgs } from './fetch.ts';
import { IndexChains, NONE } from './index-chains.ts';
import { hashOf } from './key-hash.ts';
import { KeyTable } from './key-table.ts';
import { sizeOfEntry } from './memory.ts';
import { ownText } from './own-text.ts';
import { ON_ITS_WAY, Rows } from './rows.ts';

/** A reply that alone takes more than this part of the room is not kept. */
const LARGEST = 1 / 16;
const ROW = Rows.BYTES + 2 * IndexChains.BYTES;

/**
 * The replies that are kept: found by their keys, bounded in bytes; what was not used for the longest time goes first.
 * Each has an index, which is another one after a change of the number of rows.
 *
 *     key ─▶ GET ─▶ STRLEN ─▶ GETRANGE 0 5                      entries of one key, dropped together
 *     slot ─▶ all of its entries                                dropped when it has another owner
 *     oldest ◀───────────────────────────────────▶ newest       all that are stored, in the order of their use
 */
export class Entries {
  /** How many are stored; those on their way do not count. */
  stored = 0;
  evicted = 0;
  readonly #maxBytes: number;
  #rows = new Rows();
  readonly #table = new KeyTable();
  readonly #use = new IndexChains(1);
  readonly #bySlot: IndexChains;
  readonly #hasSlots: boolean;
  /** Where the replies of each slot came from. */
  readonly #sources: (ReplySource | undefined)[];
  #entryBytes = 0;

  /** @param bySlot whether keys have slots, which are dropped one by one */
  constructor(maxBytes: number, bySlot: boolean) {
    this.#maxBytes = maxBytes;
    const slots = bySlot ? SLOT_COUNT : 1;
    this.#hasSlots = bySlot;
    this.#bySlot = new IndexChains(slots);
    this.#sources = new Array(slots).fill(undefined);
  }

  /** About how many bytes they take. */
  get bytes(): number {
    return this.#entryBytes + this.tableBytes;
  }

  /** About how many bytes of that are taken by rows and the table of keys. */
  get tableBytes(): number {
    return this.#rows.capacity * ROW + this.#table.bytes;
  }

  // -- looking

  /** The index of the reply to a command, or of what waits for it; or NONE. */
  find(key: string, name: string, args: readonly Arg[] | null, bytes: boolean): number {
    const { keys, names, bytes: kinds, args: lists, siblings } = this.#rows;
    let index = this.#table.get(key, hashOf(key), keys);
    for (; index !== NONE; index = siblings[index] as number) {
      if (names[index] !== name || (kinds[index] === 1) !== bytes) continue;
      if (sameArgs(lists[index] as readonly Arg[] | null, args)) break;
    }
    return index;
  }

  /** What is on its way; undefined: it is stored. */
  fetchAt(index: number): Fetch | undefined {
    return this.#rows.sizes[index] === ON_ITS_WAY ? (this.#rows.values[index] as Fetch) : undefined;
  }

  rawAt(index: number): unknown {
    return this.#rows.values[index];
  }

  /** Where a stored reply came from. */
  sourceAt(index: number): ReplySource | undefined {
    return this.#sources[this.#rows.slots[index] as number];
  }

  storedAt(index: number): number {
    return this.#rows.storedAt[index] as number;
  }

  expiresAt(index: number): number {
    return this.#rows.expires[index] as number;
  }

  /** It was used: it goes last. */
  touch(index: number): void {
    if (index === this.#use.last(0)) return;
    this.#use.remove(0, index);
    this.#use.append(0, index);
  }

  // -- adding

  /** Begins an entry, whose reply is on its way. */
  begin(fetch: Fetch): void {
    if (this.#rows.isFull) this.#makeRow();
    const rows = this.#rows;
    const index = rows.take();
    const hash = hashOf(fetch.key);
    fetch.index = index;
    rows.keys[index] = fetch.key;
    rows.names[index] = fetch.name;
    rows.args[index] = fetch.args;
    rows.bytes[index] = fetch.bytes ? 1 : 0;
    rows.values[index] = fetch;
    rows.sizes[index] = ON_ITS_WAY;
    rows.hashes[index] = hash;
    rows.slots[index] = Math.max(fetch.slot, 0);
    this.#enter(index);
  }

  /** Makes a row known to its key and its slot. */
  #enter(index: number): void {
    const { keys, hashes, siblings, slots } = this.#rows;
    const hash = hashes[index] as number;
    const first = this.#table.get(keys[index] as string, hash, keys);
    siblings[index] = first;
    if (first === NONE) this.#table.add(hash, index);
    else this.#table.replace(hash, first, index);
    this.#bySlot.append(slots[index] as number, index);
  }

  /**
   * Stores the reply of an entry, of which it keeps a copy. Returns false, and drops the entry, when it is too large.
   *
   * @param expires when it ends, ms
   */
  store(fetch: Fetch, raw: unknown, source: ReplySource, now: number, expires: number): boolean {
    const { index } = fetch;
    const rows = this.#rows;
    fetch.raw = copyOf(raw);
    const size = sizeOfEntry(fetch);
    if (size + ROW > this.#maxBytes * LARGEST) {
      this.dropFetch(fetch);
      return false;
    }
    const slot = rows.slots[index] as number;
    if (this.#sources[slot] !== source) this.#changeSource(slot, source);
    fetch.kept = true;
    rows.keys[index] = ownText(fetch.key);
    rows.values[index] = fetch.raw;
    rows.sizes[index] = size;
    rows.storedAt[index] = now;
    rows.expires[index] = expires;
    this.#entryBytes += size;
    this.stored++;
    this.#use.append(0, index);
    if (this.bytes > this.#maxBytes) this.#makeRoom();
    return true;
  }

  /** A slot has its replies from one connection: what came from another is not told of any more. */
  #changeSource(slot: number, source: ReplySource): void {
    this.#sources[slot] = source;
    for (let index = this.#bySlot.first(slot); index !== NONE; ) {
      const next = this.#bySlot.next(index);
      if (this.fetchAt(index) === undefined) this.drop(index);
      index = next;
    }
  }

  #makeRoom(): void {
    while (this.bytes > this.#maxBytes && this.stored > 0) {
      if (this.#rows.isSparse) this.#compact();
      else this.#evict();
    }
  }

  #evict(): void {
    this.drop(this.#use.first(0));
    this.evicted++;
  }

  // -- dropping

  /** Drops an entry. */
  drop(index: number): void {
    const { values, sizes, slots } = this.#rows;
    this.#leaveKey(index);
    this.#bySlot.remove(slots[index] as number, index);
    const size = sizes[index] as number;
    if (size === ON_ITS_WAY) (values[index] as Fetch).gone = true;
    else {
      this.#entryBytes -= size;
      this.stored--;
      this.#use.remove(0, index);
    }
    this.#rows.free(index);
  }

  #leaveKey(index: number): void {
    const { keys, hashes, siblings } = this.#rows;
    const hash = hashes[index] as number;
    const next = siblings[index] as number;
    if (next === NONE && this.#table.delete(hash, index)) return;
    let other = this.#table.get(keys[index] as string, hash, keys);
    if (other === index) return this.#table.replace(hash, index, next);
    while (siblings[other] !== index) other = siblings[other] as number;
    siblings[other] = next;
  }

  /** Drops an entry whose reply is on its way; nothing happens when it is not any more. */
  dropFetch(fetch: Fetch): void {
    if (fetch.pending) this.drop(fetch.index);
  }

  /** Drops all entries of a key. Returns how many they were. */
  dropKey(key: string): number {
    const hash = hashOf(key);
    const { keys } = this.#rows;
    let count = 0;
    for (let index = this.#table.get(key, hash, keys); index !== NONE; index = this.#table.get(key, hash, keys)) {
      this.drop(index);
      count++;
    }
    return count;
  }

  /** Drops all entries of a slot. Returns how many they were. */
  dropSlot(slot: number): number {
    let count = 0;
    for (let index = this.#bySlot.first(slot); index !== NONE; index = this.#bySlot.first(slot)) {
      this.drop(index);
      count++;
    }
    this.#sources[slot] = undefined;
    return count;
  }

  /**
   * Drops all entries of some slots. Returns how many there were.
   *
   * @param isMeant gets the slot, -1 where there are none, and where its replies came from
   */
  dropSlots(isMeant: (slot: number, source: ReplySource | undefined) => boolean): number {
    let count = 0;
    for (let slot = 0; slot < this.#sources.length; slot++) {
      const source = this.#sources[slot];
      const isUsed = source !== undefined || this.#bySlot.first(slot) !== NONE;
      if (isUsed && isMeant(this.#hasSlots ? slot : -1, source)) count += this.dropSlot(slot);
    }
    if (this.#rows.count === 0) this.#clear();
    return count;
  }

  // -- rows

  /** More rows, or where there is no room for them, the one that was used least recently. */
  #makeRow(): void {
    const { more, capacity } = this.#rows;
    const isTooMuch = this.bytes + (more - capacity) * ROW > this.#maxBytes;
    if (isTooMuch && this.stored > 0) this.#evict();
    else this.#resize(more);
  }

  #resize(capacity: number): void {
    this.#rows.resize(capacity);
    this.#use.resize(capacity);
    this.#bySlot.resize(capacity);
  }

  /** Moves the rows in use together: replies have become larger, so that there is room for fewer. */
  #compact(): void {
    const old = this.#rows;
    const order = this.#rowsInUse();
    this.#clear();
    this.#resize(order.length * 2);
    for (const row of order) this.#move(old, row);
  }

  /** Those of stored replies in the order of their use, then those of replies on their way. */
  #rowsInUse(): number[] {
    const rows: number[] = [];
    for (let index = this.#use.first(0); index !== NONE; index = this.#use.next(index)) rows.push(index);
    for (let index = 0; index < this.#rows.capacity; index++) if (this.fetchAt(index) !== undefined) rows.push(index);
    return rows;
  }

  #move(from: Rows, row: number): void {
    const index = this.#rows.take();
    this.#rows.copy(index, from, row);
    this.#enter(index);
    const fetch = this.fetchAt(index);
    if (fetch === undefined) this.#use.append(0, index);
    else fetch.index = index;
  }

  #clear(): void {
    this.#rows = new Rows();
    this.#table.clear();
    this.#use.clear();
    this.#bySlot.clear();
  }
}
