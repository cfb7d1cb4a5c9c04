/** Hashes: fields with values under one key. */
import {
  type Arg,
  ArgumentError,
  Command,
  type Data,
  data,
  float,
  idempotent,
  integer,
  read,
  type Spec,
  type Transform,
  write,
} from '@kv/core';
import {
  type AtMostOne,
  addEntryArgs,
  addMany,
  addScan,
  addSwitch,
  type Cursor,
  checkOptions,
  chosen,
  cursorArg,
  type EntryArgs,
  headAndMany,
  type Int,
  type Many,
  type Off,
  type ScanOptions,
} from '../arguments.ts';
import {
  asIs,
  boolean,
  cursorOf,
  double,
  itemsOf,
  list,
  ok,
  pairs,
  record,
  text,
  textOrNull,
  texts,
} from '../replies.ts';

const HDEL = idempotent('HDEL');
const HEXISTS = read('HEXISTS');
const HEXPIRE = write('HEXPIRE');
const HEXPIREAT = write('HEXPIREAT');
const HEXPIRETIME = read('HEXPIRETIME');
const HGET = read('HGET');
const HGETALL = read('HGETALL');
const HINCRBY = write('HINCRBY');
const HINCRBYFLOAT = write('HINCRBYFLOAT');
const HKEYS = read('HKEYS');
const HLEN = read('HLEN');
const HMGET = read('HMGET');
const HMSET = idempotent('HMSET');
const HPERSIST = idempotent('HPERSIST');
const HPEXPIRE = write('HPEXPIRE');
const HPEXPIREAT = write('HPEXPIREAT');
const HPEXPIRETIME = read('HPEXPIRETIME');
const HPTTL = read('HPTTL');
const HRANDFIELD = read('HRANDFIELD');
const HSCAN = read('HSCAN');
const HSET = idempotent('HSET');
const HSETNX = write('HSETNX');
const HSTRLEN = read('HSTRLEN');
const HTTL = read('HTTL');
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
  return new Command<number, V>(HDEL, headAndMany(data(key, 'key'), fields, 'fields'), asIs);
}

/**
 * Whether a hash has a field; `false` also when there is no hash.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hexists/
 */
export function hexists<V = string>(key: Data, field: Data): Command<boolean, V> {
  return new Command<boolean, V>(HEXISTS, [data(key, 'key'), data(field, 'field')], boolean);
}

/**
 * The value of a field, or `null` when the field or the key is missing.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hget/
 */
export function hget<V = string>(key: Data, field: Data): Command<V | null, V> {
  return new Command<V | null, V>(HGET, [data(key, 'key'), data(field, 'field')], asIs);
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
  return new Command<Record<string, V>, V>(HGETALL, [data(key, 'key')], record);
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
    [data(key, 'key'), data(field, 'field'), integer(increment, 'increment')],
    asIs,
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
    [data(key, 'key'), data(field, 'field'), float(increment, 'increment')],
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
  return new Command<string[], V>(HKEYS, [data(key, 'key')], texts);
}

/**
 * The number of fields, 0 when the key is missing.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hlen/
 */
export function hlen<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(HLEN, [data(key, 'key')], asIs);
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
  return new Command<(V | null)[], V>(HMGET, headAndMany(data(key, 'key'), fields, 'fields'), asIs);
}

function withEntries(key: Data, entries: Readonly<EntryArgs>): Arg[] {
  const args = [data(key, 'key')];
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
export function hmset<V = string>(key: Data, ...entries: EntryArgs): Command<'OK', V> {
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
  const args = [data(key, 'key'), integer(count, 'count')];
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
  options?: { readonly withvalues?: Off },
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
  return new Command<RandomFields<V>, V>(HRANDFIELD, [data(key, 'key')], textOrNull);
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
  options?: ScanOptions & { readonly novalues?: Off },
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
  const args = [data(key, 'key'), cursorArg(cursor)];
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
export function hset<V = string>(key: Data, ...entries: EntryArgs): Command<number, V> {
  return new Command<number, V>(HSET, withEntries(key, entries), asIs);
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
  return new Command<boolean, V>(HSETNX, [data(key, 'key'), data(field, 'field'), data(value, 'value')], boolean);
}

/**
 * The length of a field's value in bytes, 0 when the field is missing.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 3.2.0
 * @see https://redis.io/commands/hstrlen/
 */
export function hstrlen<V = string>(key: Data, field: Data): Command<number, V> {
  return new Command<number, V>(HSTRLEN, [data(key, 'key'), data(field, 'field')], asIs);
}

/**
 * All values, in no defined order.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.0.0
 * @see https://redis.io/commands/hvals/
 */
export function hvals<V = string>(key: Data): Command<V[], V> {
  return new Command<V[], V>(HVALS, [data(key, 'key')], list);
}

/** When a new time to live is taken; at most one. */
export type FieldExpireCondition = AtMostOne<{
  /** Only fields without one. */
  nx: boolean;
  /** Only fields with one. */
  xx: boolean;
  /** Only if the new end is later; no time to live counts as endless. */
  gt: boolean;
  /** Only if the new end is earlier. */
  lt: boolean;
}>;

const CONDITIONS = ['nx', 'xx', 'gt', 'lt'] as const;
const CONDITION_SET: ReadonlySet<string> = new Set(CONDITIONS);

function addFields(args: Arg[], fields: Many): Arg[] {
  const at = args.push('FIELDS', '') - 1;
  addMany(args, [fields], 'fields');
  args[at] = String(args.length - at - 1);
  return args;
}

function expireFields<V>(
  spec: Spec,
  key: Data,
  time: string,
  fields: Many,
  options: FieldExpireCondition,
): Command<number[], V> {
  checkOptions(options, CONDITION_SET);
  const condition = chosen(options, CONDITIONS);
  const args = [data(key, 'key'), time];
  if (condition !== undefined) addSwitch(args, condition.toUpperCase(), options[condition], condition);
  return new Command<number[], V>(spec, addFields(args, fields), asIs);
}

function perField<V>(spec: Spec, key: Data, fields: Many): Command<number[], V> {
  return new Command<number[], V>(spec, addFields([data(key, 'key')], fields), asIs as Transform<number[]>);
}

/**
 * Lets fields end in so many seconds. Redis only.
 *
 * Per field: 1 set, 0 the condition kept it, 2 deleted at once because the time has passed, -2 no such field or key.
 *
 * @throws ArgumentError when there is no field, or two conditions are given
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hexpire/
 */
export function hexpire<V = string>(
  key: Data,
  seconds: Int,
  fields: Many,
  options: FieldExpireCondition = {},
): Command<number[], V> {
  return expireFields(HEXPIRE, key, integer(seconds, 'seconds', 0), fields, options);
}

/**
 * Lets fields end at a unix time in seconds. Redis only.
 *
 * Per field: 1 set, 0 the condition kept it, 2 deleted at once because the time has passed, -2 no such field or key.
 *
 * @throws ArgumentError when there is no field, or two conditions are given
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hexpireat/
 */
export function hexpireat<V = string>(
  key: Data,
  unixSeconds: Int,
  fields: Many,
  options: FieldExpireCondition = {},
): Command<number[], V> {
  return expireFields(HEXPIREAT, key, integer(unixSeconds, 'unixSeconds', 0), fields, options);
}

/**
 * Lets fields end in so many milliseconds. Redis only.
 *
 * Per field: 1 set, 0 the condition kept it, 2 deleted at once because the time has passed, -2 no such field or key.
 *
 * @throws ArgumentError when there is no field, or two conditions are given
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hpexpire/
 */
export function hpexpire<V = string>(
  key: Data,
  milliseconds: Int,
  fields: Many,
  options: FieldExpireCondition = {},
): Command<number[], V> {
  return expireFields(HPEXPIRE, key, integer(milliseconds, 'milliseconds', 0), fields, options);
}

/**
 * Lets fields end at a unix time in milliseconds. Redis only.
 *
 * Per field: 1 set, 0 the condition kept it, 2 deleted at once because the time has passed, -2 no such field or key.
 *
 * @throws ArgumentError when there is no field, or two conditions are given
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hpexpireat/
 */
export function hpexpireat<V = string>(
  key: Data,
  unixMilliseconds: Int,
  fields: Many,
  options: FieldExpireCondition = {},
): Command<number[], V> {
  return expireFields(HPEXPIREAT, key, integer(unixMilliseconds, 'unixMilliseconds', 0), fields, options);
}

/**
 * When fields end, as unix time in seconds. Redis only.
 *
 * Per field: the time, -1 when the field does not end, -2 when there is no such field or key.
 *
 * @throws ArgumentError when there is no field
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hexpiretime/
 */
export function hexpiretime<V = string>(key: Data, ...fields: Many[]): Command<number[], V> {
  return perField(HEXPIRETIME, key, fields.flat() as Data[]);
}

/**
 * When fields end, as unix time in milliseconds. Redis only.
 *
 * Per field: the time, -1 when the field does not end, -2 when there is no such field or key.
 *
 * @throws ArgumentError when there is no field
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hpexpiretime/
 */
export function hpexpiretime<V = string>(key: Data, ...fields: Many[]): Command<number[], V> {
  return perField(HPEXPIRETIME, key, fields.flat() as Data[]);
}

/**
 * In how many seconds fields end. Redis only.
 *
 * Per field: the time, -1 when the field does not end, -2 when there is no such field or key.
 *
 * @throws ArgumentError when there is no field
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/httl/
 */
export function httl<V = string>(key: Data, ...fields: Many[]): Command<number[], V> {
  return perField(HTTL, key, fields.flat() as Data[]);
}

/**
 * In how many milliseconds fields end. Redis only.
 *
 * Per field: the time, -1 when the field does not end, -2 when there is no such field or key.
 *
 * @throws ArgumentError when there is no field
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hpttl/
 */
export function hpttl<V = string>(key: Data, ...fields: Many[]): Command<number[], V> {
  return perField(HPTTL, key, fields.flat() as Data[]);
}

/**
 * Lets fields live for ever again. Redis only.
 *
 * Per field: 1 done, -1 the field did not end anyway, -2 no such field or key.
 *
 * @throws ArgumentError when there is no field
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hpersist/
 */
export function hpersist<V = string>(key: Data, ...fields: Many[]): Command<number[], V> {
  return perField(HPERSIST, key, fields.flat() as Data[]);
}
