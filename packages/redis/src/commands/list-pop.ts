/** Lists: taking elements from an end, with and without waiting. */
import { type Arg, blocking, Command, type Data, integer, Keys, toArg, write } from '@kv/core';
import { countedFirst, countedSecond } from '../protocol/key-specs.ts';
import { addCounted, addInteger, checkOptions, type Int, type Many, many } from './support/arguments.ts';
import { blockSeconds } from './support/blocking-timeout.ts';
import { type Side, sideArg } from './support/list-sides.ts';
import { data, dataList, dataListOrNull, dataOrNull, parts } from './support/replies.ts';

const BLMPOP = blocking('BLMPOP', countedSecond);
const BLPOP = blocking('BLPOP', Keys.butLast);
const BRPOP = blocking('BRPOP', Keys.butLast);
const LMPOP = write('LMPOP', countedFirst);
const LPOP = write('LPOP');
const RPOP = write('RPOP');

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
  args.push(sideArg(where, 'where'));
  addInteger(args, 'COUNT', options.count, 'count', 1);
  return args;
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
