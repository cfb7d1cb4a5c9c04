/** Sorted sets: reading members page by page, or at random. */
import { ArgumentError, Command, type Data, integer, read, toArg } from '@kv/core';
import {
  addScan,
  addSwitch,
  type Cursor,
  checkOptions,
  cursorArg,
  type Int,
  type ScanOptions,
} from './support/arguments.ts';
import { cursorOf, dataList, dataOrNull, itemsOf, type Scored, scored } from './support/replies.ts';

const ZRANDMEMBER = read('ZRANDMEMBER');
const ZSCAN = read('ZSCAN');

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
  const given: ZscanOptions = options === undefined ? {} : options;
  checkOptions(given, ZSCAN_OPTIONS);
  const args = [toArg(key, 'key'), cursorArg(cursor)];
  addScan(args, given);
  const noscores = addSwitch(args, 'NOSCORES', given.noscores, 'noscores');
  return new Command<ZscanPage<Scored<V>> | ZscanPage<V>, V>(ZSCAN, args, noscores ? memberPage<V> : scoredPage<V>);
}
