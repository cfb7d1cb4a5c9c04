/** Plain keys: values, counters, time to live. https://ssdb.io/docs/ */
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
  entries,
  type Int,
  int64,
  key as keyArg,
  keys as keyArgs,
  limit as limitArg,
  type Many,
  ttl as ttlArg,
} from './support/arguments.ts';
import { boolean, booleans, count, list, map, valueOrNull } from './support/replies.ts';

const DECR = write('decr');
const DEL = idempotent('del');
const EXISTS = read('exists');
const EXPIRE = idempotent('expire');
const GET = read('get');
const GETSET = write('getset');
const INCR = write('incr');
const KEYS = read('keys', null);
const MULTI_DEL = idempotent('multi_del', Keys.all);
const MULTI_EXISTS = read('multi_exists', Keys.all);
const MULTI_GET = read('multi_get', Keys.all);
const MULTI_SET = idempotent('multi_set', Keys.pairs);
const RKEYS = read('rkeys', null);
const RSCAN = read('rscan', null);
const SCAN = read('scan', null);
const SET = idempotent('set');
const SETNX = write('setnx');
const SETX = idempotent('setx');
const TTL = read('ttl');

/**
 * The value of a key.
 *
 * @param key 1 to 255 bytes
 * @returns `null` when there is none; an empty value is an empty string
 * @example await ssdb.get('greeting') // 'hello'
 */
export function get<V = string>(key: Data): Command<V | null, V> {
  return new Command<V | null, V>(GET, [keyArg(key, 'key')], valueOrNull);
}

/**
 * Sets a value. A time to live that the key has is kept.
 *
 * @param key 1 to 255 bytes
 * @returns always `true`
 * @example await ssdb.set('greeting', 'hello')
 * @throws ReplyError `out_of_range` when the server is configured for another range of keys
 */
export function set<V = string>(key: Data, value: Data): Command<boolean, V> {
  return new Command<boolean, V>(SET, [keyArg(key, 'key'), toArg(value, 'value')], boolean);
}

/**
 * Sets a value that ends after a time.
 *
 * @param key 1 to 255 bytes
 * @param ttl seconds, 1 to 2147483647
 * @returns always `true`
 * @example await ssdb.setx('session', 'data', 3600)
 */
export function setx<V = string>(key: Data, value: Data, ttl: Int): Command<boolean, V> {
  return new Command<boolean, V>(SETX, [keyArg(key, 'key'), toArg(value, 'value'), ttlArg(ttl, 1)], boolean);
}

/**
 * Sets a value unless the key exists.
 *
 * @param key 1 to 255 bytes
 * @returns whether it was set
 */
export function setnx<V = string>(key: Data, value: Data): Command<boolean, V> {
  return new Command<boolean, V>(SETNX, [keyArg(key, 'key'), toArg(value, 'value')], boolean);
}

/**
 * Sets a value and takes the old one.
 *
 * @param key 1 to 255 bytes
 * @returns the value before, `null` when there was none (the new one is set all the same)
 */
export function getset<V = string>(key: Data, value: Data): Command<V | null, V> {
  return new Command<V | null, V>(GETSET, [keyArg(key, 'key'), toArg(value, 'value')], valueOrNull);
}

/**
 * Deletes a key and its time to live.
 *
 * @param key 1 to 255 bytes
 * @returns always `true`: the server does not tell whether it existed
 */
export function del<V = string>(key: Data): Command<boolean, V> {
  return new Command<boolean, V>(DEL, [keyArg(key, 'key')], boolean);
}

/**
 * Adds to a counter; a missing key counts as 0. Beyond 64 bits the server wraps around.
 *
 * @param key 1 to 255 bytes
 * @param by a 64-bit integer, default 1
 * @returns the new value (a `bigint` at run time when it is beyond 2^53)
 * @throws ReplyError `error` when the value is not a whole number
 */
export function incr<V = string>(key: Data, by: Int = 1): Command<number, V> {
  return new Command<number, V>(INCR, [keyArg(key, 'key'), int64(by, 'by')], count);
}

/**
 * Subtracts from a counter; a missing key counts as 0. Beyond 64 bits the server wraps around.
 *
 * @param key 1 to 255 bytes
 * @param by a 64-bit integer, default 1
 * @returns the new value (a `bigint` at run time when it is beyond 2^53)
 * @throws ReplyError `error` when the value is not a whole number
 */
export function decr<V = string>(key: Data, by: Int = 1): Command<number, V> {
  return new Command<number, V>(DECR, [keyArg(key, 'key'), int64(by, 'by')], count);
}

/**
 * Whether a key exists.
 *
 * @param key 1 to 255 bytes
 */
export function exists<V = string>(key: Data): Command<boolean, V> {
  return new Command<boolean, V>(EXISTS, [keyArg(key, 'key')], boolean);
}

/**
 * How long a key still lives. Only plain keys have a time to live.
 *
 * @param key 1 to 255 bytes
 * @returns whole seconds, rounded down; -1 when it has no expiry or does not exist
 */
export function ttl<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(TTL, [keyArg(key, 'key')], count);
}

/**
 * Gives a key a new time to live. Expired keys are removed one by one in the background, about 10 ms late.
 *
 * @param key 1 to 255 bytes
 * @param ttl seconds, 0 to 2147483647; 0 ends it at once
 * @returns `false` when there is no such key
 */
export function expire<V = string>(key: Data, ttl: Int): Command<boolean, V> {
  return new Command<boolean, V>(EXPIRE, [keyArg(key, 'key'), ttlArg(ttl, 0)], boolean);
}

/**
 * Keys with values, ascending by the bytes of the key. For more than one page see `scanIterator`.
 *
 * @param start not included; `''` = from the first key
 * @param end included; `''` = to the last key
 * @param limit how many at most; -1 = all
 * @example await ssdb.scan('user:', 'user:\x7f', 100) // Map { 'user:1' => … }
 */
export function scan<V = string>(start: Data, end: Data, limit: Int): Command<Map<string, V>, V> {
  return new Command<Map<string, V>, V>(SCAN, [toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)], map);
}

/**
 * Keys with values, descending. With `start` `''` the server leaves out keys that begin with the byte 0xff.
 *
 * @param start the high end, not included; `''` = from the last key
 * @param end the low end, included; `''` = to the first key
 * @param limit how many at most; -1 = all
 */
export function rscan<V = string>(start: Data, end: Data, limit: Int): Command<Map<string, V>, V> {
  return new Command<Map<string, V>, V>(RSCAN, [toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)], map);
}

/**
 * Keys, ascending.
 *
 * @param start not included; `''` = from the first key
 * @param end included; `''` = to the last key
 * @param limit how many at most; -1 = all
 */
export function keys<V = string>(start: Data, end: Data, limit: Int): Command<V[], V> {
  return new Command<V[], V>(KEYS, [toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)], list);
}

/**
 * Keys, descending. With `start` `''` the server leaves out keys that begin with the byte 0xff.
 *
 * @param start the high end, not included; `''` = from the last key
 * @param end the low end, included; `''` = to the first key
 * @param limit how many at most; -1 = all
 */
export function rkeys<V = string>(start: Data, end: Data, limit: Int): Command<V[], V> {
  return new Command<V[], V>(RKEYS, [toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)], list);
}

/**
 * Several values.
 *
 * @param keys each 1 to 255 bytes
 * @returns those that exist, in the order asked
 * @example (await ssdb.multiGet('a', 'b')).get('a')
 */
export function multiGet<V = string>(...keys: Many[]): Command<Map<string, V>, V> {
  return new Command<Map<string, V>, V>(MULTI_GET, keyArgs(keys, 'keys'), map);
}

/**
 * Sets several values, all or none.
 *
 * @param entries an object, a `Map`, pairs, or `key, value, key, value, …`
 * @returns how many pairs were given
 * @example await ssdb.multiSet({ a: 1, b: 2 })
 */
export function multiSet<V = string, E extends EntriesOf<E> = Entries>(...entries: EntryArgs<E>): Command<number, V> {
  return new Command<number, V>(MULTI_SET, entriesOf(entries), count);
}

function entriesOf(given: readonly unknown[]): ReturnType<typeof keyArgs> {
  return entries(given, 'entries', toArg);
}

/**
 * Deletes several keys.
 *
 * @param keys each 1 to 255 bytes
 * @returns how many keys were given: the server does not tell how many existed
 */
export function multiDel<V = string>(...keys: Many[]): Command<number, V> {
  return new Command<number, V>(MULTI_DEL, keyArgs(keys, 'keys'), count);
}

/**
 * Deletes several keys: another name of {@link multiDel}, the same in all clients of the family.
 *
 * @param keys each 1 to 255 bytes
 * @returns how many keys were given
 */
export function mdel<V = string>(...keys: Many[]): Command<number, V> {
  return multiDel<V>(...keys);
}

/**
 * Which of several keys exist.
 *
 * @param keys each 1 to 255 bytes
 * @returns every key with yes or no, in the order asked
 */
export function multiExists<V = string>(...keys: Many[]): Command<Map<string, boolean>, V> {
  return new Command<Map<string, boolean>, V>(MULTI_EXISTS, keyArgs(keys, 'keys'), booleans);
}
