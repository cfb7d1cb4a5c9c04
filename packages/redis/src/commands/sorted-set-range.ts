/** Sorted sets by range: of ranks, of scores, or of members in the order of their bytes. */
import { type Arg, ArgumentError, Command, type Data, idempotent, integer, Keys, read, toArg, write } from '@kv/core';
import { addLimit, addSwitch, checkOptions, chosen, type Int, type Limit } from './support/arguments.ts';
import { storeFlags } from './support/repeatable.ts';
import { dataList, type Scored, scored, whole } from './support/replies.ts';
import {
  type LexBound,
  lexBound,
  type Members,
  type RangeBound,
  rankBound,
  type ScoreBound,
  scoreBound,
} from './support/sorted-sets.ts';

const ZCOUNT = read('ZCOUNT');
const ZLEXCOUNT = read('ZLEXCOUNT');
const ZRANGE = read('ZRANGE');
const ZRANGESTORE = idempotent('ZRANGESTORE', Keys.two);
const ZREMRANGEBYLEX = idempotent('ZREMRANGEBYLEX');
const ZREMRANGEBYRANK = write('ZREMRANGEBYRANK');
const ZREMRANGEBYSCORE = idempotent('ZREMRANGEBYSCORE');

/**
 * What the ends of a range are: ranks (default), scores (`byscore`) or members (`bylex`), and the order. A limit needs
 * one of the latter two.
 */
export type ZrangeOrder =
  | {
      readonly byscore?: false | undefined;
      readonly bylex?: false | undefined;
      readonly rev?: boolean | undefined;
      readonly limit?: undefined;
    }
  | {
      /** The ends are scores. Since 6.2. */
      readonly byscore: true;
      readonly bylex?: false | undefined;
      /** From the highest to the lowest; the first end is the higher one then. Since 6.2. */
      readonly rev?: boolean | undefined;
      /** Leave out some, and give so many at most. Since 6.2. */
      readonly limit?: Limit | undefined;
    }
  | {
      /** The ends are members, and all members have the same score. Since 6.2. */
      readonly bylex: true;
      readonly byscore?: false | undefined;
      readonly rev?: boolean | undefined;
      readonly limit?: Limit | undefined;
    };

/** Options of {@link zrange}. Members by the order of their bytes have no scores worth asking for. */
export type ZrangeOptions =
  | (ZrangeOrder & { readonly withscores?: false | undefined })
  | (ZrangeOrder & { readonly bylex?: false | undefined; readonly withscores?: boolean | undefined });

const ORDER_NAMES = ['byscore', 'bylex', 'rev', 'limit'];
const ORDER_OPTIONS = new Set(ORDER_NAMES);
const ZRANGE_OPTIONS = new Set([...ORDER_NAMES, 'withscores']);

/** Appends both ends, the way they are meant. The limit is checked here and appended by the caller. */
function addRange(args: Arg[], start: RangeBound, stop: RangeBound, options: ZrangeOrder): void {
  const by = chosen(options, ['byscore', 'bylex']);
  if (by === undefined && options.limit !== undefined) {
    throw new ArgumentError('options.limit: only together with byscore or bylex');
  }
  if (by === undefined) args.push(rankBound(start, 'start'), rankBound(stop, 'stop'));
  else if (by === 'bylex') args.push(lexBound(start as LexBound, 'start'), lexBound(stop as LexBound, 'stop'));
  else args.push(scoreBound(start as ScoreBound, 'start'), scoreBound(stop as ScoreBound, 'stop'));
  addSwitch(args, 'BYSCORE', options.byscore, 'byscore');
  addSwitch(args, 'BYLEX', options.bylex, 'bylex');
  addSwitch(args, 'REV', options.rev, 'rev');
}

/**
 * The number of members with a score between two bounds.
 *
 * @example await redis.zcount('z', '(1', 5); await redis.zcount('z', '-inf', '+inf')
 * @throws ArgumentError when an end is no score
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 2.0.0
 * @see https://redis.io/commands/zcount/
 */
export function zcount<V = string>(key: Data, min: ScoreBound, max: ScoreBound): Command<number, V> {
  return new Command<number, V>(ZCOUNT, [toArg(key, 'key'), scoreBound(min, 'min'), scoreBound(max, 'max')], whole);
}

/**
 * The number of members between two members, where all have the same score.
 *
 * @example await redis.zlexcount('z', '[a', '(c')
 * @throws ArgumentError when an end does not begin with `[` or `(` and is not `-` or `+`
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 2.8.9
 * @see https://redis.io/commands/zlexcount/
 */
export function zlexcount<V = string>(key: Data, min: LexBound, max: LexBound): Command<number, V> {
  return new Command<number, V>(ZLEXCOUNT, [toArg(key, 'key'), lexBound(min, 'min'), lexBound(max, 'max')], whole);
}

/**
 * The members in a range of ranks (both ends included, negative ones count from the end); with `byscore` of scores,
 * with `bylex` of members.
 *
 * @returns members from the lowest to the highest, with `withscores` together with their scores
 * @example
 * await redis.zrange('z', 0, -1, { withscores: true }) // all: [{ member, score }, …]
 * await redis.zrange('z', '(1', '+inf', { byscore: true, limit: { offset: 0, count: 10 } })
 * @throws ArgumentError when an end does not fit the kind of range, or two options exclude each other
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 1.2.0
 * @see https://redis.io/commands/zrange/
 */
export function zrange<V = string>(
  key: Data,
  start: RangeBound,
  stop: RangeBound,
  options?: ZrangeOrder & { readonly withscores?: false | undefined },
): Command<V[], V>;
export function zrange<V = string>(
  key: Data,
  start: RangeBound,
  stop: RangeBound,
  options: ZrangeOrder & { readonly bylex?: false | undefined; readonly withscores: true },
): Command<Scored<V>[], V>;
export function zrange<V = string>(
  key: Data,
  start: RangeBound,
  stop: RangeBound,
  options?: ZrangeOptions,
): Command<V[] | Scored<V>[], V>;
export function zrange<V = string>(
  key: Data,
  start: RangeBound,
  stop: RangeBound,
  options?: ZrangeOptions,
): Command<V[] | Scored<V>[], V> {
  const given: ZrangeOptions = options === undefined ? {} : options;
  checkOptions(given, ZRANGE_OPTIONS);
  const args = [toArg(key, 'key')];
  addRange(args, start, stop, given);
  const withscores = addSwitch(args, 'WITHSCORES', given.withscores, 'withscores');
  addLimit(args, given.limit);
  if (withscores && given.bylex) throw new ArgumentError('options.withscores: cannot be combined with bylex');
  return new Command<Members<V>, V>(ZRANGE, args, withscores ? scored<V> : dataList<V>);
}

/**
 * Stores a range of one sorted set in another, in place of what was there.
 *
 * @returns how many members the result has; with 0 the destination is deleted
 * @example await redis.zrangestore('top', 'z', 0, 9, { rev: true })
 * @throws ArgumentError when an end does not fit the kind of range, or two options exclude each other
 * @throws ReplyError `WRONGTYPE` when the source does not hold a sorted set
 * @since 6.2.0
 * @see https://redis.io/commands/zrangestore/
 */
export function zrangestore<V = string>(
  destination: Data,
  source: Data,
  min: RangeBound,
  max: RangeBound,
  options: ZrangeOrder = {},
): Command<number, V> {
  checkOptions(options, ORDER_OPTIONS);
  const to = toArg(destination, 'destination');
  const from = toArg(source, 'source');
  const args = [to, from];
  addRange(args, min, max, options);
  addLimit(args, options.limit);
  return new Command<number, V>(ZRANGESTORE, args, whole, storeFlags(ZRANGESTORE, to, [from]));
}

/**
 * Removes the members between two members, where all have the same score.
 *
 * @returns how many were removed
 * @throws ArgumentError when an end does not begin with `[` or `(` and is not `-` or `+`
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 2.8.9
 * @see https://redis.io/commands/zremrangebylex/
 */
export function zremrangebylex<V = string>(key: Data, min: LexBound, max: LexBound): Command<number, V> {
  return new Command<number, V>(ZREMRANGEBYLEX, [toArg(key, 'key'), lexBound(min, 'min'), lexBound(max, 'max')], whole);
}

/**
 * Removes the members in a range of ranks; both ends are included, negative ones count from the end.
 *
 * @returns how many were removed
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 2.0.0
 * @see https://redis.io/commands/zremrangebyrank/
 */
export function zremrangebyrank<V = string>(key: Data, start: Int, stop: Int): Command<number, V> {
  const args = [toArg(key, 'key'), integer(start, 'start'), integer(stop, 'stop')];
  return new Command<number, V>(ZREMRANGEBYRANK, args, whole);
}

/**
 * Removes the members with a score between two bounds.
 *
 * @returns how many were removed
 * @throws ArgumentError when an end is no score
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 1.2.0
 * @see https://redis.io/commands/zremrangebyscore/
 */
export function zremrangebyscore<V = string>(key: Data, min: ScoreBound, max: ScoreBound): Command<number, V> {
  const args = [toArg(key, 'key'), scoreBound(min, 'min'), scoreBound(max, 'max')];
  return new Command<number, V>(ZREMRANGEBYSCORE, args, whole);
}
