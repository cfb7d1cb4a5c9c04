/** Sorted sets: members with scores, in the order of their scores. Ranges and combinations have files of their own. */
import {
  type Arg,
  ArgumentError,
  blocking,
  Command,
  type Data,
  float,
  idempotent,
  integer,
  Keys,
  read,
  toArg,
  write,
} from '@kv/core';
import { countedFirst, countedSecond } from '../protocol/key-specs.ts';
import {
  type AtMostOne,
  addCounted,
  addInteger,
  addScan,
  addSwitch,
  type Cursor,
  checkOptions,
  chosen,
  cursorArg,
  headAndMany,
  type Int,
  keyword,
  type Many,
  many,
  type ScanOptions,
} from './support/arguments.ts';
import { blockSeconds } from './support/blocking-timeout.ts';
import {
  cursorOf,
  data,
  dataList,
  dataOrNull,
  double,
  doubleOrNull,
  doublesOrNull,
  itemsOf,
  parts,
  type Scored,
  scored,
  whole,
  wholeOrNull,
} from './support/replies.ts';
import { addScoredMembers, type Score, type ScoredMember } from './support/sorted-sets.ts';

const BZMPOP = blocking('BZMPOP', countedSecond);
const BZPOPMAX = blocking('BZPOPMAX', Keys.butLast);
const BZPOPMIN = blocking('BZPOPMIN', Keys.butLast);
const ZADD = idempotent('ZADD');
const ZCARD = read('ZCARD');
const ZINCRBY = write('ZINCRBY');
const ZMPOP = write('ZMPOP', countedFirst);
const ZMSCORE = read('ZMSCORE');
const ZPOPMAX = write('ZPOPMAX');
const ZPOPMIN = write('ZPOPMIN');
const ZRANDMEMBER = read('ZRANDMEMBER');
const ZRANK = read('ZRANK');
const ZREM = idempotent('ZREM');
const ZREVRANK = read('ZREVRANK');
const ZSCAN = read('ZSCAN');
const ZSCORE = read('ZSCORE');

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

/** Which members {@link zadd} may touch. `nx` excludes the others; `gt` and `lt` exclude each other. Since 3.0.2. */
export type ZaddCondition =
  | {
      /** Only add new members, never change one. */
      readonly nx: boolean | undefined;
      readonly xx?: false | undefined;
      readonly gt?: false | undefined;
      readonly lt?: false | undefined;
    }
  | (AtMostOne<{
      /** Change a member only to a higher score. Since 6.2. */
      gt: boolean;
      /** Change a member only to a lower score. Since 6.2. */
      lt: boolean;
    }> & {
      readonly nx?: false | undefined;
      /** Only change members that are there, never add one. */
      readonly xx?: boolean | undefined;
    });

/** Options of {@link zadd}. */
export type ZaddOptions = ZaddCondition & {
  /** Count changed members too, not only new ones. Since 3.0.2. */
  readonly ch?: boolean | undefined;
  /** Add to the score of the one member, and answer with its new score. Since 3.0.2. */
  readonly incr?: boolean | undefined;
};

/** Options of {@link zadd} with which it counts. */
export type ZaddCountOptions = ZaddOptions & { readonly incr?: false | undefined };

/** Options of {@link zadd} with which it answers with the new score. */
export type ZaddIncrOptions = ZaddOptions & { readonly incr: true };

const ZADD_OPTIONS = new Set(['nx', 'xx', 'gt', 'lt', 'ch', 'incr']);

function zaddWith<V>(
  key: Data,
  members: ScoredMember | readonly ScoredMember[],
  options: ZaddOptions,
): Command<number | null, V> {
  checkOptions(options, ZADD_OPTIONS);
  chosen(options, ['nx', 'xx']);
  chosen(options, ['nx', 'gt', 'lt']);
  const args = [toArg(key, 'key')];
  const nx = addSwitch(args, 'NX', options.nx, 'nx');
  const xx = addSwitch(args, 'XX', options.xx, 'xx');
  const gt = addSwitch(args, 'GT', options.gt, 'gt');
  const lt = addSwitch(args, 'LT', options.lt, 'lt');
  const ch = addSwitch(args, 'CH', options.ch, 'ch');
  const incr = addSwitch(args, 'INCR', options.incr, 'incr');
  const count = addScoredMembers(args, members);
  if (incr && count > 1) throw new ArgumentError('options.incr: only with one member');
  const flags = nx || xx || gt || lt || ch || incr ? 0 : ZADD.flags;
  return new Command<number | null, V>(ZADD, args, incr ? doubleOrNull : wholeOrNull, flags);
}

/**
 * Adds members to a sorted set, or gives them new scores. A missing sorted set is made.
 *
 * Takes a score and a member, or `{ score, member }`, or a list of these.
 *
 * Resolves to how many members are new (with `ch` also how many were changed); with `incr` to the new score, `null`
 * when a condition kept it from being changed.
 *
 * @example
 * await redis.zadd('z', 1, 'a')
 * await redis.zadd('z', [{ score: 1, member: 'a' }, { score: 2, member: 'b' }], { gt: true, ch: true })
 * @throws ArgumentError when there is no member, a score is `NaN`, or two options exclude each other
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 1.2.0
 * @see https://redis.io/commands/zadd/
 */
export function zadd<V = string>(key: Data, score: Score, member: Data): Command<number, V>;
export function zadd<V = string>(
  key: Data,
  members: ScoredMember | readonly ScoredMember[],
  options?: ZaddCountOptions,
): Command<number, V>;
export function zadd<V = string>(
  key: Data,
  member: ScoredMember | readonly [ScoredMember],
  options: ZaddIncrOptions,
): Command<number | null, V>;
export function zadd<V = string>(
  key: Data,
  scoreOrMembers: Score | ScoredMember | readonly ScoredMember[],
  memberOrOptions?: Data | ZaddOptions,
): Command<number | null, V>;
export function zadd<V = string>(
  key: Data,
  scoreOrMembers: Score | ScoredMember | readonly ScoredMember[],
  memberOrOptions?: Data | ZaddOptions,
): Command<number | null, V> {
  if (typeof scoreOrMembers === 'object') {
    return zaddWith(key, scoreOrMembers, (memberOrOptions ?? {}) as ZaddOptions);
  }
  const args = [toArg(key, 'key'), float(scoreOrMembers, 'score'), toArg(memberOrOptions as Data, 'member')];
  return new Command<number | null, V>(ZADD, args, wholeOrNull);
}

/**
 * The number of members, 0 when the sorted set is missing.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 1.2.0
 * @see https://redis.io/commands/zcard/
 */
export function zcard<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(ZCARD, [toArg(key, 'key')], whole);
}

/**
 * Adds to the score of a member; a missing member counts as 0.
 *
 * @returns the new score
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set; when the sum is not a number
 * @since 1.2.0
 * @see https://redis.io/commands/zincrby/
 */
export function zincrby<V = string>(key: Data, increment: Score, member: Data): Command<number, V> {
  const args = [toArg(key, 'key'), float(increment, 'increment'), toArg(member, 'member')];
  return new Command<number, V>(ZINCRBY, args, double);
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
 * The scores of several members, in their order; `null` for those that are not there.
 *
 * @throws ArgumentError when there is no member
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 6.2.0
 * @see https://redis.io/commands/zmscore/
 */
export function zmscore<V = string>(key: Data, ...members: Many[]): Command<(number | null)[], V> {
  return new Command<(number | null)[], V>(ZMSCORE, headAndMany(toArg(key, 'key'), members, 'members'), doublesOrNull);
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

/** Options of {@link zrandmember}. */
export interface ZrandmemberOptions {
  /** Give the scores too. */
  readonly withscores?: boolean | undefined;
}

const WITHSCORES_OPTION = new Set(['withscores']);

/**
 * A random member; with `count` so many different ones, with a negative count so many that may repeat.
 *
 * @returns the member, `null` when the sorted set is missing; with `count` a list, empty when it is missing
 * @example await redis.zrandmember('z', 3, { withscores: true })
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 6.2.0
 * @see https://redis.io/commands/zrandmember/
 */
export function zrandmember<V = string>(key: Data): Command<V | null, V>;
export function zrandmember<V = string>(
  key: Data,
  count: Int,
  options?: { readonly withscores?: false | undefined },
): Command<V[], V>;
export function zrandmember<V = string>(
  key: Data,
  count: Int,
  options: { readonly withscores: true },
): Command<Scored<V>[], V>;
export function zrandmember<V = string>(
  key: Data,
  count?: Int,
  options?: ZrandmemberOptions,
): Command<V | V[] | Scored<V>[] | null, V>;
export function zrandmember<V = string>(
  key: Data,
  count?: Int,
  options?: ZrandmemberOptions,
): Command<V | V[] | Scored<V>[] | null, V> {
  const args = [toArg(key, 'key')];
  if (count !== undefined) args.push(integer(count, 'count'));
  const plainly = count === undefined ? dataOrNull<V> : dataList<V>;
  if (options === undefined) return new Command<V | V[] | Scored<V>[] | null, V>(ZRANDMEMBER, args, plainly);
  checkOptions(options, WITHSCORES_OPTION);
  const withscores = addSwitch(args, 'WITHSCORES', options.withscores, 'withscores');
  if (withscores && count === undefined) throw new ArgumentError('options.withscores: only together with a count');
  return new Command<V | V[] | Scored<V>[] | null, V>(ZRANDMEMBER, args, withscores ? scored<V> : plainly);
}

/** Rank and score of a member. */
export interface Ranked {
  /** Counts from 0. */
  readonly rank: number;
  readonly score: number;
}

/** Options of {@link zrank} and {@link zrevrank}. */
export interface ZrankOptions {
  /** Give the score too. Since 7.2. */
  readonly withscore?: boolean | undefined;
}

const WITHSCORE_OPTION = new Set(['withscore']);

function ranked(raw: unknown): Ranked | null {
  if (raw === null) return null;
  const [rank, score] = parts(raw, 2);
  return { rank: whole(rank), score: double(score) };
}

function rankArgs(key: Data, member: Data, options: ZrankOptions): Arg[] {
  checkOptions(options, WITHSCORE_OPTION);
  const args = [toArg(key, 'key'), toArg(member, 'member')];
  addSwitch(args, 'WITHSCORE', options.withscore, 'withscore');
  return args;
}

/**
 * How many members have a lower score than this one.
 *
 * @returns the rank, with `withscore` also the score; `null` when the member is not there
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 2.0.0
 * @see https://redis.io/commands/zrank/
 */
export function zrank<V = string>(
  key: Data,
  member: Data,
  options?: { readonly withscore?: false | undefined },
): Command<number | null, V>;
export function zrank<V = string>(
  key: Data,
  member: Data,
  options: { readonly withscore: true },
): Command<Ranked | null, V>;
export function zrank<V = string>(key: Data, member: Data, options?: ZrankOptions): Command<number | Ranked | null, V>;
export function zrank<V = string>(key: Data, member: Data, options?: ZrankOptions): Command<number | Ranked | null, V> {
  const given: ZrankOptions = options ?? {};
  const args = rankArgs(key, member, given);
  return new Command<number | Ranked | null, V>(ZRANK, args, given.withscore ? ranked : wholeOrNull);
}

/**
 * Removes members from a sorted set.
 *
 * @returns how many it had
 * @throws ArgumentError when there is no member
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 1.2.0
 * @see https://redis.io/commands/zrem/
 */
export function zrem<V = string>(key: Data, ...members: Many[]): Command<number, V> {
  return new Command<number, V>(ZREM, headAndMany(toArg(key, 'key'), members, 'members'), whole);
}

/**
 * How many members have a higher score than this one.
 *
 * @returns the rank, with `withscore` also the score; `null` when the member is not there
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 2.0.0
 * @see https://redis.io/commands/zrevrank/
 */
export function zrevrank<V = string>(
  key: Data,
  member: Data,
  options?: { readonly withscore?: false | undefined },
): Command<number | null, V>;
export function zrevrank<V = string>(
  key: Data,
  member: Data,
  options: { readonly withscore: true },
): Command<Ranked | null, V>;
export function zrevrank<V = string>(
  key: Data,
  member: Data,
  options?: ZrankOptions,
): Command<number | Ranked | null, V>;
export function zrevrank<V = string>(
  key: Data,
  member: Data,
  options?: ZrankOptions,
): Command<number | Ranked | null, V> {
  const given: ZrankOptions = options ?? {};
  const args = rankArgs(key, member, given);
  return new Command<number | Ranked | null, V>(ZREVRANK, args, given.withscore ? ranked : wholeOrNull);
}

/** Options of {@link zscan}. */
export interface ZscanOptions extends ScanOptions {
  /** Leave out the scores. */
  readonly noscores?: boolean | undefined;
}

/** One page of {@link zscan}. */
export interface ZscanPage<M> {
  /** For the next call; `'0'` when all was seen. */
  readonly cursor: string;
  /** Members with scores, or with `noscores` only members. */
  readonly members: M[];
}

const ZSCAN_OPTIONS = new Set(['match', 'count', 'noscores']);

function scoredPage<V>(raw: unknown): ZscanPage<Scored<V>> {
  return { cursor: cursorOf(raw), members: scored<V>(itemsOf(raw)) };
}

function memberPage<V>(raw: unknown): ZscanPage<V> {
  return { cursor: cursorOf(raw), members: dataList<V>(itemsOf(raw)) };
}

/**
 * One page of the members, in no order. Members that are there from the first call to the last come at least once,
 * perhaps more often. Call again with the cursor of the page until it is `'0'`; pages may be empty before.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 2.8.0
 * @see https://redis.io/commands/zscan/
 */
export function zscan<V = string>(
  key: Data,
  cursor: Cursor,
  options?: ScanOptions & { readonly noscores?: false | undefined },
): Command<ZscanPage<Scored<V>>, V>;
export function zscan<V = string>(
  key: Data,
  cursor: Cursor,
  options: ScanOptions & { readonly noscores: true },
): Command<ZscanPage<V>, V>;
export function zscan<V = string>(
  key: Data,
  cursor: Cursor,
  options?: ZscanOptions,
): Command<ZscanPage<Scored<V>> | ZscanPage<V>, V>;
export function zscan<V = string>(
  key: Data,
  cursor: Cursor,
  options?: ZscanOptions,
): Command<ZscanPage<Scored<V>> | ZscanPage<V>, V> {
  const given: ZscanOptions = options ?? {};
  checkOptions(given, ZSCAN_OPTIONS);
  const args = [toArg(key, 'key'), cursorArg(cursor)];
  addScan(args, given);
  const noscores = addSwitch(args, 'NOSCORES', given.noscores, 'noscores');
  return new Command<ZscanPage<Scored<V>> | ZscanPage<V>, V>(ZSCAN, args, noscores ? memberPage<V> : scoredPage<V>);
}

/**
 * The score of a member, or `null` when it is not there.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 1.2.0
 * @see https://redis.io/commands/zscore/
 */
export function zscore<V = string>(key: Data, member: Data): Command<number | null, V> {
  return new Command<number | null, V>(ZSCORE, [toArg(key, 'key'), toArg(member, 'member')], doubleOrNull);
}
