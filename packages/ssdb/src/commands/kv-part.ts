/** Plain keys: parts and bits of a value, and its length. https://ssdb.io/docs/ */
import { Command, type Data, idempotent, integer, read } from '@kv/core';
import { type Int, int32, key as keyArg, MAX_BIT_OFFSET } from './support/arguments.ts';
import { bit, count, value as valueReply } from './support/replies.ts';

const BITCOUNT = read('bitcount');
const COUNTBIT = read('countbit');
const GETBIT = read('getbit');
const GETRANGE = read('getrange');
const SETBIT = idempotent('setbit');
const STRLEN = read('strlen');
const SUBSTR = read('substr');

/**
 * The length of a value.
 *
 * @param key 1 to 255 bytes
 * @returns bytes; 0 when there is no such key
 */
export function strlen<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(STRLEN, [keyArg(key, 'key')], count);
}

/**
 * A part of a value, by start and size in bytes.
 *
 * @param key 1 to 255 bytes
 * @param start default 0; negative counts from the end, before the beginning the result is empty
 * @param size default all; negative drops that many bytes from the end
 * @returns empty when there is no such key
 */
export function substr<V = string>(key: Data, start: Int = 0, size?: Int): Command<V, V> {
  const args = [keyArg(key, 'key'), int32(start, 'start')];
  if (size !== undefined) args.push(int32(size, 'size'));
  return new Command<V, V>(SUBSTR, args, valueReply);
}

/**
 * A part of a value, by offsets of its first and last byte; negative ones count from the end.
 *
 * @param key 1 to 255 bytes
 * @param start default 0; before the beginning the result is empty (Redis would begin at the beginning)
 * @param end included, default -1
 * @returns empty when there is no such key
 */
export function getrange<V = string>(key: Data, start: Int = 0, end: Int = -1): Command<V, V> {
  return new Command<V, V>(GETRANGE, [keyArg(key, 'key'), int32(start, 'start'), int32(end, 'end')], valueReply);
}

/**
 * One bit of a value; bit 0 is the most significant one of the first byte.
 *
 * @param key 1 to 255 bytes
 * @param offset 0 to 1073741824
 * @returns 0 beyond the value and for a missing key
 */
export function getbit<V = string>(key: Data, offset: Int): Command<0 | 1, V> {
  return new Command<0 | 1, V>(GETBIT, [keyArg(key, 'key'), integer(offset, 'offset', 0, MAX_BIT_OFFSET)], bit);
}

/**
 * Sets one bit of a value, which grows with zero bytes as needed.
 *
 * @param key 1 to 255 bytes
 * @param offset 0 to 1073741824; bit 0 is the most significant one of the first byte
 * @returns the bit before
 */
export function setbit<V = string>(key: Data, offset: Int, value: 0 | 1 | boolean): Command<0 | 1, V> {
  const args = [
    keyArg(key, 'key'),
    integer(offset, 'offset', 0, MAX_BIT_OFFSET),
    integer(typeof value === 'boolean' ? Number(value) : value, 'value', 0, 1),
  ];
  return new Command<0 | 1, V>(SETBIT, args, bit);
}

/**
 * How many bits are set in a part of a value, by start and size in bytes as in {@link substr}.
 *
 * @param key 1 to 255 bytes
 * @param start default 0
 * @param size default all
 */
export function countbit<V = string>(key: Data, start: Int = 0, size?: Int): Command<number, V> {
  const args = [keyArg(key, 'key'), int32(start, 'start')];
  if (size !== undefined) args.push(int32(size, 'size'));
  return new Command<number, V>(COUNTBIT, args, count);
}

/**
 * How many bits are set in a part of a value, by first and last byte as in {@link getrange}.
 *
 * @param key 1 to 255 bytes
 * @param start default 0
 * @param end included, default -1
 */
export function bitcount<V = string>(key: Data, start: Int = 0, end: Int = -1): Command<number, V> {
  return new Command<number, V>(BITCOUNT, [keyArg(key, 'key'), int32(start, 'start'), int32(end, 'end')], count);
}
