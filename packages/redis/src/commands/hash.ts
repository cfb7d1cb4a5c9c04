/** Hashes: fields with values under one key. */
import {
  type Arg,
  Command,
  type Data,
  type Entries,
  type EntriesOf,
  type EntryArgs,
  Flag,
  float,
  idempotent,
  integer,
  Keys,
  read,
  spec,
  toArg,
  write,
} from '@kv/core';
import { addEntryArgs, headAndMany, type Int, type Many } from './support/arguments.ts';
import {
  boolean,
  dataList,
  dataOrNull,
  dataRecord,
  double,
  nullableDataList,
  ok,
  texts,
  whole,
} from './support/replies.ts';

const HDEL = idempotent('HDEL');
const HEXISTS = read('HEXISTS');
const HGET = read('HGET');
const HGETALL = spec('HGETALL', Flag.read | Flag.listed, Keys.first);
const HINCRBY = write('HINCRBY');
const HINCRBYFLOAT = write('HINCRBYFLOAT');
const HKEYS = read('HKEYS');
const HLEN = read('HLEN');
const HMGET = read('HMGET');
const HMSET = idempotent('HMSET');
const HSET = idempotent('HSET');
const HSETNX = write('HSETNX');
const HSTRLEN = read('HSTRLEN');
const HVALS = read('HVALS');

/**
 * Deletes fields; the key goes with its last field.
 *
 * @returns how many of them existed
 * @throws ArgumentError when there is no field
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hdel/
 */
export function hdel<V = string>(key: Data, ...fields: Many[]): Command<number, V> {
  return new Command<number, V>(HDEL, headAndMany(toArg(key, 'key'), fields, 'fields'), whole);
}

/**
 * Whether a hash has a field; `false` also when there is no hash.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hexists/
 */
export function hexists<V = string>(key: Data, field: Data): Command<boolean, V> {
  return new Command<boolean, V>(HEXISTS, [toArg(key, 'key'), toArg(field, 'field')], boolean);
}

/**
 * The value of a field, or `null` when the field or the key is missing.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hget/
 */
export function hget<V = string>(key: Data, field: Data): Command<V | null, V> {
  return new Command<V | null, V>(HGET, [toArg(key, 'key'), toArg(field, 'field')], dataOrNull);
}

/**
 * All fields with their values, as an object without prototype; empty when the key is missing.
 *
 * @example const { name, age } = await redis.hgetall('user:1')
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hgetall/
 */
export function hgetall<V = string>(key: Data): Command<Record<string, V>, V> {
  return new Command<Record<string, V>, V>(HGETALL, [toArg(key, 'key')], dataRecord<V>);
}

/**
 * Adds to a field that counts; a missing field counts as 0.
 *
 * @returns the new value (a `bigint` at run time when it is beyond 2^53)
 * @throws ReplyError when the value is not a 64-bit integer, or would leave that range
 * @since 2.0.0
 * @see https://redis.io/commands/hincrby/
 */
export function hincrby<V = string>(key: Data, field: Data, increment: Int): Command<number, V> {
  return new Command<number, V>(
    HINCRBY,
    [toArg(key, 'key'), toArg(field, 'field'), integer(increment, 'increment')],
    whole,
  );
}

/**
 * Adds a fractional number to a field; a missing field counts as 0.
 *
 * @returns the new value, as the nearest double
 * @throws ReplyError when the value is not a number, or the sum is not finite
 * @since 2.6.0
 * @see https://redis.io/commands/hincrbyfloat/
 */
export function hincrbyfloat<V = string>(key: Data, field: Data, increment: Int): Command<number, V> {
  return new Command<number, V>(
    HINCRBYFLOAT,
    [toArg(key, 'key'), toArg(field, 'field'), float(increment, 'increment')],
    double,
  );
}

/**
 * The names of all fields.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hkeys/
 */
export function hkeys<V = string>(key: Data): Command<string[], V> {
  return new Command<string[], V>(HKEYS, [toArg(key, 'key')], texts);
}

/**
 * The number of fields, 0 when the key is missing.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hlen/
 */
export function hlen<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(HLEN, [toArg(key, 'key')], whole);
}

/**
 * The values of several fields, in their order; `null` where a field is missing.
 *
 * @example const [name, age] = await redis.hmget('user:1', 'name', 'age')
 * @throws ArgumentError when there is no field
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hmget/
 */
export function hmget<V = string>(key: Data, ...fields: Many[]): Command<(V | null)[], V> {
  return new Command<(V | null)[], V>(HMGET, headAndMany(toArg(key, 'key'), fields, 'fields'), nullableDataList);
}

function withEntries(key: Data, entries: readonly unknown[]): Arg[] {
  const args = [toArg(key, 'key')];
  addEntryArgs(args, entries, 'entries');
  return args;
}

/**
 * Sets fields, like {@link hset}, and answers `OK`.
 *
 * @deprecated use {@link hset}
 * @throws ArgumentError when there is no pair, or a field without a value
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hmset/
 */
export function hmset<V = string, E extends EntriesOf<E> = Entries>(
  key: Data,
  ...entries: EntryArgs<E>
): Command<'OK', V> {
  return new Command<'OK', V>(HMSET, withEntries(key, entries), ok);
}

/**
 * Sets fields; makes the hash when the key is missing.
 *
 * @example await redis.hset('user:1', { name: 'Ada', age: 36 }); await redis.hset('user:1', 'age', 37)
 * @returns how many of the fields are new
 * @throws ArgumentError when there is no pair, or a field without a value
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hset/
 */
export function hset<V = string, E extends EntriesOf<E> = Entries>(
  key: Data,
  ...entries: EntryArgs<E>
): Command<number, V> {
  return new Command<number, V>(HSET, withEntries(key, entries), whole);
}

/**
 * Sets a field if it does not exist.
 *
 * @returns whether it was set
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hsetnx/
 */
export function hsetnx<V = string>(key: Data, field: Data, value: Data): Command<boolean, V> {
  return new Command<boolean, V>(HSETNX, [toArg(key, 'key'), toArg(field, 'field'), toArg(value, 'value')], boolean);
}

/**
 * The length of a field's value in bytes, 0 when the field is missing.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 3.2.0
 * @see https://redis.io/commands/hstrlen/
 */
export function hstrlen<V = string>(key: Data, field: Data): Command<number, V> {
  return new Command<number, V>(HSTRLEN, [toArg(key, 'key'), toArg(field, 'field')], whole);
}

/**
 * All values, in no defined order.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hvals/
 */
export function hvals<V = string>(key: Data): Command<V[], V> {
  return new Command<V[], V>(HVALS, [toArg(key, 'key')], dataList);
}
