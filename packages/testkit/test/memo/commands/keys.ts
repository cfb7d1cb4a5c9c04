import { Command, type Data, integer, toArg } from '@kv/core';
import { DEL, EXPIRE, GET, HAS, INCR, KEYS, LEN, PING, SET, TTL, wordArg } from '../specs.ts';

const asIs = <T>(raw: unknown): T => raw as T;
const isOne = (raw: unknown): boolean => raw === 1;
const milliseconds = (raw: unknown): number | null => (raw === -1 ? Number.POSITIVE_INFINITY : asIs(raw));

/** Asks for a sign of life. */
export function ping<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(PING, [], asIs);
}

/** Stores a value, for `ttl` ms or, with 0, without an end. */
export function set<V = string>(key: Data, value: Data, ttl: number = 0): Command<'OK', V> {
  return new Command<'OK', V>(SET, [wordArg(key, 'key'), integer(ttl, 'ttl', 0), toArg(value, 'value')], asIs);
}

/** The value of a key, or `null`. */
export function get<V = string>(key: Data): Command<V | null, V> {
  return new Command<V | null, V>(GET, [wordArg(key, 'key')], asIs);
}

/** Removes a key. Resolves to whether it was there. */
export function del<V = string>(key: Data): Command<boolean, V> {
  return new Command<boolean, V>(DEL, [wordArg(key, 'key')], isOne);
}

/** Whether there is a key. */
export function has<V = string>(key: Data): Command<boolean, V> {
  return new Command<boolean, V>(HAS, [wordArg(key, 'key')], isOne);
}

/** Adds to a counter. Resolves to its value. */
export function incr<V = string>(key: Data, by: number = 1): Command<number, V> {
  return new Command<number, V>(INCR, [wordArg(key, 'key'), integer(by, 'by')], asIs);
}

/** Gives a key `ttl` ms to live or, with 0, no end. Resolves to whether there is such a key. */
export function expire<V = string>(key: Data, ttl: number): Command<boolean, V> {
  return new Command<boolean, V>(EXPIRE, [wordArg(key, 'key'), integer(ttl, 'ttl', 0)], isOne);
}

/** How many ms a key still lives: `null` = there is none, `Infinity` = without an end. */
export function ttl<V = string>(key: Data): Command<number | null, V> {
  return new Command<number | null, V>(TTL, [wordArg(key, 'key')], milliseconds);
}

/** The keys that begin with `prefix`. */
export function keys<V = string>(prefix: Data): Command<V[], V> {
  return new Command<V[], V>(KEYS, [wordArg(prefix, 'prefix')], asIs);
}

/** How many keys there are. */
export function len<V = string>(): Command<number, V> {
  return new Command<number, V>(LEN, [], asIs);
}
