/** Hashes: fields with values under one key. */
import {
  type Arg,
  ArgumentError,
  Command,
  type Data,
  type Entries,
  type EntriesOf,
  type EntryArgs,
  float,
  idempotent,
  integer,
  read,
  toArg,
  write,
} from '@kv/core';
import {
  addEntryArgs,
  addScan,
  addSwitch,
  type Cursor,
  checkOptions,
  cursorArg,
  headAndMany,
  type Int,
  type Many,
  type ScanOptions,
} from './support/arguments.ts';
import {
  boolean,
  cursorOf,
  dataList,
  dataOrNull,
  dataRecord,
  double,
  itemsOf,
  nullableDataList,
  ok,
  pairs,
  text,
  textOrNull,
  texts,
  whole,
} from './support/replies.ts';

const HDEL = idempotent('HDEL');
const HEXISTS = read('HEXISTS');
const HGET = read('HGET');
const HGETALL = read('HGETALL');
const HINCRBY = write('HINCRBY');
const HINCRBYFLOAT = write('HINCRBYFLOAT');
const HKEYS = read('HKEYS');
const HLEN = read('HLEN');
const HMGET = read('HMGET');
const HMSET = idempotent('HMSET');
const HRANDFIELD = read('HRANDFIELD');
const HSCAN = read('HSCAN');
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

/** One field with its value. */
export interface HashEntry<V> {
  readonly field: string;
  readonly value: V;
}

function hashEntries<V>(raw: unknown): HashEntry<V>[] {
  return pairs(raw).map(([field, value]) => ({ field: text(field), value: value as V }));
}

/** What {@link hrandfield} resolves to, by its arguments. */
export type RandomFields<V> = string | null | string[] | HashEntry<V>[];

const WITHVALUES = new Set(['withvalues']);

function randomFields<V>(
  key: Data,
  count: Int,
  options: { readonly withvalues?: boolean | undefined },
): Command<RandomFields<V>, V> {
  checkOptions(options, WITHVALUES);
  const args = [toArg(key, 'key'), integer(count, 'count')];
  const values = addSwitch(args, 'WITHVALUES', options.withvalues, 'withvalues');
  return new Command<RandomFields<V>, V>(HRANDFIELD, args, values ? hashEntries<V> : texts);
}

/**
 * Random fields. Without `count` one name, or `null`; with `count` so many different ones (fewer when the hash is
 * smaller); with a negative `count` exactly so many, with repetitions. `withvalues` gives `{ field, value }`.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 6.2.0
 * @see https://redis.io/commands/hrandfield/
 */
export function hrandfield<V = string>(key: Data): Command<string | null, V>;
export function hrandfield<V = string>(
  key: Data,
  count: Int,
  options?: { readonly withvalues?: false | undefined },
): Command<string[], V>;
export function hrandfield<V = string>(
  key: Data,
  count: Int,
  options: { readonly withvalues: true },
): Command<HashEntry<V>[], V>;
export function hrandfield<V = string>(
  key: Data,
  count?: Int,
  options?: { readonly withvalues?: boolean | undefined },
): Command<RandomFields<V>, V>;
export function hrandfield<V = string>(
  key: Data,
  count?: Int,
  options?: { readonly withvalues?: boolean | undefined },
): Command<RandomFields<V>, V> {
  if (count !== undefined) return randomFields(key, count, options ?? {});
  if (options !== undefined) throw new ArgumentError('options: only together with count');
  return new Command<RandomFields<V>, V>(HRANDFIELD, [toArg(key, 'key')], textOrNull);
}

/** Options of {@link hscan}. */
export interface HscanOptions extends ScanOptions {
  /** Names only. Not on 7.0. */
  readonly novalues?: boolean | undefined;
}

/** One page of {@link hscan}. */
export interface HashPage<V> {
  /** Give it to the next call; `'0'` when all was seen. */
  readonly cursor: string;
  readonly entries: HashEntry<V>[];
}

/** One page of {@link hscan} with `novalues`. */
export interface FieldPage {
  /** Give it to the next call; `'0'` when all was seen. */
  readonly cursor: string;
  readonly fields: string[];
}

const HSCAN_OPTIONS = new Set(['match', 'count', 'novalues']);

function hashPage<V>(raw: unknown): HashPage<V> {
  return { cursor: cursorOf(raw), entries: hashEntries(itemsOf(raw)) };
}

function fieldPage(raw: unknown): FieldPage {
  return { cursor: cursorOf(raw), fields: texts(itemsOf(raw)) };
}

/**
 * One page of the fields of a hash, for hashes too large for {@link hgetall}. Begin with cursor 0 and go on with the
 * cursor of the page until it is `'0'`. A field that is there all the time comes at least once; some may come twice.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.8.0
 * @see https://redis.io/commands/hscan/
 */
export function hscan<V = string>(
  key: Data,
  cursor: Cursor,
  options: HscanOptions & { readonly novalues: true },
): Command<FieldPage, V>;
export function hscan<V = string>(
  key: Data,
  cursor: Cursor,
  options?: ScanOptions & { readonly novalues?: false | undefined },
): Command<HashPage<V>, V>;
export function hscan<V = string>(
  key: Data,
  cursor: Cursor,
  options?: HscanOptions,
): Command<HashPage<V> | FieldPage, V>;
export function hscan<V = string>(
  key: Data,
  cursor: Cursor,
  options: HscanOptions = {},
): Command<HashPage<V> | FieldPage, V> {
  checkOptions(options, HSCAN_OPTIONS);
  const args = [toArg(key, 'key'), cursorArg(cursor)];
  addScan(args, options);
  const names = addSwitch(args, 'NOVALUES', options.novalues, 'novalues');
  return new Command<HashPage<V> | FieldPage, V>(HSCAN, args, names ? fieldPage : hashPage<V>);
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
