// What a reply takes in memory, as it was measured on Node 20 (x64) and rounded up, so that a limit on it holds.
import { ARRAY, PUSH, SET } from './wire.ts';

/** An element of an array: its slot, with the room that a growing array keeps free. */
const SLOT = 16;
/** A key or a value of a Map, or a member of a Set: its part of the hash table and of the list the table is made from. */
const ENTRY = 40;
/** An aggregate without its elements; an array of one element already has room for 17. */
const AGGREGATE = 256;

/** A text or a number without its characters. */
export const SCALAR_MEMORY = 32;
/** A Uint8Array without its bytes. */
export const BYTES_MEMORY = 256;

/** @returns the bytes that one element of an aggregate takes, whatever it holds; a pair of a map has two elements */
export function elementMemory(type: number): number {
  return type === ARRAY || type === PUSH ? SLOT : ENTRY;
}

/** @returns the bytes that an aggregate takes, without what its elements hold */
export function aggregateMemory(type: number, count: number): number {
  if (type === ARRAY || type === PUSH) return AGGREGATE + count * SLOT;
  return AGGREGATE + count * (type === SET ? ENTRY : 2 * ENTRY);
}
