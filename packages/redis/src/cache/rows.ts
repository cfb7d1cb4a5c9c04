import type { Arg } from '@kv/core';
import { NONE, resized } from './index-chains.ts';

/** The size of an entry whose reply is not stored yet. */
export const ON_ITS_WAY = -1;

/** How many rows there are at least, and how many times as many with each growth. */
const FEWEST = 8;
const GROWTH = 1.5;
/** Rows are moved together when less than this part of them is in use. */
const SPARSE = 1 / 4;

/**
 * What is known of entries, by their indexes: a column for each field instead of an object for each entry. Objects that
 * live long are copied twice by the collection of garbage, and followed by each one after that; of these rows it sees the
 * key and the reply.
 */
export class Rows {
  /** What one row takes, bytes. */
  static readonly BYTES = 65;
  /** How many there are, and how many of them are in use. */
  capacity = 0;
  count = 0;
  /** Keys as text. */
  keys: string[] = [];
  /** Commands. */
  names: string[] = [];
  /** Their arguments; `null` when the key is the only one, and text. */
  args: (readonly Arg[] | null)[] = [];
  /** Replies as they came, which are never given out themselves; or the `Fetch` of one that is on its way. */
  values: unknown[] = [];
  /** Of the keys. */
  hashes: Int32Array = new Int32Array(0);
  /** The next entry of the same key. */
  siblings: Int32Array = new Int32Array(0);
  /** About how many bytes entries take outside of here; or ON_ITS_WAY. */
  sizes: Int32Array = new Int32Array(0);
  slots: Int32Array = new Int32Array(0);
  /** 1: strings in the reply are bytes. */
  bytes: Uint8Array = new Uint8Array(0);
  /** When replies came, and when they end whatever a caller says, ms. */
  storedAt: Float64Array = new Float64Array(0);
  expires: Float64Array = new Float64Array(0);

  /** Rows from here on were never used. */
  #unused = 0;
  /** The first row that is free again; `siblings` leads to the others. */
  #free = NONE;

  /** Whether no row is free. */
  get isFull(): boolean {
    return this.count === this.capacity;
  }

  /** Whether so few are in use that they should be moved together. */
  get isSparse(): boolean {
    return this.capacity > FEWEST && this.count < this.capacity * SPARSE;
  }

  /** How many there should be when there are too few. */
  get more(): number {
    return Math.max(Math.ceil(this.capacity * GROWTH), FEWEST);
  }

  /** Takes a free row. */
  take(): number {
    this.count++;
    const index = this.#free;
    if (index === NONE) return this.#unused++;
    this.#free = this.siblings[index] as number;
    return index;
  }

  /** Frees a row. */
  free(index: number): void {
    this.count--;
    this.keys[index] = '';
    if (this.args[index] !== null) this.args[index] = null;
    this.values[index] = undefined;
    this.sizes[index] = 0;
    this.siblings[index] = this.#free;
    this.#free = index;
  }

  /** Makes room for so many rows. */
  resize(capacity: number): void {
    this.capacity = capacity;
    this.keys = withRoom(this.keys, capacity, '');
    this.names = withRoom(this.names, capacity, '');
    this.args = withRoom(this.args, capacity, null);
    this.values = withRoom(this.values, capacity, undefined);
    this.hashes = resized(this.hashes, capacity);
    this.siblings = resized(this.siblings, capacity);
    this.sizes = resized(this.sizes, capacity);
    this.slots = resized(this.slots, capacity);
    this.bytes = resized(this.bytes, capacity);
    this.storedAt = resized(this.storedAt, capacity);
    this.expires = resized(this.expires, capacity);
  }

  /** Takes a row of others over. */
  copy(index: number, from: Rows, row: number): void {
    this.keys[index] = from.keys[row] as string;
    this.names[index] = from.names[row] as string;
    this.args[index] = from.args[row] as readonly Arg[] | null;
    this.values[index] = from.values[row];
    this.hashes[index] = from.hashes[row] as number;
    this.sizes[index] = from.sizes[row] as number;
    this.slots[index] = from.slots[row] as number;
    this.bytes[index] = from.bytes[row] as number;
    this.storedAt[index] = from.storedAt[row] as number;
    this.expires[index] = from.expires[row] as number;
  }
}

/** An array of exactly this length: one that grows by itself has more room than is counted. */
function withRoom<T>(from: readonly T[], capacity: number, empty: T): T[] {
  const to = new Array<T>(capacity).fill(empty);
  for (let i = 0; i < Math.min(from.length, capacity); i++) to[i] = from[i] as T;
  return to;
}
