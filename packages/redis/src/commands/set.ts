/** Sets: members without order and without doubles. */
import { type Arg, Command, type Data, Flag, idempotent, integer, Keys, read, spec, toArg, write } from '@kv/core';
import { countedFirst } from '../protocol/key-specs.ts';
import {
  addCounted,
  addInteger,
  addScan,
  type Cursor,
  checkOptions,
  cursorArg,
  headAndMany,
  type Int,
  type Many,
  many,
  type ScanOptions,
} from './support/arguments.ts';
import { storeFlags } from './support/repeatable.ts';
import { boolean, booleans, cursorOf, dataList, dataOrNull, itemsOf, whole } from './support/replies.ts';

const LISTED_READ: number = Flag.read | Flag.listed;

const SADD = idempotent('SADD');
const SCARD = read('SCARD');
const SDIFF = spec('SDIFF', LISTED_READ, Keys.all);
const SDIFFSTORE = idempotent('SDIFFSTORE', Keys.all);
const SINTER = spec('SINTER', LISTED_READ, Keys.all);
const SINTERCARD = read('SINTERCARD', countedFirst);
const SINTERSTORE = idempotent('SINTERSTORE', Keys.all);
const SISMEMBER = read('SISMEMBER');
const SMEMBERS = spec('SMEMBERS', LISTED_READ, Keys.first);
const SMISMEMBER = read('SMISMEMBER');
const SMOVE = write('SMOVE', Keys.two);
const SPOP = write('SPOP');
const SRANDMEMBER = read('SRANDMEMBER');
const SREM = idempotent('SREM');
const SSCAN = read('SSCAN');
const SUNION = spec('SUNION', LISTED_READ, Keys.all);
const SUNIONSTORE = idempotent('SUNIONSTORE', Keys.all);

/** Options of {@link sintercard}. */
export interface IntercardOptions {
  /**
   * Stop counting here; 0 = no limit.
   *
   * @default 0
   */
  readonly limit?: Int | undefined;
}

/** One page of {@link sscan}. */
export interface SscanPage<V> {
  /** For the next call; `'0'` when all was seen. */
  readonly cursor: string;
  readonly members: V[];
}

const INTERCARD_OPTIONS = new Set(['limit']);
const SCAN_OPTIONS = new Set(['match', 'count']);

function page<V>(raw: unknown): SscanPage<V> {
  return { cursor: cursorOf(raw), members: dataList<V>(itemsOf(raw)) };
}

/**
 * Adds members to a set; those it has already are ignored. A missing set is made.
 *
 * @returns how many are new
 * @example await redis.sadd('tags', 'a', 'b'); await redis.sadd('tags', dataList)
 * @throws ArgumentError when there is no member
 * @throws ReplyError `WRONGTYPE` when the key does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/sadd/
 */
export function sadd<V = string>(key: Data, ...members: Many[]): Command<number, V> {
  return new Command<number, V>(SADD, headAndMany(toArg(key, 'key'), members, 'members'), whole);
}

/**
 * The number of members, 0 when the set is missing.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/scard/
 */
export function scard<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(SCARD, [toArg(key, 'key')], whole);
}

/**
 * The members of the first set that are in none of the others, in no order.
 *
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/sdiff/
 */
export function sdiff<V = string>(...keys: Many[]): Command<V[], V> {
  return new Command<V[], V>(SDIFF, many(keys, 'keys'), dataList);
}

/**
 * Stores in `destination` the members of the first set that are in none of the others, in place of what was there.
 *
 * @returns how many members the result has; with 0 the destination is deleted
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a source does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/sdiffstore/
 */
export function sdiffstore<V = string>(destination: Data, ...keys: Many[]): Command<number, V> {
  const args = headAndMany(toArg(destination, 'destination'), keys, 'keys');
  return new Command<number, V>(SDIFFSTORE, args, whole, storeFlags(SDIFFSTORE, args[0] as Arg, args.slice(1)));
}

/**
 * The members that all sets have, in no order.
 *
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/sinter/
 */
export function sinter<V = string>(...keys: Many[]): Command<V[], V> {
  return new Command<V[], V>(SINTER, many(keys, 'keys'), dataList);
}

/**
 * How many members all sets have in common.
 *
 * @example await redis.sintercard(['a', 'b'], { limit: 100 })
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a set
 * @since 7.0.0
 * @see https://redis.io/commands/sintercard/
 */
export function sintercard<V = string>(keys: Many, options: IntercardOptions = {}): Command<number, V> {
  checkOptions(options, INTERCARD_OPTIONS);
  const args: Arg[] = [];
  addCounted(args, [keys], 'keys');
  addInteger(args, 'LIMIT', options.limit, 'limit', 0);
  return new Command<number, V>(SINTERCARD, args, whole);
}

/**
 * Stores in `destination` the members that all sets have, in place of what was there.
 *
 * @returns how many members the result has; with 0 the destination is deleted
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a source does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/sinterstore/
 */
export function sinterstore<V = string>(destination: Data, ...keys: Many[]): Command<number, V> {
  const args = headAndMany(toArg(destination, 'destination'), keys, 'keys');
  return new Command<number, V>(SINTERSTORE, args, whole);
}

/**
 * Whether a set has a member.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/sismember/
 */
export function sismember<V = string>(key: Data, member: Data): Command<boolean, V> {
  return new Command<boolean, V>(SISMEMBER, [toArg(key, 'key'), toArg(member, 'member')], boolean);
}

/**
 * All members, in no order. For large sets use {@link sscan}.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/smembers/
 */
export function smembers<V = string>(key: Data): Command<V[], V> {
  return new Command<V[], V>(SMEMBERS, [toArg(key, 'key')], dataList);
}

/**
 * Whether a set has each of several members, in their order.
 *
 * @throws ArgumentError when there is no member
 * @throws ReplyError `WRONGTYPE` when the key does not hold a set
 * @since 6.2.0
 * @see https://redis.io/commands/smismember/
 */
export function smismember<V = string>(key: Data, ...members: Many[]): Command<boolean[], V> {
  return new Command<boolean[], V>(SMISMEMBER, headAndMany(toArg(key, 'key'), members, 'members'), booleans);
}

/**
 * Moves a member from one set to another, in one step.
 *
 * @returns whether the source had it
 * @throws ReplyError `WRONGTYPE` when one of the keys does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/smove/
 */
export function smove<V = string>(source: Data, destination: Data, member: Data): Command<boolean, V> {
  const args = [toArg(source, 'source'), toArg(destination, 'destination'), toArg(member, 'member')];
  return new Command<boolean, V>(SMOVE, args, boolean);
}

/**
 * Takes a random member out of a set, or with `count` so many. The count needs 3.2.
 *
 * @returns the member, `null` when the set is missing; with `count` a empty when the set is missing
 * @throws ReplyError `WRONGTYPE` when the key does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/spop/
 */
export function spop<V = string>(key: Data): Command<V | null, V>;
export function spop<V = string>(key: Data, count: Int): Command<V[], V>;
export function spop<V = string>(key: Data, count?: Int): Command<V | V[] | null, V>;
export function spop<V = string>(key: Data, count?: Int): Command<V | V[] | null, V> {
  if (count === undefined) return new Command<V | V[] | null, V>(SPOP, [toArg(key, 'key')], dataOrNull<V>);
  return new Command<V | V[] | null, V>(SPOP, [toArg(key, 'key'), integer(count, 'count', 0)], dataList<V>);
}

/**
 * A random member; with `count` so many different ones, with a negative count so many that may repeat.
 *
 * @returns the member, `null` when the set is missing; with `count` a list, empty when the set is missing
 * @throws ReplyError `WRONGTYPE` when the key does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/srandmember/
 */
export function srandmember<V = string>(key: Data): Command<V | null, V>;
export function srandmember<V = string>(key: Data, count: Int): Command<V[], V>;
export function srandmember<V = string>(key: Data, count?: Int): Command<V | V[] | null, V>;
export function srandmember<V = string>(key: Data, count?: Int): Command<V | V[] | null, V> {
  if (count === undefined) return new Command<V | V[] | null, V>(SRANDMEMBER, [toArg(key, 'key')], dataOrNull<V>);
  return new Command<V | V[] | null, V>(SRANDMEMBER, [toArg(key, 'key'), integer(count, 'count')], dataList<V>);
}

/**
 * Removes members from a set.
 *
 * @returns how many it had
 * @throws ArgumentError when there is no member
 * @throws ReplyError `WRONGTYPE` when the key does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/srem/
 */
export function srem<V = string>(key: Data, ...members: Many[]): Command<number, V> {
  return new Command<number, V>(SREM, headAndMany(toArg(key, 'key'), members, 'members'), whole);
}

/**
 * One page of the members. Members that are there from the first call to the last come at least once, perhaps more
 * often. Call again with the cursor of the page until it is `'0'`; pages may be empty before.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a set
 * @since 2.8.0
 * @see https://redis.io/commands/sscan/
 */
export function sscan<V = string>(key: Data, cursor: Cursor, options: ScanOptions = {}): Command<SscanPage<V>, V> {
  checkOptions(options, SCAN_OPTIONS);
  const args = [toArg(key, 'key'), cursorArg(cursor)];
  addScan(args, options);
  return new Command<SscanPage<V>, V>(SSCAN, args, page);
}

/**
 * The members that at least one of the sets has, in no order.
 *
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/sunion/
 */
export function sunion<V = string>(...keys: Many[]): Command<V[], V> {
  return new Command<V[], V>(SUNION, many(keys, 'keys'), dataList);
}

/**
 * Stores in `destination` the members that at least one of the sets has, in place of what was there.
 *
 * @returns how many members the result has; with 0 the destination is deleted
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a source does not hold a set
 * @since 1.0.0
 * @see https://redis.io/commands/sunionstore/
 */
export function sunionstore<V = string>(destination: Data, ...keys: Many[]): Command<number, V> {
  const args = headAndMany(toArg(destination, 'destination'), keys, 'keys');
  return new Command<number, V>(SUNIONSTORE, args, whole);
}
