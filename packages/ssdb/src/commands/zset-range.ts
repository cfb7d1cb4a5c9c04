/** Sorted sets by range: of positions or of scores. https://ssdb.io/docs/ */
import { type Arg, Command, checkOptions, type Data, idempotent, read, toArg, write } from '@kv/core';
import {
  highScore,
  type Int,
  int64,
  key as keyArg,
  limit as limitArg,
  lowScore,
  offset as offsetArg,
  type ScoreBound,
} from './support/arguments.ts';
import { average, count, countOrNull, list, type Scored, scored } from './support/replies.ts';

const RANGE_OPTIONS: ReadonlySet<string> = new Set(['offset']);
const REDIS_ZRANGE = read('redis_zrange');
const REDIS_ZRRANGE = read('redis_zrrange');
const ZAVG = read('zavg');
const ZCOUNT = read('zcount');
const ZKEYS = read('zkeys');
const ZRANGE = read('zrange');
const ZRANK = read('zrank');
const ZREMRANGEBYRANK = write('zremrangebyrank');
const ZREMRANGEBYSCORE = idempotent('zremrangebyscore');
const ZRRANGE = read('zrrange');
const ZRRANK = read('zrrank');
const ZRSCAN = read('zrscan');
const ZSCAN = read('zscan');
const ZSUM = read('zsum');

/** Options of {@link zscan} and {@link zrscan}. */
export interface ZscanOptions {
  /** How many members to skip first; 0 or more, and only together with a limit other than -1. */
  readonly offset?: Int | undefined;
}

function scoreRange(name: Data, start: ScoreBound, end: ScoreBound): Arg[] {
  return [keyArg(name, 'name'), lowScore(start, 'scoreStart'), highScore(end, 'scoreEnd')];
}

function scanArgs(
  direction: 'up' | 'down',
  name: Data,
  keyStart: Data,
  scoreStart: ScoreBound,
  scoreEnd: ScoreBound,
  limit: Int,
  options?: ZscanOptions,
): Arg[] {
  const args = [
    keyArg(name, 'name'),
    toArg(keyStart, 'keyStart'),
    direction === 'up' ? lowScore(scoreStart, 'scoreStart') : highScore(scoreStart, 'scoreStart'),
    direction === 'up' ? highScore(scoreEnd, 'scoreEnd') : lowScore(scoreEnd, 'scoreEnd'),
  ];
  if (options !== undefined) {
    checkOptions(options, RANGE_OPTIONS);
    if (options.offset !== undefined) args.push(offsetArg(options.offset));
  }
  args.push(limitArg(limit));
  return args;
}

/**
 * The position of a member from the lowest score. The server walks the set: slow for large ones.
 *
 * @param name 1 to 255 bytes
 * @param member 1 to 255 bytes
 * @returns 0 for the first; `null` when there is no such member
 */
export function zrank<V = string>(name: Data, member: Data): Command<number | null, V> {
  return new Command<number | null, V>(ZRANK, [keyArg(name, 'name'), keyArg(member, 'member')], countOrNull);
}

/**
 * The position of a member from the highest score. The server walks the set: slow for large ones.
 *
 * @param name 1 to 255 bytes
 * @param member 1 to 255 bytes
 * @returns 0 for the last; `null` when there is no such member, and for a score of 9223372036854775807
 */
export function zrrank<V = string>(name: Data, member: Data): Command<number | null, V> {
  return new Command<number | null, V>(ZRRANK, [keyArg(name, 'name'), keyArg(member, 'member')], countOrNull);
}

/**
 * Members with scores by position, from the lowest score. Slow for large offsets; page with {@link zscan} instead.
 *
 * @param name 1 to 255 bytes
 * @param offset how many to skip, 0 or more
 * @param limit how many at most; -1 = all
 */
export function zrange<V = string>(name: Data, offset: Int, limit: Int): Command<Scored<V>[], V> {
  return new Command<Scored<V>[], V>(ZRANGE, [keyArg(name, 'name'), offsetArg(offset), limitArg(limit)], scored);
}

/**
 * Members with scores by position, from the highest score (members with 9223372036854775807 are left out by the server).
 *
 * @param name 1 to 255 bytes
 * @param offset how many to skip, 0 or more
 * @param limit how many at most; -1 = all
 */
export function zrrange<V = string>(name: Data, offset: Int, limit: Int): Command<Scored<V>[], V> {
  return new Command<Scored<V>[], V>(ZRRANGE, [keyArg(name, 'name'), offsetArg(offset), limitArg(limit)], scored);
}

/**
 * Members with scores by first and last position, from the lowest score, as ZRANGE of Redis.
 *
 * @param name 1 to 255 bytes
 * @param start 0-based, negative counts from the end
 * @param stop included, negative counts from the end
 */
export function redisZrange<V = string>(name: Data, start: Int, stop: Int): Command<Scored<V>[], V> {
  const args = [keyArg(name, 'name'), int64(start, 'start'), int64(stop, 'stop')];
  return new Command<Scored<V>[], V>(REDIS_ZRANGE, args, scored);
}

/**
 * Members with scores by first and last position, from the highest score, as ZREVRANGE of Redis.
 *
 * @param name 1 to 255 bytes
 * @param start 0-based, negative counts from the end
 * @param stop included, negative counts from the end
 */
export function redisZrrange<V = string>(name: Data, start: Int, stop: Int): Command<Scored<V>[], V> {
  const args = [keyArg(name, 'name'), int64(start, 'start'), int64(stop, 'stop')];
  return new Command<Scored<V>[], V>(REDIS_ZRRANGE, args, scored);
}

/**
 * Members with scores, ascending. For more than one page see `zscanIterator`.
 *
 * The scan begins after `keyStart` at `scoreStart`; pass the last member and its score to go on. Without `scoreStart`
 * the member's own score counts, and a `keyStart` that does not exist begins at the beginning. Without `keyStart`,
 * `scoreStart` itself is included.
 *
 * @param name 1 to 255 bytes
 * @param keyStart the member after which to begin; `''` = none
 * @param scoreStart lowest score; `''` = open
 * @param scoreEnd highest score, included; `''` = open
 * @param limit how many at most; -1 = all
 */
export function zscan<V = string>(
  name: Data,
  keyStart: Data,
  scoreStart: ScoreBound,
  scoreEnd: ScoreBound,
  limit: Int,
  options?: ZscanOptions,
): Command<Scored<V>[], V> {
  return new Command<Scored<V>[], V>(
    ZSCAN,
    scanArgs('up', name, keyStart, scoreStart, scoreEnd, limit, options),
    scored,
  );
}

/**
 * Members with scores, descending; otherwise as {@link zscan}. With both bounds open the server leaves out members
 * whose score is 9223372036854775807.
 *
 * @param name 1 to 255 bytes
 * @param keyStart the member after which to begin; `''` = none
 * @param scoreStart highest score; `''` = open
 * @param scoreEnd lowest score, included; `''` = open
 * @param limit how many at most; -1 = all
 */
export function zrscan<V = string>(
  name: Data,
  keyStart: Data,
  scoreStart: ScoreBound,
  scoreEnd: ScoreBound,
  limit: Int,
  options?: ZscanOptions,
): Command<Scored<V>[], V> {
  return new Command<Scored<V>[], V>(
    ZRSCAN,
    scanArgs('down', name, keyStart, scoreStart, scoreEnd, limit, options),
    scored,
  );
}

/**
 * Members without scores, ascending, bounds as in {@link zscan}.
 *
 * @param name 1 to 255 bytes
 * @param keyStart the member after which to begin; `''` = none
 * @param scoreStart lowest score; `''` = open
 * @param scoreEnd highest score, included; `''` = open
 * @param limit how many at most; -1 = all
 */
export function zkeys<V = string>(
  name: Data,
  keyStart: Data,
  scoreStart: ScoreBound,
  scoreEnd: ScoreBound,
  limit: Int,
): Command<V[], V> {
  return new Command<V[], V>(ZKEYS, scanArgs('up', name, keyStart, scoreStart, scoreEnd, limit), list);
}

/**
 * How many members have a score in a range.
 *
 * @param name 1 to 255 bytes
 * @param scoreStart included; `''` = open
 * @param scoreEnd included; `''` = open
 */
export function zcount<V = string>(name: Data, scoreStart: ScoreBound, scoreEnd: ScoreBound): Command<number, V> {
  return new Command<number, V>(ZCOUNT, scoreRange(name, scoreStart, scoreEnd), count);
}

/**
 * The sum of the scores in a range.
 *
 * @param name 1 to 255 bytes
 * @param scoreStart included; `''` = open
 * @param scoreEnd included; `''` = open
 * @returns 0 for no members (a `bigint` at run time when it is beyond 2^53)
 */
export function zsum<V = string>(name: Data, scoreStart: ScoreBound, scoreEnd: ScoreBound): Command<number, V> {
  return new Command<number, V>(ZSUM, scoreRange(name, scoreStart, scoreEnd), count);
}

/**
 * The mean of the scores in a range, with six decimals.
 *
 * @param name 1 to 255 bytes
 * @param scoreStart included; `''` = open
 * @param scoreEnd included; `''` = open
 * @returns `null` for no members
 */
export function zavg<V = string>(name: Data, scoreStart: ScoreBound, scoreEnd: ScoreBound): Command<number | null, V> {
  return new Command<number | null, V>(ZAVG, scoreRange(name, scoreStart, scoreEnd), average);
}

/**
 * Deletes members by first and last position from the lowest score.
 *
 * @param name 1 to 255 bytes
 * @param start 0-based, negative counts from the end
 * @param stop included, negative counts from the end
 * @returns how many were removed
 */
export function zremrangebyrank<V = string>(name: Data, start: Int, stop: Int): Command<number, V> {
  const args = [keyArg(name, 'name'), int64(start, 'start'), int64(stop, 'stop')];
  return new Command<number, V>(ZREMRANGEBYRANK, args, count);
}

/**
 * Deletes members by score.
 *
 * @param name 1 to 255 bytes
 * @param scoreStart included; `''` = open
 * @param scoreEnd included; `''` = open
 * @returns how many were removed
 */
export function zremrangebyscore<V = string>(
  name: Data,
  scoreStart: ScoreBound,
  scoreEnd: ScoreBound,
): Command<number, V> {
  return new Command<number, V>(ZREMRANGEBYSCORE, scoreRange(name, scoreStart, scoreEnd), count);
}
