/**
 * Checks of arguments. The server has hardly any of its own: a wrong number becomes 0, a large one wraps, an empty key
 * is answered with `ok` and not stored. Here it is an `ArgumentError` that names the argument, before a byte is sent.
 */
import { type Arg, ArgumentError, badArgument, type Data, element, integer, isBytes, toArg } from '@kv/core';
import { utf8Length } from '@kv/ssdb-parser';

/** A whole number as an argument; `bigint` above 2^53. */
export type Int = number | bigint;

/** End of a range of scores, included; `''` (or the infinity of that side) leaves that side open. */
export type ScoreBound = Int | '';

/**
 * One piece of data or a list of them. Commands that take several take `...keys: Many[]`, so `multiGet('a', 'b')` and
 * `multiGet(['a', 'b'])` mean the same.
 */
export type Many = Data | readonly Data[];

/** Longest key, name, field or member that the server stores, in bytes. */
export const MAX_KEY_BYTES = 255;
/** Highest bit that SETBIT accepts: 128 MiB. */
export const MAX_BIT_OFFSET = 1_073_741_824;
/** Longest time to live in seconds (68 years); the server wraps beyond it. */
export const MAX_TTL = 2_147_483_647;

const MIN_INT32 = -2_147_483_648;
const MAX_INT32 = 2_147_483_647;

function byteLength(arg: Arg): number {
  if (typeof arg !== 'string') return arg.length;
  // A UTF-16 unit takes at most three bytes, so short text needs no closer look.
  return arg.length * 3 <= MAX_KEY_BYTES ? arg.length : utf8Length(arg);
}

/** A name of up to 255 bytes that may be empty; only queues have such names. @throws ArgumentError */
export function queueName(value: Data): Arg {
  return shortEnough(toArg(value, 'name'), 'name');
}

function shortEnough(arg: Arg, name: string): Arg {
  const length = byteLength(arg);
  if (length > MAX_KEY_BYTES) throw new ArgumentError(`${name}: expected at most 255 bytes, got ${length}`);
  return arg;
}

/** A key, name, field or member: 1 to 255 bytes. @throws ArgumentError */
export function key(value: Data, name: string): Arg {
  const arg = shortEnough(toArg(value, name), name);
  if (arg.length === 0) throw new ArgumentError(`${name}: must not be empty`);
  return arg;
}

/** Every element of a list that may be nested once, as {@link key}s after `head`. @throws ArgumentError when there is none */
export function keys(values: readonly Many[], name: string, head: readonly Arg[] = []): Arg[] {
  const args = [...head];
  for (const value of values) {
    if (Array.isArray(value))
      for (const one of value as readonly Data[]) args.push(element(key, one, name, args.length - head.length));
    else args.push(element(key, value as Data, name, args.length - head.length));
  }
  return atLeastOne(args, head, name);
}

/** Every element of a list that may be nested once, as data after `head`. @throws ArgumentError when there is none */
export function items(values: readonly Many[], name: string, head: readonly Arg[] = []): Arg[] {
  const args = [...head];
  for (const value of values) {
    if (Array.isArray(value))
      for (const one of value as readonly Data[]) args.push(element(toArg, one, name, args.length - head.length));
    else args.push(element(toArg, value as Data, name, args.length - head.length));
  }
  return atLeastOne(args, head, name);
}

function atLeastOne(args: Arg[], head: readonly Arg[], name: string): Arg[] {
  if (args.length === head.length) throw new ArgumentError(`${name}: expected at least one, got none`);
  return args;
}

/** `name value name value …` after `head`; `value` checks the values. @throws ArgumentError when a value is missing */
export function entries<T>(
  given: readonly unknown[],
  name: string,
  value: (value: T, name: string) => Arg,
  head: readonly Arg[] = [],
): Arg[] {
  const args = [...head];
  for (const [entryName, entryValue] of pairsOf(given, name)) {
    const place = (args.length - head.length) >> 1;
    args.push(element(key, entryName, name, place), element(value, entryValue as T, name, place));
  }
  return atLeastOne(args, head, name);
}

function pairsOf(given: readonly unknown[], name: string): Iterable<readonly [Data, unknown]> {
  if (given.length !== 1) return flatPairs(given as readonly Data[], name);
  const [source] = given;
  if (typeof source !== 'object' || source === null || isBytes(source)) {
    throw badArgument(name, 'an object, a Map or pairs', source);
  }
  return Symbol.iterator in source ? checkedPairs(source as Iterable<unknown>, name) : Object.entries(source);
}

function* flatPairs(flat: readonly Data[], name: string): Iterable<readonly [Data, unknown]> {
  if (flat.length % 2 !== 0) throw new ArgumentError(`${name}: the last one has no value`);
  for (let i = 0; i < flat.length; i += 2) yield [flat[i] as Data, flat[i + 1]];
}

function* checkedPairs(source: Iterable<unknown>, name: string): Iterable<readonly [Data, unknown]> {
  for (const pair of source) {
    if (!Array.isArray(pair) || pair.length !== 2) throw badArgument(name, 'pairs of name and value', pair);
    yield pair as [Data, unknown];
  }
}

/** A whole number of at most 64 bits with sign. @throws ArgumentError also below `min` */
export function int64(value: Int, name: string, min?: number): string {
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) {
    throw new ArgumentError(`${name}: expected at most 64 bits, got ${value}`);
  }
  return integer(value, name, min);
}

/** A signed 32-bit integer: the server cuts these arguments to 32 bits. @throws ArgumentError */
export function int32(value: Int, name: string): string {
  return integer(value, name, MIN_INT32, MAX_INT32);
}

/** How many to skip. @throws ArgumentError below 0, where the server would answer nothing */
export function offset(value: Int): string {
  return int64(value, 'offset', 0);
}

/** How many at most; -1 = all. @throws ArgumentError */
export function limit(value: Int, name: string = 'limit'): string {
  return int64(value, name, -1);
}

/** Seconds to live. @throws ArgumentError below `min` or beyond {@link MAX_TTL} */
export function ttl(value: Int, min: number): string {
  return integer(value, 'ttl', min, MAX_TTL);
}

/** A score. @throws ArgumentError */
export function score(value: Int, name: string = 'score'): string {
  return int64(value, name);
}

/** The low end of a range of scores, open when it is `-Infinity`. @throws ArgumentError */
export function lowScore(value: ScoreBound, name: string): string {
  return value === '' || value === Number.NEGATIVE_INFINITY ? '' : int64(value, name);
}

/**
 * The high end of a range of scores, open when it is `Infinity`. The other infinity, which `Math.max()` of nothing
 * gives, would turn a range without members into all of them. @throws ArgumentError
 */
export function highScore(value: ScoreBound, name: string): string {
  return value === '' || value === Number.POSITIVE_INFINITY ? '' : int64(value, name);
}
