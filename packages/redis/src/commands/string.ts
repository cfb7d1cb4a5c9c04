/** Strings: the plain values of Redis. */
import {
  Command,
  type Data,
  type Entries,
  type EntriesOf,
  type EntryArgs,
  idempotent,
  integer,
  Keys,
  read,
  toArg,
  write,
} from '@kv/core';
import {
  type AtMostOne,
  addSwitch,
  checkOptions,
  chosen,
  entryArgs,
  type Int,
  type Many,
  many,
} from './support/arguments.ts';
import { addTime, type ExpiryTimes, TIMES } from './support/expiry-times.ts';
import { boolean, dataOrNull, nullableDataList, ok, okOrNull } from './support/replies.ts';

const GET = read('GET');
const GETDEL = write('GETDEL');
const GETEX = write('GETEX');
const GETSET = write('GETSET');
const MGET = read('MGET', Keys.all);
const MSET = idempotent('MSET', Keys.pairs);
const MSETNX = write('MSETNX', Keys.pairs);
const PSETEX = idempotent('PSETEX');
const SET = idempotent('SET');
const SETEX = idempotent('SETEX');
const SETNX = write('SETNX');

/** When a value ends; at most one. Without any of them it does not end. */
export type Expiry = AtMostOne<ExpiryTimes & { /** Keep the time to live that the key has. */ keepttl: boolean }>;

/** Sets only if the key is new (`nx`) or only if it exists (`xx`); not both. */
export type SetCondition = AtMostOne<{
  /** Only if the key does not exist. */
  nx: boolean;
  /** Only if the key exists. */
  xx: boolean;
}>;

/** Options of {@link set}. `get` together with `nx` needs 7.0. */
export type SetOptions = Expiry &
  SetCondition & {
    /** Answer with the value before, `null` when there was none. Since 6.2. */
    readonly get?: boolean | undefined;
  };

/** {@link SetOptions} that leave the answer at `OK`. */
export type SetPlainOptions = Expiry & {
  readonly nx?: false | undefined;
  readonly xx?: false | undefined;
  readonly get?: false | undefined;
};

const SET_OPTIONS = new Set(['ex', 'px', 'exat', 'pxat', 'keepttl', 'nx', 'xx', 'get']);

function setWith<V>(key: Data, value: Data, options: SetOptions): Command<'OK' | V | null, V> {
  checkOptions(options, SET_OPTIONS);
  chosen(options, [...TIMES, 'keepttl']);
  chosen(options, ['nx', 'xx']);
  const args = [toArg(key, 'key'), toArg(value, 'value')];
  const nx = addSwitch(args, 'NX', options.nx, 'nx');
  const xx = addSwitch(args, 'XX', options.xx, 'xx');
  const get = addSwitch(args, 'GET', options.get, 'get');
  addTime(args, options);
  addSwitch(args, 'KEEPTTL', options.keepttl, 'keepttl');
  const answer = get ? dataOrNull<V> : okOrNull;
  return new Command<'OK' | V | null, V>(SET, args, answer, nx || xx || get ? 0 : SET.flags);
}

/**
 * Sets a key, whatever it held before, and drops its time to live unless `keepttl` is given.
 *
 * Resolves to `'OK'`; to `null` when `nx` or `xx` kept it from being set; with `get` to the value before, or `null`
 * when there was none, whether or not it was set.
 *
 * @example await redis.set('session', token, { ex: 3600, nx: true })
 * @throws ArgumentError when two options exclude each other, or a time is below 1
 * @throws ReplyError `WRONGTYPE` with `get` when the key does not hold a string
 * @since 1.0.0
 * @see https://redis.io/commands/set/
 */
export function set<V = string>(key: Data, value: Data, options?: SetPlainOptions): Command<'OK', V>;
export function set<V = string>(
  key: Data,
  value: Data,
  options: SetOptions & { readonly get: true },
): Command<V | null, V>;
export function set<V = string>(
  key: Data,
  value: Data,
  options: SetOptions & { readonly get?: false | undefined },
): Command<'OK' | null, V>;
export function set<V = string>(key: Data, value: Data, options?: SetOptions): Command<'OK' | V | null, V>;
export function set<V = string>(key: Data, value: Data, options?: SetOptions): Command<'OK' | V | null, V> {
  if (options !== undefined) return setWith(key, value, options);
  return new Command<'OK' | V | null, V>(SET, [toArg(key, 'key'), toArg(value, 'value')], ok);
}

/**
 * The value of a key, or `null` when there is none.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @since 1.0.0
 * @see https://redis.io/commands/get/
 */
export function get<V = string>(key: Data): Command<V | null, V> {
  return new Command<V | null, V>(GET, [toArg(key, 'key')], dataOrNull);
}

/**
 * Takes the value of a key and deletes the key.
 *
 * @returns the value, or `null` when there was none
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @since 6.2.0
 * @see https://redis.io/commands/getdel/
 */
export function getdel<V = string>(key: Data): Command<V | null, V> {
  return new Command<V | null, V>(GETDEL, [toArg(key, 'key')], dataOrNull);
}

/** Options of {@link getex}: at most one. */
export type GetexOptions = AtMostOne<ExpiryTimes & { /** Remove the time to live. */ persist: boolean }>;

const GETEX_OPTIONS = new Set(['ex', 'px', 'exat', 'pxat', 'persist']);

/**
 * The value of a key, giving the key a new time to live (or none, with `persist`). Without options it is {@link get}.
 *
 * @example await redis.getex('session', { ex: 3600 })
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @since 6.2.0
 * @see https://redis.io/commands/getex/
 */
export function getex<V = string>(key: Data, options: GetexOptions = {}): Command<V | null, V> {
  checkOptions(options, GETEX_OPTIONS);
  chosen(options, [...TIMES, 'persist']);
  const args = [toArg(key, 'key')];
  addTime(args, options);
  addSwitch(args, 'PERSIST', options.persist, 'persist');
  return new Command<V | null, V>(GETEX, args, dataOrNull);
}

/**
 * Sets a key and takes its old value.
 *
 * @returns the value before, or `null` when there was none
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @deprecated use {@link set} with `{ get: true }`
 * @since 1.0.0
 * @see https://redis.io/commands/getset/
 */
export function getset<V = string>(key: Data, value: Data): Command<V | null, V> {
  return new Command<V | null, V>(GETSET, [toArg(key, 'key'), toArg(value, 'value')], dataOrNull);
}

/**
 * The values of several keys, in their order; `null` where a key is missing or does not hold a string.
 *
 * @example const [a, b] = await redis.mget('a', 'b')
 * @throws ArgumentError when there is no key
 * @since 1.0.0
 * @see https://redis.io/commands/mget/
 */
export function mget<V = string>(...keys: Many[]): Command<(V | null)[], V> {
  return new Command<(V | null)[], V>(MGET, many(keys, 'keys'), nullableDataList);
}

/**
 * Sets several keys in one step, and drops their time to live.
 *
 * @example await redis.mset({ a: 1, b: 2 }); await redis.mset('a', 1, 'b', 2)
 * @throws ArgumentError when there is no pair, or a key without a value
 * @since 1.0.1
 * @see https://redis.io/commands/mset/
 */
export function mset<V = string, E extends EntriesOf<E> = Entries>(...entries: EntryArgs<E>): Command<'OK', V> {
  return new Command<'OK', V>(MSET, entryArgs(entries, 'entries'), ok);
}

/**
 * Sets several keys in one step, but none when one of them exists.
 *
 * @returns whether they were set
 * @throws ArgumentError when there is no pair, or a key without a value
 * @since 1.0.1
 * @see https://redis.io/commands/msetnx/
 */
export function msetnx<V = string, E extends EntriesOf<E> = Entries>(...entries: EntryArgs<E>): Command<boolean, V> {
  return new Command<boolean, V>(MSETNX, entryArgs(entries, 'entries'), boolean);
}

/**
 * Sets a key that ends in so many milliseconds.
 *
 * @deprecated use {@link set} with `{ px: milliseconds }`
 * @since 2.6.0
 * @see https://redis.io/commands/psetex/
 */
export function psetex<V = string>(key: Data, milliseconds: Int, value: Data): Command<'OK', V> {
  const args = [toArg(key, 'key'), integer(milliseconds, 'milliseconds', 1), toArg(value, 'value')];
  return new Command<'OK', V>(PSETEX, args, ok);
}

/**
 * Sets a key that ends in so many seconds.
 *
 * @deprecated use {@link set} with `{ ex: seconds }`
 * @since 2.0.0
 * @see https://redis.io/commands/setex/
 */
export function setex<V = string>(key: Data, seconds: Int, value: Data): Command<'OK', V> {
  const args = [toArg(key, 'key'), integer(seconds, 'seconds', 1), toArg(value, 'value')];
  return new Command<'OK', V>(SETEX, args, ok);
}

/**
 * Sets a key if it does not exist.
 *
 * @returns whether it was set
 * @deprecated use {@link set} with `{ nx: true }`
 * @since 1.0.0
 * @see https://redis.io/commands/setnx/
 */
export function setnx<V = string>(key: Data, value: Data): Command<boolean, V> {
  return new Command<boolean, V>(SETNX, [toArg(key, 'key'), toArg(value, 'value')], boolean);
}
