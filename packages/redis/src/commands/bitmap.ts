/** Bitmaps: strings seen as bits and as integers of any width. */
import { type Arg, ArgumentError, badArgument, Command, type Data, integer, read, toArg, write } from '@kv/core';
import { addMany, checkObject, type Int, keyword, type Many } from './support/arguments.ts';
import { bitOf, whole, wholes, wholesOrNull } from './support/replies.ts';

const BITCOUNT = read('BITCOUNT');
const BITFIELD = write('BITFIELD');
const BITFIELD_RO = read('BITFIELD_RO');
const BITOP = write('BITOP', { first: 1, last: -1, step: 1 });
const BITPOS = read('BITPOS');
const GETBIT = read('GETBIT');
const SETBIT = write('SETBIT');

/** What positions of a range count. `bit` since 7.0. */
export type BitUnit = 'byte' | 'bit';

const UNITS: readonly BitUnit[] = ['byte', 'bit'];

function addRange(args: Arg[], start: Int | undefined, end: Int | undefined, unit: BitUnit | undefined): Arg[] {
  if (start === undefined && end !== undefined) throw new ArgumentError('end: only together with start');
  if (end === undefined && unit !== undefined) throw new ArgumentError('unit: only together with start and end');
  if (start !== undefined) args.push(integer(start, 'start'));
  if (end !== undefined) args.push(integer(end, 'end'));
  if (unit !== undefined) args.push(keyword(unit, UNITS, 'unit'));
  return args;
}

/**
 * How many bits are set, in the whole value or in a range with both ends included; negative positions count from the
 * end. `start` without `end` needs Valkey 8.
 *
 * @throws ArgumentError when `end` comes without `start`, or `unit` without both
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @since 2.6.0
 * @see https://redis.io/commands/bitcount/
 */
export function bitcount<V = string>(key: Data, start?: Int, end?: Int, unit?: BitUnit): Command<number, V> {
  return new Command<number, V>(BITCOUNT, addRange([toArg(key, 'key')], start, end, unit), whole);
}

/**
 * The position of the first bit that is 0 or 1, in the whole value or in a range with both ends included; -1 when there
 * is none. Looking for 0 without an `end`, the value counts as followed by zeros.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @since 2.8.7
 * @see https://redis.io/commands/bitpos/
 */
export function bitpos<V = string>(key: Data, bit: 0 | 1, start?: Int, end?: Int, unit?: BitUnit): Command<number, V> {
  return new Command<number, V>(
    BITPOS,
    addRange([toArg(key, 'key'), integer(bit, 'bit', 0, 1)], start, end, unit),
    whole,
  );
}

/**
 * One bit, counted from the highest bit of the first byte; 0 beyond the end.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @since 2.2.0
 * @see https://redis.io/commands/getbit/
 */
export function getbit<V = string>(key: Data, offset: Int): Command<0 | 1, V> {
  return new Command<0 | 1, V>(GETBIT, [toArg(key, 'key'), integer(offset, 'offset', 0)], bitOf);
}

/**
 * Sets one bit; the value grows with zeros when it is too short.
 *
 * @returns the bit before
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @since 2.2.0
 * @see https://redis.io/commands/setbit/
 */
export function setbit<V = string>(key: Data, offset: Int, bit: 0 | 1): Command<0 | 1, V> {
  return new Command<0 | 1, V>(
    SETBIT,
    [toArg(key, 'key'), integer(offset, 'offset', 0), integer(bit, 'bit', 0, 1)],
    bitOf,
  );
}

/** How {@link bitop} combines. */
export type BitOperation = 'and' | 'or' | 'xor' | 'not';

const OPERATIONS: readonly BitOperation[] = ['and', 'or', 'xor', 'not'];

function bitopArgs(operation: BitOperation, destination: Data, keys: readonly Many[]): Arg[] {
  const args: Arg[] = [keyword(operation, OPERATIONS, 'operation'), toArg(destination, 'destination')];
  addMany(args, keys, 'keys');
  if (operation === 'not' && args.length !== 3) throw new ArgumentError("keys: 'not' takes exactly one");
  return args;
}

/**
 * Combines values bit by bit and stores the result; shorter values count as followed by zeros.
 *
 * @returns the length of the result in bytes
 * @throws ArgumentError when there is no key, or `not` has more than one
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @since 2.6.0
 * @see https://redis.io/commands/bitop/
 */
export function bitop<V = string>(operation: BitOperation, destination: Data, ...keys: Many[]): Command<number, V> {
  return new Command<number, V>(BITOP, bitopArgs(operation, destination, keys), whole);
}

/** Width and sign of an integer in {@link bitfield}: `i1` to `i64`, `u1` to `u63`. */
export type BitEncoding = `i${number}` | `u${number}`;

/** Where the integer stands: a bit offset, or `#n` for the n-th integer of that width. */
export type BitOffset = Int | `#${number}`;

/** Reads an integer. */
export interface BitfieldGet {
  readonly op: 'get';
  readonly encoding: BitEncoding;
  readonly offset: BitOffset;
}

/** One step of {@link bitfield}; `overflow` holds for the steps behind it. */
export type BitfieldStep =
  | BitfieldGet
  | { readonly op: 'set'; readonly encoding: BitEncoding; readonly offset: BitOffset; readonly value: Int }
  | { readonly op: 'incrby'; readonly encoding: BitEncoding; readonly offset: BitOffset; readonly increment: Int }
  | { readonly op: 'overflow'; readonly mode: 'wrap' | 'sat' | 'fail' };

const OVERFLOWS = ['wrap', 'sat', 'fail'] as const;

function addPlace(args: Arg[], token: string, encoding: BitEncoding, offset: BitOffset): void {
  const width = /^[iu]\d{1,2}$/.test(encoding) ? Number(encoding.slice(1)) : 0;
  if (width < 1 || width > (encoding.startsWith('i') ? 64 : 63)) {
    throw badArgument('encoding', 'i1 to i64 or u1 to u63', encoding);
  }
  const relative = typeof offset === 'string';
  if (relative && !/^#\d+$/.test(offset)) throw badArgument('offset', 'a bit offset or #n', offset);
  args.push(token, encoding, relative ? offset : integer(offset, 'offset', 0));
}

function addStep(args: Arg[], step: BitfieldStep): void {
  checkObject(step, 'steps', 'objects');
  switch (step.op) {
    case 'get':
      return addPlace(args, 'GET', step.encoding, step.offset);
    case 'set':
      addPlace(args, 'SET', step.encoding, step.offset);
      args.push(integer(step.value, 'value'));
      return;
    case 'incrby':
      addPlace(args, 'INCRBY', step.encoding, step.offset);
      args.push(integer(step.increment, 'increment'));
      return;
    case 'overflow':
      args.push('OVERFLOW', keyword(step.mode, OVERFLOWS, 'mode'));
      return;
    default:
      throw badArgument('op', "one of 'get', 'set', 'incrby', 'overflow'", (step as { op: unknown }).op);
  }
}

function bitfieldArgs(key: Data, steps: readonly BitfieldStep[]): Arg[] {
  if (!Array.isArray(steps)) throw badArgument('steps', 'an array', steps);
  const args = [toArg(key, 'key')];
  for (const step of steps as readonly BitfieldStep[]) addStep(args, step);
  return args;
}

/**
 * Reads and writes integers of any width inside a value, step by step.
 *
 * Per step but `overflow`: the integer read, the old one for `set`, the new one for `incrby`, or `null` when `overflow`
 * `fail` kept it from being written (integers beyond 2^53 are a `bigint` at run time).
 *
 * @example await redis.bitfield('k', [{ op: 'incrby', encoding: 'u8', offset: '#2', increment: 1 }])
 * @throws ArgumentError when a step is malformed
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @since 3.2.0
 * @see https://redis.io/commands/bitfield/
 */
export function bitfield<V = string>(key: Data, steps: readonly BitfieldStep[]): Command<(number | null)[], V> {
  return new Command<(number | null)[], V>(BITFIELD, bitfieldArgs(key, steps), wholesOrNull);
}

/**
 * Reads integers of any width inside a value.
 *
 * @throws ArgumentError when a step does not read
 * @throws ReplyError `WRONGTYPE` when the key does not hold a string
 * @since 6.0.0
 * @see https://redis.io/commands/bitfield_ro/
 */
export function bitfieldRo<V = string>(key: Data, steps: readonly BitfieldGet[]): Command<number[], V> {
  return new Command<number[], V>(BITFIELD_RO, bitfieldRoArgs(key, steps), wholes);
}

function bitfieldRoArgs(key: Data, steps: readonly BitfieldGet[]): Arg[] {
  const args = bitfieldArgs(key, steps);
  if (steps.every((step) => step.op === 'get')) return args;
  throw new ArgumentError("steps: only 'get'");
}
