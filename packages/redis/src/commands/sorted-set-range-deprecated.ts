/** Sorted sets: the older commands for ranges, which ZRANGE replaces. */
import { type Arg, Command, type Data, integer, read, toArg } from '@kv/core';
import { addLimit, addSwitch, checkOptions, type Int, type Limit } from './support/arguments.ts';
import { dataList, type Scored, scored } from './support/replies.ts';
import { type LexBound, lexBound, type Members, type ScoreBound, scoreBound } from './support/sorted-sets.ts';

const ZRANGEBYLEX = read('ZRANGEBYLEX');
const ZRANGEBYSCORE = read('ZRANGEBYSCORE');
const ZREVRANGE = read('ZREVRANGE');
const ZREVRANGEBYLEX = read('ZREVRANGEBYLEX');
const ZREVRANGEBYSCORE = read('ZREVRANGEBYSCORE');

/** Options of {@link zrangebylex} and {@link zrevrangebylex}. */
export interface ZrangebylexOptions {
  /** Leave out some, and give so many at most. */
  readonly limit?: Limit | undefined;
}

const LIMIT_OPTION = new Set(['limit']);

function byLex(key: Data, first: LexBound, second: LexBound, names: readonly [string, string], limit?: Limit): Arg[] {
  const args = [toArg(key, 'key'), lexBound(first, names[0]), lexBound(second, names[1])];
  addLimit(args, limit);
  return args;
}

/**
 * The members between two members, where all have the same score.
 *
 * @throws ArgumentError when an end does not begin with `[` or `(` and is not `-` or `+`
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @deprecated use {@link zrange} with `{ bylex: true }`
 * @since 2.8.9
 * @see https://redis.io/commands/zrangebylex/
 */
export function zrangebylex<V = string>(
  key: Data,
  min: LexBound,
  max: LexBound,
  options: ZrangebylexOptions = {},
): Command<V[], V> {
  checkOptions(options, LIMIT_OPTION);
  return new Command<V[], V>(ZRANGEBYLEX, byLex(key, min, max, ['min', 'max'], options.limit), dataList);
}

/** Options of {@link zrangebyscore} and {@link zrevrangebyscore}. */
export interface ZrangebyscoreOptions extends ZrangebylexOptions {
  /** Give the scores too. */
  readonly withscores?: boolean | undefined;
}

/** {@link ZrangebyscoreOptions} without scores. */
export type ZrangebyscorePlain = ZrangebylexOptions & { readonly withscores?: false | undefined };

/** {@link ZrangebyscoreOptions} with scores. */
export type ZrangebyscoreScored = ZrangebylexOptions & { readonly withscores: true };

const BYSCORE_OPTIONS = new Set(['limit', 'withscores']);

/** The rest of the arguments; returns whether scores were asked for. */
function addByScore(args: Arg[], options: ZrangebyscoreOptions): boolean {
  checkOptions(options, BYSCORE_OPTIONS);
  const withscores = addSwitch(args, 'WITHSCORES', options.withscores, 'withscores');
  addLimit(args, options.limit);
  return withscores;
}

/**
 * The members with a score between two bounds, lowest first.
 *
 * @throws ArgumentError when an end is no score
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @deprecated use {@link zrange} with `{ byscore: true }`
 * @since 1.0.5
 * @see https://redis.io/commands/zrangebyscore/
 */
export function zrangebyscore<V = string>(
  key: Data,
  min: ScoreBound,
  max: ScoreBound,
  options?: ZrangebyscorePlain,
): Command<V[], V>;
export function zrangebyscore<V = string>(
  key: Data,
  min: ScoreBound,
  max: ScoreBound,
  options: ZrangebyscoreScored,
): Command<Scored<V>[], V>;
export function zrangebyscore<V = string>(
  key: Data,
  min: ScoreBound,
  max: ScoreBound,
  options?: ZrangebyscoreOptions,
): Command<V[] | Scored<V>[], V>;
export function zrangebyscore<V = string>(
  key: Data,
  min: ScoreBound,
  max: ScoreBound,
  options?: ZrangebyscoreOptions,
): Command<V[] | Scored<V>[], V> {
  const given: ZrangebyscoreOptions = options === undefined ? {} : options;
  const args = [toArg(key, 'key'), scoreBound(min, 'min'), scoreBound(max, 'max')];
  const withscores = addByScore(args, given);
  return new Command<Members<V>, V>(ZRANGEBYSCORE, args, withscores ? scored<V> : dataList<V>);
}

/** Options of {@link zrevrange}. */
export interface ZrevrangeOptions {
  /** Give the scores too. */
  readonly withscores?: boolean | undefined;
}

const WITHSCORES_OPTION = new Set(['withscores']);

/**
 * The members in a range of ranks, highest first: rank 0 is the highest.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @deprecated use {@link zrange} with `{ rev: true }`
 * @since 1.2.0
 * @see https://redis.io/commands/zrevrange/
 */
export function zrevrange<V = string>(
  key: Data,
  start: Int,
  stop: Int,
  options?: { readonly withscores?: false | undefined },
): Command<V[], V>;
export function zrevrange<V = string>(
  key: Data,
  start: Int,
  stop: Int,
  options: { readonly withscores: true },
): Command<Scored<V>[], V>;
export function zrevrange<V = string>(
  key: Data,
  start: Int,
  stop: Int,
  options?: ZrevrangeOptions,
): Command<V[] | Scored<V>[], V>;
export function zrevrange<V = string>(
  key: Data,
  start: Int,
  stop: Int,
  options?: ZrevrangeOptions,
): Command<V[] | Scored<V>[], V> {
  const given: ZrevrangeOptions = options === undefined ? {} : options;
  checkOptions(given, WITHSCORES_OPTION);
  const args = [toArg(key, 'key'), integer(start, 'start'), integer(stop, 'stop')];
  const withscores = addSwitch(args, 'WITHSCORES', given.withscores, 'withscores');
  return new Command<Members<V>, V>(ZREVRANGE, args, withscores ? scored<V> : dataList<V>);
}

/**
 * The members between two members, last first, where all have the same score. The higher end comes first.
 *
 * @throws ArgumentError when an end does not begin with `[` or `(` and is not `-` or `+`
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @deprecated use {@link zrange} with `{ bylex: true, rev: true }`
 * @since 2.8.9
 * @see https://redis.io/commands/zrevrangebylex/
 */
export function zrevrangebylex<V = string>(
  key: Data,
  max: LexBound,
  min: LexBound,
  options: ZrangebylexOptions = {},
): Command<V[], V> {
  checkOptions(options, LIMIT_OPTION);
  return new Command<V[], V>(ZREVRANGEBYLEX, byLex(key, max, min, ['max', 'min'], options.limit), dataList);
}

/**
 * The members with a score between two bounds, highest first. The higher bound comes first.
 *
 * @throws ArgumentError when an end is no score
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @deprecated use {@link zrange} with `{ byscore: true, rev: true }`
 * @since 2.2.0
 * @see https://redis.io/commands/zrevrangebyscore/
 */
export function zrevrangebyscore<V = string>(
  key: Data,
  max: ScoreBound,
  min: ScoreBound,
  options?: ZrangebyscorePlain,
): Command<V[], V>;
export function zrevrangebyscore<V = string>(
  key: Data,
  max: ScoreBound,
  min: ScoreBound,
  options: ZrangebyscoreScored,
): Command<Scored<V>[], V>;
export function zrevrangebyscore<V = string>(
  key: Data,
  max: ScoreBound,
  min: ScoreBound,
  options?: ZrangebyscoreOptions,
): Command<V[] | Scored<V>[], V>;
export function zrevrangebyscore<V = string>(
  key: Data,
  max: ScoreBound,
  min: ScoreBound,
  options?: ZrangebyscoreOptions,
): Command<V[] | Scored<V>[], V> {
  const given: ZrangebyscoreOptions = options === undefined ? {} : options;
  const args = [toArg(key, 'key'), scoreBound(max, 'max'), scoreBound(min, 'min')];
  const withscores = addByScore(args, given);
  return new Command<Members<V>, V>(ZREVRANGEBYSCORE, args, withscores ? scored<V> : dataList<V>);
}
