/** LCS: what two values have in common. */
import { ArgumentError, Command, type Data, Keys, read, toArg } from '@kv/core';
import { addInteger, addSwitch, checkOptions, chosen, type Int } from './support/arguments.ts';
import { data, list, parts, structure, whole } from './support/replies.ts';

const LCS = read('LCS', Keys.two);

/** Options of {@link lcs} that ask for positions. */
export interface LcsIdxOptions {
  readonly idx: true;
  readonly len?: false | undefined;
  /** Leave out matches shorter than this many bytes. */
  readonly minmatchlen?: Int | undefined;
  /** Give the length of each match. */
  readonly withmatchlen?: boolean | undefined;
}

/** Options of {@link lcs} that ask for the length only. */
export interface LcsLenOptions {
  readonly len: true;
  readonly idx?: false | undefined;
  readonly minmatchlen?: undefined;
  readonly withmatchlen?: undefined;
}

/** One run that both values share: positions of its first and last byte in each. */
export interface LcsMatch {
  readonly first: readonly [start: number, end: number];
  readonly second: readonly [start: number, end: number];
  /** Length in bytes, when `withmatchlen` was given. */
  readonly length?: number;
}

/** What {@link lcs} resolves to with `idx`: matches from the end to the beginning, and the length of the whole. */
export interface LcsMatches {
  readonly matches: LcsMatch[];
  readonly len: number;
}

const LCS_OPTIONS = new Set(['idx', 'len', 'minmatchlen', 'withmatchlen']);

function lcsMatch(raw: unknown): LcsMatch {
  const [one, other, length] = parts(raw, 2);
  const [first, second] = [run(one), run(other)];
  return length === undefined ? { first, second } : { first, second, length: whole(length) };
}

function run(raw: unknown): [number, number] {
  const [start, end] = parts(raw, 2);
  return [whole(start), whole(end)];
}

function lcsMatches(raw: unknown): LcsMatches {
  return structure(raw, { matches: (matches) => list(matches).map(lcsMatch) });
}

/**
 * The longest sequence of bytes, in order but not necessarily adjacent, that two values share.
 *
 * Resolves to that sequence; with `{ len: true }` to its length; with `{ idx: true }` to the positions of its runs.
 *
 * @throws ReplyError when one of the keys does not hold a string
 * @since 7.0.0
 * @see https://redis.io/commands/lcs/
 */
export function lcs<V = string>(key1: Data, key2: Data): Command<V, V>;
export function lcs<V = string>(key1: Data, key2: Data, options: LcsLenOptions): Command<number, V>;
export function lcs<V = string>(key1: Data, key2: Data, options: LcsIdxOptions): Command<LcsMatches, V>;
export function lcs<V = string>(
  key1: Data,
  key2: Data,
  options?: LcsLenOptions | LcsIdxOptions,
): Command<V | number | LcsMatches, V>;
export function lcs<V = string>(
  key1: Data,
  key2: Data,
  options?: LcsLenOptions | LcsIdxOptions,
): Command<V | number | LcsMatches, V> {
  const args = [toArg(key1, 'key1'), toArg(key2, 'key2')];
  if (options === undefined) return new Command<V | number | LcsMatches, V>(LCS, args, data<V>);
  checkOptions(options, LCS_OPTIONS);
  chosen(options, ['idx', 'len']);
  addSwitch(args, 'LEN', options.len, 'len');
  const idx = addSwitch(args, 'IDX', options.idx, 'idx');
  if (!idx && (options.minmatchlen !== undefined || options.withmatchlen !== undefined)) {
    throw new ArgumentError('options.minmatchlen and options.withmatchlen: only together with idx');
  }
  addInteger(args, 'MINMATCHLEN', options.minmatchlen, 'minmatchlen', 0);
  addSwitch(args, 'WITHMATCHLEN', options.withmatchlen, 'withmatchlen');
  return new Command<V | number | LcsMatches, V>(LCS, args, idx ? lcsMatches : options.len === true ? whole : data<V>);
}
