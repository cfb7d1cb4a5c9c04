/** Lists: elements in order, added at both ends. */
import { ArgumentError, Command, type Data, idempotent, integer, read, toArg, write } from '@kv/core';
import { addInteger, checkOptions, headAndMany, type Int, isSet, keyword, type Many } from './support/arguments.ts';
import { dataList, dataOrNull, ok, whole, wholeOrNull, wholes } from './support/replies.ts';

const LINDEX = read('LINDEX');
const LINSERT = write('LINSERT');
const LLEN = read('LLEN');
const LPOS = read('LPOS');
const LPUSH = write('LPUSH');
const LPUSHX = write('LPUSHX');
const LRANGE = read('LRANGE');
const LREM = write('LREM');
const LSET = idempotent('LSET');
const LTRIM = write('LTRIM');
const RPUSH = write('RPUSH');
const RPUSHX = write('RPUSHX');

/** Where {@link linsert} puts the new element. */
export type Place = 'before' | 'after' | 'BEFORE' | 'AFTER';

const PLACES = ['before', 'after', 'BEFORE', 'AFTER'] as const;

/**
 * The element at an index; negative ones count from the end (-1 is the last).
 *
 * @returns the element, or `null` when the list is shorter or missing
 * @throws ReplyError `WRONGTYPE` when the key does not hold a list
 * @since 1.0.0
 * @see https://redis.io/commands/lindex/
 */
export function lindex<V = string>(key: Data, index: Int): Command<V | null, V> {
  return new Command<V | null, V>(LINDEX, [toArg(key, 'key'), integer(index, 'index')], dataOrNull);
}

/**
 * Inserts an element before or after the first element that equals `pivot`.
 *
 * @returns the length after that; -1 when there is no such element, 0 when the list is missing
 * @throws ReplyError `WRONGTYPE` when the key does not hold a list
 * @since 2.2.0
 * @see https://redis.io/commands/linsert/
 */
export function linsert<V = string>(key: Data, place: Place, pivot: Data, element: Data): Command<number, V> {
  const args = [toArg(key, 'key'), keyword(place, PLACES, 'place'), toArg(pivot, 'pivot'), toArg(element, 'element')];
  return new Command<number, V>(LINSERT, args, whole);
}

/**
 * The number of elements, 0 when the list is missing.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a list
 * @since 1.0.0
 * @see https://redis.io/commands/llen/
 */
export function llen<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(LLEN, [toArg(key, 'key')], whole);
}

/** Options of {@link lpos}. */
export interface LposOptions {
  /**
   * Begin with the so-manyth match: 1 = the first, -1 = the last, searching backwards.
   *
   * @default 1
   */
  readonly rank?: Int | undefined;
  /** Give so many positions, 0 = all; the result is a list then. */
  readonly count?: Int | undefined;
  /**
   * Compare at most so many elements, 0 = all.
   *
   * @default 0
   */
  readonly maxlen?: Int | undefined;
}

const LPOS_OPTIONS = new Set(['rank', 'count', 'maxlen']);

/**
 * The index of the first element that equals `element`, or with `count` the indices of several.
 *
 * @returns the index or `null`; with `count` a list, empty when there is none
 * @example await redis.lpos('l', 'a'); await redis.lpos('l', 'a', { count: 0, rank: -1 })
 * @throws ReplyError `WRONGTYPE` when the key does not hold a list
 * @since 6.0.6
 * @see https://redis.io/commands/lpos/
 */
export function lpos<V = string>(
  key: Data,
  element: Data,
  options?: LposOptions & { readonly count?: undefined },
): Command<number | null, V>;
export function lpos<V = string>(
  key: Data,
  element: Data,
  options: LposOptions & { readonly count: Int },
): Command<number[], V>;
export function lpos<V = string>(key: Data, element: Data, options?: LposOptions): Command<number | number[] | null, V>;
export function lpos<V = string>(
  key: Data,
  element: Data,
  options?: LposOptions,
): Command<number | number[] | null, V> {
  const given: LposOptions = options === undefined ? {} : options;
  checkOptions(given, LPOS_OPTIONS);
  if (Number(given.rank) === 0) throw new ArgumentError('options.rank: counts from 1, or backwards from -1');
  const args = [toArg(key, 'key'), toArg(element, 'element')];
  addInteger(args, 'RANK', given.rank, 'rank');
  addInteger(args, 'COUNT', given.count, 'count', 0);
  addInteger(args, 'MAXLEN', given.maxlen, 'maxlen', 0);
  return new Command<number | number[] | null, V>(LPOS, args, isSet(given.count) ? wholes : wholeOrNull);
}

/**
 * Adds elements in front of a list, one after the other: the last one given is the first of the list. A missing list
 * is made.
 *
 * @returns the length after that
 * @example await redis.lpush('l', 'a', 'b'); await redis.lpush('l', list)
 * @throws ArgumentError when there is no element
 * @throws ReplyError `WRONGTYPE` when the key does not hold a list
 * @since 1.0.0
 * @see https://redis.io/commands/lpush/
 */
export function lpush<V = string>(key: Data, ...elements: Many[]): Command<number, V> {
  return new Command<number, V>(LPUSH, headAndMany(toArg(key, 'key'), elements, 'elements'), whole);
}

/**
 * As {@link lpush}, but only if the list exists.
 *
 * @returns the length after that, 0 when there is no list
 * @throws ArgumentError when there is no element
 * @throws ReplyError `WRONGTYPE` when the key does not hold a list
 * @since 2.2.0
 * @see https://redis.io/commands/lpushx/
 */
export function lpushx<V = string>(key: Data, ...elements: Many[]): Command<number, V> {
  return new Command<number, V>(LPUSHX, headAndMany(toArg(key, 'key'), elements, 'elements'), whole);
}

/**
 * The elements between two indices; both are included, negative ones count from the end.
 *
 * @returns an empty list when there are none
 * @example const all = await redis.lrange('l', 0, -1)
 * @throws ReplyError `WRONGTYPE` when the key does not hold a list
 * @since 1.0.0
 * @see https://redis.io/commands/lrange/
 */
export function lrange<V = string>(key: Data, start: Int, stop: Int): Command<V[], V> {
  return new Command<V[], V>(LRANGE, [toArg(key, 'key'), integer(start, 'start'), integer(stop, 'stop')], dataList);
}

/**
 * Removes elements that equal `element`: the first `count` of them, with a negative count the last, with 0 all.
 *
 * @returns how many were removed
 * @throws ReplyError `WRONGTYPE` when the key does not hold a list
 * @since 1.0.0
 * @see https://redis.io/commands/lrem/
 */
export function lrem<V = string>(key: Data, count: Int, element: Data): Command<number, V> {
  return new Command<number, V>(LREM, [toArg(key, 'key'), integer(count, 'count'), toArg(element, 'element')], whole);
}

/**
 * Replaces the element at an index; negative ones count from the end.
 *
 * @throws ReplyError when the list is missing or shorter; `WRONGTYPE` when the key does not hold a list
 * @since 1.0.0
 * @see https://redis.io/commands/lset/
 */
export function lset<V = string>(key: Data, index: Int, element: Data): Command<'OK', V> {
  return new Command<'OK', V>(LSET, [toArg(key, 'key'), integer(index, 'index'), toArg(element, 'element')], ok);
}

/**
 * Keeps the elements between two indices (both included, negative ones count from the end) and removes the others.
 *
 * @example await redis.ltrim('log', 0, 99) // the newest hundred
 * @throws ReplyError `WRONGTYPE` when the key does not hold a list
 * @since 1.0.0
 * @see https://redis.io/commands/ltrim/
 */
export function ltrim<V = string>(key: Data, start: Int, stop: Int): Command<'OK', V> {
  return new Command<'OK', V>(LTRIM, [toArg(key, 'key'), integer(start, 'start'), integer(stop, 'stop')], ok);
}

/**
 * Adds elements at the end of a list, in their order. A missing list is made.
 *
 * @returns the length after that
 * @example await redis.rpush('jobs', 'a', 'b'); await redis.rpush('jobs', list)
 * @throws ArgumentError when there is no element
 * @throws ReplyError `WRONGTYPE` when the key does not hold a list
 * @since 1.0.0
 * @see https://redis.io/commands/rpush/
 */
export function rpush<V = string>(key: Data, ...elements: Many[]): Command<number, V> {
  return new Command<number, V>(RPUSH, headAndMany(toArg(key, 'key'), elements, 'elements'), whole);
}

/**
 * As {@link rpush}, but only if the list exists.
 *
 * @returns the length after that, 0 when there is no list
 * @throws ArgumentError when there is no element
 * @throws ReplyError `WRONGTYPE` when the key does not hold a list
 * @since 2.2.0
 * @see https://redis.io/commands/rpushx/
 */
export function rpushx<V = string>(key: Data, ...elements: Many[]): Command<number, V> {
  return new Command<number, V>(RPUSHX, headAndMany(toArg(key, 'key'), elements, 'elements'), whole);
}
