/** Hashes: fields with values under a name. https://ssdb.io/docs/ */
import {
  Command,
  type Data,
  type Entries,
  type EntriesOf,
  type EntryArgs,
  idempotent,
  Keys,
  read,
  toArg,
  write,
} from '@kv/core';
import {
  entries as entryArgs,
  type Int,
  int64,
  key as keyArg,
  keys as keyArgs,
  limit as limitArg,
  type Many,
} from './support/arguments.ts';
import { boolean, booleans, count, counts, list, map, valueOrNull } from './support/replies.ts';

const HCLEAR = idempotent('hclear');
const HDECR = write('hdecr');
const HDEL = idempotent('hdel');
const HEXISTS = read('hexists');
const HFIX = idempotent('hfix');
const HGET = read('hget');
const HGETALL = read('hgetall');
const HINCR = write('hincr');
const HKEYS = read('hkeys');
const HLIST = read('hlist', null);
const HRLIST = read('hrlist', null);
const HRSCAN = read('hrscan');
const HSCAN = read('hscan');
const HSET = idempotent('hset');
const HSIZE = read('hsize');
const HVALS = read('hvals');
const MULTI_HDEL = idempotent('multi_hdel');
const MULTI_HEXISTS = read('multi_hexists');
const MULTI_HGET = read('multi_hget');
const MULTI_HSET = idempotent('multi_hset');
const MULTI_HSIZE = read('multi_hsize', Keys.all);

/**
 * Sets a field.
 *
 * @param name 1 to 255 bytes
 * @param field 1 to 255 bytes
 * @returns `true` when the field is new, `false` when it was replaced
 * @example await ssdb.hset('user:1', 'name', 'Ada')
 */
export function hset<V = string>(name: Data, field: Data, value: Data): Command<boolean, V> {
  return new Command<boolean, V>(HSET, [keyArg(name, 'name'), keyArg(field, 'field'), toArg(value, 'value')], boolean);
}

/**
 * The value of a field.
 *
 * @param name 1 to 255 bytes
 * @param field 1 to 255 bytes
 * @returns `null` when there is none
 */
export function hget<V = string>(name: Data, field: Data): Command<V | null, V> {
  return new Command<V | null, V>(HGET, [keyArg(name, 'name'), keyArg(field, 'field')], valueOrNull);
}

/**
 * Deletes a field.
 *
 * @param name 1 to 255 bytes
 * @param field 1 to 255 bytes
 * @returns whether it existed
 */
export function hdel<V = string>(name: Data, field: Data): Command<boolean, V> {
  return new Command<boolean, V>(HDEL, [keyArg(name, 'name'), keyArg(field, 'field')], boolean);
}

/**
 * Whether a field exists.
 *
 * @param name 1 to 255 bytes
 * @param field 1 to 255 bytes
 */
export function hexists<V = string>(name: Data, field: Data): Command<boolean, V> {
  return new Command<boolean, V>(HEXISTS, [keyArg(name, 'name'), keyArg(field, 'field')], boolean);
}

/**
 * Adds to a counter in a field; a missing one counts as 0. Beyond 64 bits the server wraps around.
 *
 * @param name 1 to 255 bytes
 * @param field 1 to 255 bytes
 * @param by a 64-bit integer, default 1
 * @returns the new value (a `bigint` at run time when it is beyond 2^53)
 * @throws ReplyError `error` when the value is not a whole number
 */
export function hincr<V = string>(name: Data, field: Data, by: Int = 1): Command<number, V> {
  return new Command<number, V>(HINCR, [keyArg(name, 'name'), keyArg(field, 'field'), int64(by, 'by')], count);
}

/**
 * Subtracts from a counter in a field; a missing one counts as 0. Beyond 64 bits the server wraps around.
 *
 * @param name 1 to 255 bytes
 * @param field 1 to 255 bytes
 * @param by a 64-bit integer, default 1
 * @returns the new value (a `bigint` at run time when it is beyond 2^53)
 * @throws ReplyError `error` when the value is not a whole number
 */
export function hdecr<V = string>(name: Data, field: Data, by: Int = 1): Command<number, V> {
  return new Command<number, V>(HDECR, [keyArg(name, 'name'), keyArg(field, 'field'), int64(by, 'by')], count);
}

/**
 * How many fields a hash has.
 *
 * @param name 1 to 255 bytes
 * @returns 0 when there is no such hash
 */
export function hsize<V = string>(name: Data): Command<number, V> {
  return new Command<number, V>(HSIZE, [keyArg(name, 'name')], count);
}

/**
 * Deletes a whole hash. For a large one this takes long and delays all writers of the server.
 *
 * @param name 1 to 255 bytes
 * @returns how many fields were removed
 */
export function hclear<V = string>(name: Data): Command<number, V> {
  return new Command<number, V>(HCLEAR, [keyArg(name, 'name')], count);
}

/**
 * Counts the fields again and repairs the stored size.
 *
 * @param name 1 to 255 bytes
 * @returns the size
 */
export function hfix<V = string>(name: Data): Command<number, V> {
  return new Command<number, V>(HFIX, [keyArg(name, 'name')], count);
}

/**
 * Everything in a hash, ascending by field.
 *
 * @param name 1 to 255 bytes
 * @returns empty when there is no such hash
 */
export function hgetall<V = string>(name: Data): Command<Map<string, V>, V> {
  return new Command<Map<string, V>, V>(HGETALL, [keyArg(name, 'name')], map);
}

/**
 * Fields with values, ascending by the bytes of the field. For more than one page see `hscanIterator`.
 *
 * @param name 1 to 255 bytes
 * @param start not included; `''` = from the first field
 * @param end included; `''` = to the last field
 * @param limit how many at most; -1 = all
 */
export function hscan<V = string>(name: Data, start: Data, end: Data, limit: Int): Command<Map<string, V>, V> {
  const args = [keyArg(name, 'name'), toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)];
  return new Command<Map<string, V>, V>(HSCAN, args, map);
}

/**
 * Fields with values, descending. With `start` `''` the server leaves out fields that begin with the byte 0xff.
 *
 * @param name 1 to 255 bytes
 * @param start the high end, not included; `''` = from the last field
 * @param end the low end, included; `''` = to the first field
 * @param limit how many at most; -1 = all
 */
export function hrscan<V = string>(name: Data, start: Data, end: Data, limit: Int): Command<Map<string, V>, V> {
  const args = [keyArg(name, 'name'), toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)];
  return new Command<Map<string, V>, V>(HRSCAN, args, map);
}

/**
 * Fields, ascending.
 *
 * @param name 1 to 255 bytes
 * @param start not included; `''` = from the first field
 * @param end included; `''` = to the last field
 * @param limit how many at most; -1 = all
 */
export function hkeys<V = string>(name: Data, start: Data, end: Data, limit: Int): Command<V[], V> {
  const args = [keyArg(name, 'name'), toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)];
  return new Command<V[], V>(HKEYS, args, list);
}

/**
 * Values, ascending by their fields.
 *
 * @param name 1 to 255 bytes
 * @param start a field, not included; `''` = from the first one
 * @param end a field, included; `''` = to the last one
 * @param limit how many at most; -1 = all
 */
export function hvals<V = string>(name: Data, start: Data, end: Data, limit: Int): Command<V[], V> {
  const args = [keyArg(name, 'name'), toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)];
  return new Command<V[], V>(HVALS, args, list);
}

/**
 * Names of hashes, ascending. For more than one page see `hlistIterator`.
 *
 * @param start not included; `''` = from the first name
 * @param end included; `''` = to the last name
 * @param limit how many at most; -1 = all
 */
export function hlist<V = string>(start: Data, end: Data, limit: Int): Command<V[], V> {
  return new Command<V[], V>(HLIST, [toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)], list);
}

/**
 * Names of hashes, descending. With `start` `''` the server leaves out names that begin with the byte 0xff.
 *
 * @param start the high end, not included; `''` = from the last name
 * @param end the low end, included; `''` = to the first name
 * @param limit how many at most; -1 = all
 */
export function hrlist<V = string>(start: Data, end: Data, limit: Int): Command<V[], V> {
  return new Command<V[], V>(HRLIST, [toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)], list);
}

/**
 * Several fields of a hash.
 *
 * @param name 1 to 255 bytes
 * @param fields each 1 to 255 bytes
 * @returns those that exist, in the order asked
 */
export function multiHget<V = string>(name: Data, ...fields: Many[]): Command<Map<string, V>, V> {
  return new Command<Map<string, V>, V>(MULTI_HGET, keyArgs(fields, 'fields', [keyArg(name, 'name')]), map);
}

/**
 * Sets several fields. Not all or none: when the server refuses one, those before it stay.
 *
 * @param name 1 to 255 bytes
 * @param entries an object, a `Map`, pairs, or `field, value, field, value, …`
 * @returns how many fields are new
 * @example await ssdb.multiHset('user:1', { name: 'Ada', born: 1815 })
 */
export function multiHset<V = string, E extends EntriesOf<E> = Entries>(
  name: Data,
  ...entries: EntryArgs<E>
): Command<number, V> {
  return new Command<number, V>(MULTI_HSET, entryArgs(entries, 'entries', toArg, [keyArg(name, 'name')]), count);
}

/**
 * Deletes several fields.
 *
 * @param name 1 to 255 bytes
 * @param fields each 1 to 255 bytes
 * @returns how many existed
 */
export function multiHdel<V = string>(name: Data, ...fields: Many[]): Command<number, V> {
  return new Command<number, V>(MULTI_HDEL, keyArgs(fields, 'fields', [keyArg(name, 'name')]), count);
}

/**
 * Which of several fields exist.
 *
 * @param name 1 to 255 bytes
 * @param fields each 1 to 255 bytes
 * @returns every field with yes or no, in the order asked
 */
export function multiHexists<V = string>(name: Data, ...fields: Many[]): Command<Map<string, boolean>, V> {
  const args = keyArgs(fields, 'fields', [keyArg(name, 'name')]);
  return new Command<Map<string, boolean>, V>(MULTI_HEXISTS, args, booleans);
}

/**
 * The sizes of several hashes.
 *
 * @param names each 1 to 255 bytes
 * @returns every name with its size (0 when there is no such hash), in the order asked
 */
export function multiHsize<V = string>(...names: Many[]): Command<Map<string, number>, V> {
  return new Command<Map<string, number>, V>(MULTI_HSIZE, keyArgs(names, 'names'), counts);
}
