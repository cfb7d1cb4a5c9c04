/** Sorted sets: the positions of members. */
import { type Arg, Command, type Data, read, toArg } from '@kv/core';
import { addSwitch, checkOptions } from './support/arguments.ts';
import { double, parts, whole, wholeOrNull } from './support/replies.ts';

const ZRANK = read('ZRANK');
const ZREVRANK = read('ZREVRANK');

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
  const given: ZrankOptions = options === undefined ? {} : options;
  const args = rankArgs(key, member, given);
  return new Command<number | Ranked | null, V>(ZRANK, args, given.withscore ? ranked : wholeOrNull);
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
  const given: ZrankOptions = options === undefined ? {} : options;
  const args = rankArgs(key, member, given);
  return new Command<number | Ranked | null, V>(ZREVRANK, args, given.withscore ? ranked : wholeOrNull);
}
