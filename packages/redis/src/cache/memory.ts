/** Estimates of how many bytes things take in memory, as V8 lays them out on 64-bit machines. */
import type { Fetch } from './fetch.ts';

/** In front of text; what follows is rounded up to whole words. */
const TEXT = 16;
const NUMBER = 16;
/** Typed array, its buffer, and what stands behind that outside of the heap. */
const BYTES = 240;
const LIST = 48;
const WORD = 8;
/** A Map or Set with the head of its table; places are doubled when they are full. */
const TABLE = 80;
const PAIR = 28;
const MEMBER = 20;

/** Up to this length a loop is faster than a pattern. */
const SHORT = 32;
const WIDE = /[^\0-\xff]/;

/** What an entry takes beside its row: its key, its arguments and its reply. */
export function sizeOfEntry({ key, args, raw }: Fetch): number {
  let size = sizeOf(key) + sizeOf(raw);
  if (args === null) return size;
  size += LIST;
  for (const arg of args) size += WORD + (arg === key ? 0 : sizeOf(arg));
  return size;
}

/** A reply as it came, or an argument. */
export function sizeOf(raw: unknown): number {
  if (typeof raw === 'string') return sizeOfText(raw);
  if (typeof raw === 'number') return Number.isInteger(raw) ? 0 : NUMBER;
  if (typeof raw === 'bigint') return NUMBER + WORD;
  if (raw instanceof Uint8Array) return BYTES + raw.length;
  if (Array.isArray(raw)) return sizeOfList(raw);
  if (raw instanceof Map) return sizeOfMap(raw);
  return raw instanceof Set ? sizeOfSet(raw) : 0;
}

/** V8 keeps text of Latin letters in one byte each, other text in two. */
function sizeOfText(text: string): number {
  const bytes = isWide(text) ? text.length * 2 : text.length;
  return TEXT + Math.ceil(bytes / WORD) * WORD;
}

/** Whether a text has letters that are not Latin ones. */
export function isWide(text: string): boolean {
  if (text.length > SHORT) return WIDE.test(text);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return true;
  return false;
}

function sizeOfList(items: readonly unknown[]): number {
  let size = LIST;
  for (const item of items) size += WORD + sizeOf(item);
  return size;
}

function sizeOfMap(pairs: ReadonlyMap<unknown, unknown>): number {
  let size = TABLE + placesFor(pairs.size) * PAIR;
  for (const [key, value] of pairs) size += sizeOf(key) + sizeOf(value);
  return size;
}

function sizeOfSet(members: ReadonlySet<unknown>): number {
  let size = TABLE + placesFor(members.size) * MEMBER;
  for (const member of members) size += sizeOf(member);
  return size;
}

function placesFor(count: number): number {
  return 2 ** Math.max(Math.ceil(Math.log2(count)), 2);
}
