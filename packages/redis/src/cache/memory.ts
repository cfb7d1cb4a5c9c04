/** Estimates of how many bytes things take in memory, as V8 lays them out on 64-bit machines. */
import type { Entry } from './entry.ts';

/** The entry itself, and its place in the map of its group. */
const ENTRY = 200;

const STRING = 24;
const NUMBER = 16;
/** Typed array, its buffer, and what stands behind that outside of the heap. */
const BYTES = 240;
const LIST = 32;
const POINTER = 8;
/** One pair in a Map, with the room that it keeps. */
const PAIR = 48;

const WIDE = /[^\0-\xff]/;

/** An entry with its key, its arguments and its reply. */
export function sizeOfEntry({ key, args, raw }: Entry): number {
  let size = ENTRY + sizeOf(key) + sizeOf(raw);
  if (args !== null) for (const arg of args) size += POINTER + (arg === key ? 0 : sizeOf(arg));
  return size;
}

/** A reply as it came, or an argument. */
export function sizeOf(raw: unknown): number {
  if (typeof raw === 'string') return sizeOfText(raw);
  if (typeof raw === 'number' || typeof raw === 'bigint') return NUMBER;
  if (raw instanceof Uint8Array) return BYTES + raw.length;
  if (Array.isArray(raw) || raw instanceof Set) return sizeOfItems(raw);
  if (raw instanceof Map) return sizeOfPairs(raw);
  return 0;
}

/** V8 keeps text of Latin letters in one byte each, other text in two. */
function sizeOfText(text: string): number {
  return STRING + (WIDE.test(text) ? text.length * 2 : text.length);
}

function sizeOfItems(items: Iterable<unknown>): number {
  let size = LIST;
  for (const item of items) size += POINTER + sizeOf(item);
  return size;
}

function sizeOfPairs(pairs: ReadonlyMap<unknown, unknown>): number {
  let size = LIST;
  for (const [key, value] of pairs) size += PAIR + sizeOf(key) + sizeOf(value);
  return size;
}
