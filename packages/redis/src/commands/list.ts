/** Lists: elements in order, pushed and popped at both ends. */
import {
  type Arg,
  ArgumentError,
  blocking,
  Command,
  type Data,
  idempotent,
  integer,
  Keys,
  read,
  toArg,
  write,
} from '@kv/core';
import { countedFirst, countedSecond } from '../protocol/key-specs.ts';
import {
  addCounted,
  addInteger,
  checkOptions,
  headAndMany,
  type Int,
  isSet,
  keyword,
  type Many,
  many,
} from './support/arguments.ts';
import { blockSeconds } from './support/blocking-timeout.ts';
import {
  data,
  dataList,
  dataListOrNull,
  dataOrNull,
  ok,
  parts,
  whole,
  wholeOrNull,
  wholes,
} from './support/replies.ts';

const BLMOVE = blocking('BLMOVE', Keys.two);
const BLMPOP = blocking('BLMPOP', countedSecond);
const BLPOP = blocking('BLPOP', Keys.butLast);
const BRPOP = blocking('BRPOP', Keys.butLast);
const BRPOPLPUSH = blocking('BRPOPLPUSH', Keys.two);
const LINDEX = read('LINDEX');
const LINSERT = write('LINSERT');
const LLEN = read('LLEN');
const LMOVE = write('LMOVE', Keys.two);
const LMPOP = write('LMPOP', countedFirst);
const LPOP = write('LPOP');
const LPOS = read('LPOS');
const LPUSH = write('LPUSH');
const LPUSHX = write('LPUSHX');
const LRANGE = read('LRANGE');
const LREM = write('LREM');
const LSET = idempotent('LSET');
const LTRIM = write('LTRIM');
const RPOP = write('RPOP');
const RPOPLPUSH = write('RPOPLPUSH', Keys.two);
const RPUSH = write('RPUSH');
const RPUSHX = write('RPUSHX');

/** An end of a list: `left` is its head (index 0), `right` its tail. */
export type Side = 'left' | 'right' | 'LEFT' | 'RIGHT';

/** Where {@link linsert} puts the new element. */
export type Place = 'before' | 'after' | 'BEFORE' | 'AFTER';

/** One element that was popped, and the key it came from. */
export interface Popped<V> {
  readonly key: V;
  readonly element: V;
}

/** Elements that were popped, and the key they came from. */
export interface PoppedElements<V> {
  readonly key: V;
  readonly elements: V[];
}

const SIDES = ['left', 'right', 'LEFT', 'RIGHT'] as const;
const PLACES = ['before', 'after', 'BEFORE', 'AFTER'] as const;

function side(value: Side, name: string): string {
  return keyword(value, SIDES, name);
}

function popped<V>(raw: unknown): Popped<V> | null {
  if (raw === null) return null;
  const [key, element] = parts(raw, 2);
  return { key: data<V>(key), element: data<V>(element) };
}

function poppedElements<V>(raw: unknown): PoppedElements<V> | null {
  if (raw === null) return null;
  const [key, elements] = parts(raw, 2);
  return { key: data<V>(key), elements: dataList<V>(elements) };
}

function moveArgs(source: Data, destination: Data, from: Side, to: Side): Arg[] {
  return [toArg(source, 'source'), toArg(destination, 'destination'), side(from, 'from'), side(to, 'to')];
}

/** Options of {@link lmpop} and {@link blmpop}. */
export interface MpopOptions {
  /**
   * How many to pop at most.
   *
   * @default 1
   */
  readonly count?: Int | undefined;
}

const MPOP_OPTIONS = new Set(['count']);

function addMpop(args: Arg[], keys: Many, where: Side, options: MpopOptions): Arg[] {
  checkOptions(options, MPOP_OPTIONS);
  addCounted(args, [keys], 'keys');
  args.push(side(where, 'where'));
  addInteger(args, 'COUNT', options.count, 'count', 1);
  return args;
}

/**
 * Takes an element from an end of one list and adds it at an end of another (or of the same), in one step. Waits until
 * there is one.
 *
 * @param timeout seconds to wait, with a fraction if you like; 0 = until the client is closed or the call aborted
 * @returns the element, or `null` when the time is over
 * @example await redis.blmove('jobs', 'running', 'left', 'right', 5)
 * @throws ReplyError `WRONGTYPE` when one of the keys does not hold a list
 * @scope blocking
 * @since 6.2.0
 * @see https://redis.io/commands/blmove/
 */
export function blmove<V = string>(
  source: Data,
  destination: Data,
  from: Side,
  to: Side,
  timeout: number,
): Command<V | null, V> {
  const wait = blockSeconds(timeout);
  const args = [...moveArgs(source, destination, from, to), wait.arg];
  return new Command<V | null, V>(BLMOVE, args, dataOrNull, BLMOVE.flags, wait.blockMs);
}

/**
 * Pops elements from the first of several lists that is not empty; waits until there is one.
 *
 * @param timeout seconds to wait, with a fraction if you like; 0 = until the client is closed or the call aborted
 * @returns the key and its elements, or `null` when the time is over
 * @example await redis.blmpop(5, ['urgent', 'normal'], 'left', { count: 10 })
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a list
 * @scope blocking
 * @since 7.0.0
 * @see https://redis.io/commands/blmpop/
 */
export function blmpop<V = string>(
  timeout: number,
  keys: Many,
  where: Side,
  options: MpopOptions = {},
): Command<PoppedElements<V> | null, V> {
  const wait = blockSeconds(timeout);
  const args = addMpop([wait.arg], keys, where, options);
  return new Command<PoppedElements<V> | null, V>(BLMPOP, args, poppedElements, BLMPOP.flags, wait.blockMs);
}

/**
 * Pops the first element of the first of several lists that is not empty; waits until there is one. Those who wait
 * longest are served first.
 *
 * @param timeout seconds to wait, with a fraction if you like; 0 = until the client is closed or the call aborted
 * @returns the key and the element, or `null` when the time is over
 * @example const job = await redis.blpop(['urgent', 'normal'], 5)
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a list
 * @scope blocking
 * @since 2.0.0
 * @see https://redis.io/commands/blpop/
 */
export function blpop<V = string>(keys: Many, timeout: number): Command<Popped<V> | null, V> {
  const wait = blockSeconds(timeout);
  const args = [...many([keys], 'keys'), wait.arg];
  return new Command<Popped<V> | null, V>(BLPOP, args, popped, BLPOP.flags, wait.blockMs);
}

/**
 * Pops the last element of the first of several lists that is not empty; waits until there is one.
 *
 * @param timeout seconds to wait, with a fraction if you like; 0 = until the client is closed or the call aborted
 * @returns the key and the element, or `null` when the time is over
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a list
 * @scope blocking
 * @since 2.0.0
 * @see https://redis.io/commands/brpop/
 */
export function brpop<V = string>(keys: Many, timeout: number): Command<Popped<V> | null, V> {
  const wait = blockSeconds(timeout);
  const args = [...many([keys], 'keys'), wait.arg];
  return new Command<Popped<V> | null, V>(BRPOP, args, popped, BRPOP.flags, wait.blockMs);
}

/**
 * Takes the last element of one list and adds it in front of another, in one step. Waits until there is one.
 *
 * @param timeout seconds to wait, with a fraction if you like; 0 = until the client is closed or the call aborted
 * @returns the element, or `null` when the time is over
 * @deprecated use {@link blmove} with `'right', 'left'`
 * @scope blocking
 * @since 2.2.0
 * @see https://redis.io/commands/brpoplpush/
 */
export function brpoplpush<V = string>(source: Data, destination: Data, timeout: number): Command<V | null, V> {
  const wait = blockSeconds(timeout);
  const args = [toArg(source, 'source'), toArg(destination, 'destination'), wait.arg];
  return new Command<V | null, V>(BRPOPLPUSH, args, dataOrNull, BRPOPLPUSH.flags, wait.blockMs);
}

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

/**
 * Takes an element from an end of one list and adds it at an end of another (or of the same), in one step.
 *
 * @returns the element, or `null` when the source is missing
 * @example await redis.lmove('jobs', 'running', 'left', 'right')
 * @throws ReplyError `WRONGTYPE` when one of the keys does not hold a list
 * @since 6.2.0
 * @see https://redis.io/commands/lmove/
 */
export function lmove<V = string>(source: Data, destination: Data, from: Side, to: Side): Command<V | null, V> {
  return new Command<V | null, V>(LMOVE, moveArgs(source, destination, from, to), dataOrNull);
}

/**
 * Pops elements from the first of several lists that is not empty.
 *
 * @returns the key and its elements, or `null` when all are empty
 * @example await redis.lmpop(['urgent', 'normal'], 'left', { count: 10 })
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a list
 * @since 7.0.0
 * @see https://redis.io/commands/lmpop/
 */
export function lmpop<V = string>(
  keys: Many,
  where: Side,
  options: MpopOptions = {},
): Command<PoppedElements<V> | null, V> {
  return new Command<PoppedElements<V> | null, V>(LMPOP, addMpop([], keys, where, options), poppedElements);
}

function popArgs(key: Data, count: Int | undefined): Arg[] {
  return count === undefined ? [toArg(key, 'key')] : [toArg(key, 'key'), integer(count, 'count', 0)];
}

/**
 * Pops the first element, or with `count` so many of them. The count needs 6.2.
 *
 * @returns the element, with `count` a list; `null` when the list is missing
 * @example const job = await redis.lpop('jobs'); const ten = await redis.lpop('jobs', 10)
 * @throws ReplyError `WRONGTYPE` when the key does not hold a list
 * @since 1.0.0
 * @see https://redis.io/commands/lpop/
 */
export function lpop<V = string>(key: Data): Command<V | null, V>;
export function lpop<V = string>(key: Data, count: Int): Command<V[] | null, V>;
export function lpop<V = string>(key: Data, count?: Int): Command<V | V[] | null, V>;
export function lpop<V = string>(key: Data, count?: Int): Command<V | V[] | null, V> {
  return new Command<V | V[] | null, V>(
    LPOP,
    popArgs(key, count),
    count === undefined ? dataOrNull<V> : dataListOrNull<V>,
  );
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
  const given: LposOptions = options ?? {};
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
 * Pops the last element, or with `count` so many of them. The count needs 6.2.
 *
 * @returns the element, with `count` a list; `null` when the list is missing
 * @throws ReplyError `WRONGTYPE` when the key does not hold a list
 * @since 1.0.0
 * @see https://redis.io/commands/rpop/
 */
export function rpop<V = string>(key: Data): Command<V | null, V>;
export function rpop<V = string>(key: Data, count: Int): Command<V[] | null, V>;
export function rpop<V = string>(key: Data, count?: Int): Command<V | V[] | null, V>;
export function rpop<V = string>(key: Data, count?: Int): Command<V | V[] | null, V> {
  return new Command<V | V[] | null, V>(
    RPOP,
    popArgs(key, count),
    count === undefined ? dataOrNull<V> : dataListOrNull<V>,
  );
}

/**
 * Takes the last element of one list and adds it in front of another, in one step.
 *
 * @returns the element, or `null` when the source is missing
 * @deprecated use {@link lmove} with `'right', 'left'`
 * @since 1.2.0
 * @see https://redis.io/commands/rpoplpush/
 */
export function rpoplpush<V = string>(source: Data, destination: Data): Command<V | null, V> {
  return new Command<V | null, V>(RPOPLPUSH, [toArg(source, 'source'), toArg(destination, 'destination')], dataOrNull);
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
