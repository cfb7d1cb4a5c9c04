/** Sorted sets: taking the members with the lowest or highest scores, with and without waiting. */
import { type Arg, blocking, Command, type Data, integer, Keys, toArg, write } from '@kv/core';
import { countedFirst, countedSecond } from '../protocol/key-specs.ts';
import { addCounted, addInteger, checkOptions, type Int, keyword, type Many, many } from './support/arguments.ts';
import { blockSeconds } from './support/blocking-timeout.ts';
import { data, double, parts, type Scored, scored } from './support/replies.ts';

const BZMPOP = blocking('BZMPOP', countedSecond);
const BZPOPMAX = blocking('BZPOPMAX', Keys.butLast);
const BZPOPMIN = blocking('BZPOPMIN', Keys.butLast);
const ZMPOP = write('ZMPOP', countedFirst);
const ZPOPMAX = write('ZPOPMAX');
const ZPOPMIN = write('ZPOPMIN');

/** Which end of a sorted set: the lowest or the highest scores. */
export type Extreme = 'min' | 'max' | 'MIN' | 'MAX';

const EXTREMES = ['min', 'max', 'MIN', 'MAX'] as const;

/** The member that was popped, its score, and the key it came from. */
export interface PoppedMember<V> extends Scored<V> {
  readonly key: V;
}

/** Members that were popped, and the key they came from. */
export interface PoppedMembers<V> {
  readonly key: V;
  readonly members: Scored<V>[];
}

function poppedMember<V>(raw: unknown): PoppedMember<V> | null {
  if (raw === null) return null;
  const [key, member, score] = parts(raw, 3);
  return { key: data<V>(key), member: data<V>(member), score: double(score) };
}

function poppedMembers<V>(raw: unknown): PoppedMembers<V> | null {
  if (raw === null) return null;
  const [key, members] = parts(raw, 2);
  return { key: data<V>(key), members: scored<V>(members) };
}

/** `[member, score]`, flat in both protocols; empty when there is none. */
function firstScored<V>(raw: unknown): Scored<V> | null {
  if (parts(raw, 0).length === 0) return null;
  const [member, score] = parts(raw, 2);
  return { member: data<V>(member), score: double(score) };
}

/** Options of {@link zmpop} and {@link bzmpop}. */
export interface ZmpopOptions {
  /**
   * How many to pop at most.
   *
   * @default 1
   */
  readonly count?: Int | undefined;
}

const ZMPOP_OPTIONS = new Set(['count']);

function addZmpop(args: Arg[], keys: Many, where: Extreme, options: ZmpopOptions): Arg[] {
  checkOptions(options, ZMPOP_OPTIONS);
  addCounted(args, [keys], 'keys');
  args.push(keyword(where, EXTREMES, 'where'));
  addInteger(args, 'COUNT', options.count, 'count', 1);
  return args;
}

/**
 * Pops the members with the lowest or highest scores from the first of several sorted sets that is not empty; waits
 * until there is one.
 *
 * @param timeout seconds to wait, with a fraction if you like; 0 = until the client is closed or the call aborted
 * @returns the key and its members, or `null` when the time is over
 * @example await redis.bzmpop(5, ['urgent', 'normal'], 'min', { count: 10 })
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a sorted set
 * @scope blocking
 * @since 7.0.0
 * @see https://redis.io/commands/bzmpop/
 */
export function bzmpop<V = string>(
  timeout: number,
  keys: Many,
  where: Extreme,
  options: ZmpopOptions = {},
): Command<PoppedMembers<V> | null, V> {
  const wait = blockSeconds(timeout);
  const args = addZmpop([wait.arg], keys, where, options);
  return new Command<PoppedMembers<V> | null, V>(BZMPOP, args, poppedMembers, BZMPOP.flags, wait.blockMs);
}

/**
 * Pops the member with the highest score from the first of several sorted sets that is not empty; waits until there
 * is one.
 *
 * @param timeout seconds to wait, with a fraction if you like; 0 = until the client is closed or the call aborted
 * @returns key, member and score, or `null` when the time is over
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a sorted set
 * @scope blocking
 * @since 5.0.0
 * @see https://redis.io/commands/bzpopmax/
 */
export function bzpopmax<V = string>(keys: Many, timeout: number): Command<PoppedMember<V> | null, V> {
  const wait = blockSeconds(timeout);
  const args = [...many([keys], 'keys'), wait.arg];
  return new Command<PoppedMember<V> | null, V>(BZPOPMAX, args, poppedMember, BZPOPMAX.flags, wait.blockMs);
}

/**
 * Pops the member with the lowest score from the first of several sorted sets that is not empty; waits until there is
 * one.
 *
 * @param timeout seconds to wait, with a fraction if you like; 0 = until the client is closed or the call aborted
 * @returns key, member and score, or `null` when the time is over
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a sorted set
 * @scope blocking
 * @since 5.0.0
 * @see https://redis.io/commands/bzpopmin/
 */
export function bzpopmin<V = string>(keys: Many, timeout: number): Command<PoppedMember<V> | null, V> {
  const wait = blockSeconds(timeout);
  const args = [...many([keys], 'keys'), wait.arg];
  return new Command<PoppedMember<V> | null, V>(BZPOPMIN, args, poppedMember, BZPOPMIN.flags, wait.blockMs);
}

/**
 * Pops the members with the lowest or highest scores from the first of several sorted sets that is not empty.
 *
 * @returns the key and its members, or `null` when all are empty
 * @example await redis.zmpop(['urgent', 'normal'], 'min', { count: 10 })
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a sorted set
 * @since 7.0.0
 * @see https://redis.io/commands/zmpop/
 */
export function zmpop<V = string>(
  keys: Many,
  where: Extreme,
  options: ZmpopOptions = {},
): Command<PoppedMembers<V> | null, V> {
  return new Command<PoppedMembers<V> | null, V>(ZMPOP, addZmpop([], keys, where, options), poppedMembers);
}

/**
 * Takes the member with the highest score out of a sorted set, or with `count` so many, highest first.
 *
 * @returns the member with its score, `null` when there is none; with `count` a list, empty when there is none
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 5.0.0
 * @see https://redis.io/commands/zpopmax/
 */
export function zpopmax<V = string>(key: Data): Command<Scored<V> | null, V>;
export function zpopmax<V = string>(key: Data, count: Int): Command<Scored<V>[], V>;
export function zpopmax<V = string>(key: Data, count?: Int): Command<Scored<V> | Scored<V>[] | null, V>;
export function zpopmax<V = string>(key: Data, count?: Int): Command<Scored<V> | Scored<V>[] | null, V> {
  if (count === undefined) {
    return new Command<Scored<V> | Scored<V>[] | null, V>(ZPOPMAX, [toArg(key, 'key')], firstScored<V>);
  }
  const args = [toArg(key, 'key'), integer(count, 'count', 0)];
  return new Command<Scored<V> | Scored<V>[] | null, V>(ZPOPMAX, args, scored<V>);
}

/**
 * Takes the member with the lowest score out of a sorted set, or with `count` so many, lowest first.
 *
 * @returns the member with its score, `null` when there is none; with `count` a list, empty when there is none
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 5.0.0
 * @see https://redis.io/commands/zpopmin/
 */
export function zpopmin<V = string>(key: Data): Command<Scored<V> | null, V>;
export function zpopmin<V = string>(key: Data, count: Int): Command<Scored<V>[], V>;
export function zpopmin<V = string>(key: Data, count?: Int): Command<Scored<V> | Scored<V>[] | null, V>;
export function zpopmin<V = string>(key: Data, count?: Int): Command<Scored<V> | Scored<V>[] | null, V> {
  if (count === undefined) {
    return new Command<Scored<V> | Scored<V>[] | null, V>(ZPOPMIN, [toArg(key, 'key')], firstScored<V>);
  }
  const args = [toArg(key, 'key'), integer(count, 'count', 0)];
  return new Command<Scored<V> | Scored<V>[] | null, V>(ZPOPMIN, args, scored<V>);
}
