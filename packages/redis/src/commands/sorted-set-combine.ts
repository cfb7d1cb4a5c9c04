/** Sorted sets combined: unions, intersections and differences. Plain sets may be sources too, with 1 as every score. */
import { type Arg, ArgumentError, Command, type Data, float, idempotent, read, toArg } from '@kv/core';
import { countedFirst, destinationAndCounted } from '../protocol/key-specs.ts';
import { addCounted, addInteger, addSwitch, checkOptions, type Int, keyword, type Many } from './support/arguments.ts';
import { storeFlags } from './support/repeatable.ts';
import { dataList, type Scored, scored, whole } from './support/replies.ts';
import type { Members, Score } from './support/sorted-sets.ts';

const ZDIFF = read('ZDIFF', countedFirst);
const ZDIFFSTORE = idempotent('ZDIFFSTORE', destinationAndCounted);
const ZINTER = read('ZINTER', countedFirst);
const ZINTERCARD = read('ZINTERCARD', countedFirst);
const ZINTERSTORE = idempotent('ZINTERSTORE', destinationAndCounted);
const ZUNION = read('ZUNION', countedFirst);
const ZUNIONSTORE = idempotent('ZUNIONSTORE', destinationAndCounted);

/** How scores of the same member become one. */
export type Aggregate = 'sum' | 'min' | 'max' | 'SUM' | 'MIN' | 'MAX';

const AGGREGATES = ['sum', 'min', 'max', 'SUM', 'MIN', 'MAX'] as const;

/** How scores are combined. */
export interface CombineOptions {
  /**
   * Factors for the scores, one per key.
   *
   * @default 1 each
   */
  readonly weights?: readonly Score[] | undefined;
  /** @default 'sum' */
  readonly aggregate?: Aggregate | undefined;
}

/** Options of {@link zdiff}. */
export interface ZdiffOptions {
  /** Give the scores too. */
  readonly withscores?: boolean | undefined;
}

/** Options of {@link zunion} and {@link zinter}. */
export interface ZcombineOptions extends CombineOptions, ZdiffOptions {}

/** {@link ZcombineOptions} without scores. */
export type ZcombinePlain = CombineOptions & { readonly withscores?: false | undefined };

/** {@link ZcombineOptions} with scores. */
export type ZcombineScored = CombineOptions & { readonly withscores: true };

const WITHSCORES_OPTION = new Set(['withscores']);
const STORE_OPTIONS = new Set(['weights', 'aggregate']);
const COMBINE_OPTIONS = new Set(['weights', 'aggregate', 'withscores']);
const LIMIT_OPTION = new Set(['limit']);

/** Appends `WEIGHTS` and `AGGREGATE`. */
function addCombine(args: Arg[], options: CombineOptions, keys: number): void {
  const { weights, aggregate } = options;
  if (weights !== undefined) {
    if (weights.length !== keys) {
      throw new ArgumentError(`options.weights: expected one per key (${keys}), got ${weights.length}`);
    }
    args.push('WEIGHTS', ...weights.map((weight) => float(weight, 'options.weights')));
  }
  if (aggregate !== undefined) args.push('AGGREGATE', keyword(aggregate, AGGREGATES, 'options.aggregate'));
}

/** The arguments of a union or intersection that is not stored. */
function combineArgs(keys: Many, options: ZcombineOptions): Arg[] {
  checkOptions(options, COMBINE_OPTIONS);
  const args: Arg[] = [];
  addCombine(args, options, addCounted(args, [keys], 'keys'));
  addSwitch(args, 'WITHSCORES', options.withscores, 'withscores');
  return args;
}

/** The arguments of a union or intersection that is stored, and how many keys there are. */
function storeArgs(destination: Data, keys: Many, options: CombineOptions): [args: Arg[], keys: number] {
  checkOptions(options, STORE_OPTIONS);
  const args = [toArg(destination, 'destination')];
  const count = addCounted(args, [keys], 'keys');
  addCombine(args, options, count);
  return [args, count];
}

/**
 * The members of the first sorted set that are in none of the others, with the scores they have there.
 *
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a sorted set
 * @since 6.2.0
 * @see https://redis.io/commands/zdiff/
 */
export function zdiff<V = string>(keys: Many, options?: { readonly withscores?: false | undefined }): Command<V[], V>;
export function zdiff<V = string>(keys: Many, options: { readonly withscores: true }): Command<Scored<V>[], V>;
export function zdiff<V = string>(keys: Many, options?: ZdiffOptions): Command<V[] | Scored<V>[], V>;
export function zdiff<V = string>(keys: Many, options?: ZdiffOptions): Command<V[] | Scored<V>[], V> {
  const given: ZdiffOptions = options === undefined ? {} : options;
  checkOptions(given, WITHSCORES_OPTION);
  const args: Arg[] = [];
  addCounted(args, [keys], 'keys');
  const withscores = addSwitch(args, 'WITHSCORES', given.withscores, 'withscores');
  return new Command<Members<V>, V>(ZDIFF, args, withscores ? scored<V> : dataList<V>);
}

/**
 * Stores in `destination` the members of the first sorted set that are in none of the others, in place of what was
 * there.
 *
 * @returns how many members the result has; with 0 the destination is deleted
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a source does not hold a sorted set
 * @since 6.2.0
 * @see https://redis.io/commands/zdiffstore/
 */
export function zdiffstore<V = string>(destination: Data, ...keys: Many[]): Command<number, V> {
  const to = toArg(destination, 'destination');
  const args = [to];
  addCounted(args, keys, 'keys');
  return new Command<number, V>(ZDIFFSTORE, args, whole, storeFlags(ZDIFFSTORE, to, args.slice(2)));
}

/**
 * The members that all sorted sets have, each with one score made from its scores.
 *
 * @returns members from the lowest score to the highest, with `withscores` together with their scores
 * @example await redis.zinter(['a', 'b'], { weights: [1, 2], aggregate: 'max', withscores: true })
 * @throws ArgumentError when there is no key, or not one weight per key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a sorted set
 * @since 6.2.0
 * @see https://redis.io/commands/zinter/
 */
export function zinter<V = string>(keys: Many, options?: ZcombinePlain): Command<V[], V>;
export function zinter<V = string>(keys: Many, options: ZcombineScored): Command<Scored<V>[], V>;
export function zinter<V = string>(keys: Many, options?: ZcombineOptions): Command<V[] | Scored<V>[], V>;
export function zinter<V = string>(keys: Many, options?: ZcombineOptions): Command<V[] | Scored<V>[], V> {
  const given: ZcombineOptions = options === undefined ? {} : options;
  const args = combineArgs(keys, given);
  return new Command<Members<V>, V>(ZINTER, args, given.withscores ? scored<V> : dataList<V>);
}

/** Options of {@link zintercard}. */
export interface ZintercardOptions {
  /**
   * Stop counting here; 0 = no limit.
   *
   * @default 0
   */
  readonly limit?: Int | undefined;
}

/**
 * How many members all sorted sets have in common.
 *
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a sorted set
 * @since 7.0.0
 * @see https://redis.io/commands/zintercard/
 */
export function zintercard<V = string>(keys: Many, options: ZintercardOptions = {}): Command<number, V> {
  checkOptions(options, LIMIT_OPTION);
  const args: Arg[] = [];
  addCounted(args, [keys], 'keys');
  addInteger(args, 'LIMIT', options.limit, 'limit', 0);
  return new Command<number, V>(ZINTERCARD, args, whole);
}

/**
 * Stores in `destination` the members that all sorted sets have, in place of what was there.
 *
 * @returns how many members the result has; with 0 the destination is deleted
 * @example await redis.zinterstore('both', ['a', 'b'], { weights: [1, 2] })
 * @throws ArgumentError when there is no key, or not one weight per key
 * @throws ReplyError `WRONGTYPE` when a source does not hold a sorted set
 * @since 2.0.0
 * @see https://redis.io/commands/zinterstore/
 */
export function zinterstore<V = string>(
  destination: Data,
  keys: Many,
  options: CombineOptions = {},
): Command<number, V> {
  const [args, count] = storeArgs(destination, keys, options);
  const flags = storeFlags(ZINTERSTORE, args[0] as Arg, args.slice(2, 2 + count));
  return new Command<number, V>(ZINTERSTORE, args, whole, flags);
}

/**
 * The members that at least one of the sorted sets has, each with one score made from its scores.
 *
 * @returns members from the lowest score to the highest, with `withscores` together with their scores
 * @example await redis.zunion(['a', 'b'], { withscores: true })
 * @throws ArgumentError when there is no key, or not one weight per key
 * @throws ReplyError `WRONGTYPE` when a key does not hold a sorted set
 * @since 6.2.0
 * @see https://redis.io/commands/zunion/
 */
export function zunion<V = string>(keys: Many, options?: ZcombinePlain): Command<V[], V>;
export function zunion<V = string>(keys: Many, options: ZcombineScored): Command<Scored<V>[], V>;
export function zunion<V = string>(keys: Many, options?: ZcombineOptions): Command<V[] | Scored<V>[], V>;
export function zunion<V = string>(keys: Many, options?: ZcombineOptions): Command<V[] | Scored<V>[], V> {
  const given: ZcombineOptions = options === undefined ? {} : options;
  const args = combineArgs(keys, given);
  return new Command<Members<V>, V>(ZUNION, args, given.withscores ? scored<V> : dataList<V>);
}

/**
 * Stores in `destination` the members that at least one of the sorted sets has, in place of what was there.
 *
 * @returns how many members the result has; with 0 the destination is deleted
 * @example await redis.zunionstore('all', ['a', 'b'], { aggregate: 'max' })
 * @throws ArgumentError when there is no key, or not one weight per key
 * @throws ReplyError `WRONGTYPE` when a source does not hold a sorted set
 * @since 2.0.0
 * @see https://redis.io/commands/zunionstore/
 */
export function zunionstore<V = string>(
  destination: Data,
  keys: Many,
  options: CombineOptions = {},
): Command<number, V> {
  const [args, count] = storeArgs(destination, keys, options);
  const flags = storeFlags(ZUNIONSTORE, args[0] as Arg, args.slice(2, 2 + count));
  return new Command<number, V>(ZUNIONSTORE, args, whole, flags);
}
