/** Strings: parts of a value, and its length. */
import { Command, type Data, idempotent, integer, read, toArg, write } from '@kv/core';
import type { Int } from './support/arguments.ts';
import { data, whole } from './support/replies.ts';

const APPEND = write('APPEND');
const GETRANGE = read('GETRANGE');
const SETRANGE = idempotent('SETRANGE');
const STRLEN = read('STRLEN');
const SUBSTR = read('SUBSTR');

/**
 * Appends to the value of a key; a missing key counts as empty.
 *
 * @returns the length after that, in bytes
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @since 2.0.0
 * @see https://redis.io/commands/append/
 */
export function append<V = string>(key: Data, value: Data): Command<number, V> {
  return new Command<number, V>(APPEND, [toArg(key, 'key'), toArg(value, 'value')], whole);
}

/**
 * A part of a value, by byte offsets; both ends are included, negative ones count from the end.
 *
 * @returns an empty string when the key is missing or the range is empty
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @since 2.4.0
 * @see https://redis.io/commands/getrange/
 */
export function getrange<V = string>(key: Data, start: Int, end: Int): Command<V, V> {
  return new Command<V, V>(GETRANGE, [toArg(key, 'key'), integer(start, 'start'), integer(end, 'end')], data);
}

/**
 * Overwrites a part of a value from a byte offset on; a gap is filled with zero bytes.
 *
 * @returns the length after that, in bytes
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string; when the value would exceed 512 MB
 * @since 2.2.0
 * @see https://redis.io/commands/setrange/
 */
export function setrange<V = string>(key: Data, offset: Int, value: Data): Command<number, V> {
  return new Command<number, V>(
    SETRANGE,
    [toArg(key, 'key'), integer(offset, 'offset', 0), toArg(value, 'value')],
    whole,
  );
}

/**
 * The length of a value in bytes, 0 when the key is missing.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @since 2.2.0
 * @see https://redis.io/commands/strlen/
 */
export function strlen<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(STRLEN, [toArg(key, 'key')], whole);
}

/**
 * A part of a value, by byte offsets: the old name of {@link getrange}.
 *
 * @deprecated use {@link getrange}
 * @since 1.0.0
 * @see https://redis.io/commands/substr/
 */
export function substr<V = string>(key: Data, start: Int, end: Int): Command<V, V> {
  return new Command<V, V>(SUBSTR, [toArg(key, 'key'), integer(start, 'start'), integer(end, 'end')], data);
}
