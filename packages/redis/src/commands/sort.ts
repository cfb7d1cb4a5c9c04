/** SORT: lists, sets and sorted sets in the order of something else. */
import { type Arg, Command, type Data, read, toArg, write } from '@kv/core';
import { sortKeys } from '../protocol/key-specs.ts';
import {
  type AtMostOne,
  addData,
  addLimit,
  addMany,
  addSwitch,
  checkOptions,
  chosen,
  isSet,
  type Limit,
  type Many,
} from './support/arguments.ts';
import { nullableDataList, whole } from './support/replies.ts';

const SORT = write('SORT', sortKeys);
const SORT_RO = read('SORT_RO');

/** Options of {@link sortRo} and {@link sort}. */
export type SortReadOptions = AtMostOne<{
  /** Smallest first (the default). */
  asc: boolean;
  /** Largest first. */
  desc: boolean;
}> & {
  /** Sort by other keys: a pattern whose `*` becomes the element; one without `*` means no sorting. */
  readonly by?: Data | undefined;
  readonly limit?: Limit | undefined;
  /** Answer with other keys instead of elements: patterns as in `by`, `#` for the element itself. */
  readonly get?: Many | undefined;
  /** Sort as text, not as numbers. */
  readonly alpha?: boolean | undefined;
};

/** Options of {@link sort}. */
export type SortOptions = SortReadOptions & {
  /** Store the result as a list under this key. */
  readonly store?: Data | undefined;
};

const READ_OPTIONS: ReadonlySet<string> = new Set(['asc', 'desc', 'by', 'limit', 'get', 'alpha']);
const SORT_OPTIONS: ReadonlySet<string> = new Set([...READ_OPTIONS, 'store']);

function addGets(args: Arg[], patterns: Many | undefined): void {
  if (patterns === undefined) return;
  const found: Arg[] = [];
  addMany(found, [patterns], 'options.get');
  for (const pattern of found) args.push('GET', pattern);
}

function sortArgs(key: Data, options: SortReadOptions, known: ReadonlySet<string>): Arg[] {
  checkOptions(options, known);
  chosen(options, ['asc', 'desc']);
  const args = [toArg(key, 'key')];
  addData(args, 'BY', options.by, 'by');
  addGets(args, options.get);
  addSwitch(args, 'ASC', options.asc, 'asc');
  addSwitch(args, 'DESC', options.desc, 'desc');
  addLimit(args, options.limit);
  addSwitch(args, 'ALPHA', options.alpha, 'alpha');
  return args;
}

/**
 * The elements of a list, set or sorted set in order, or what `get` finds for them (`null` where it finds nothing). With
 * `store` the result is stored and the number of its elements returned.
 *
 * @example const names = await redis.sort('ids', { by: 'user:*->age', get: 'user:*->name' })
 * @throws ReplyError when an element is not a number and `alpha` is not set; `WRONGTYPE` when the key holds something that has no elements
 * @since 1.0.0
 * @see https://redis.io/commands/sort/
 */
export function sort<V = string>(key: Data, options: SortOptions & { readonly store: Data }): Command<number, V>;
export function sort<V = string>(
  key: Data,
  options: SortReadOptions & { readonly get: Many; readonly store?: undefined },
): Command<(V | null)[], V>;
export function sort<V = string>(
  key: Data,
  options?: SortReadOptions & { readonly get?: undefined; readonly store?: undefined },
): Command<V[], V>;
export function sort<V = string>(key: Data, options?: SortOptions): Command<number | (V | null)[], V>;
export function sort<V = string>(key: Data, options: SortOptions = {}): Command<number | (V | null)[], V> {
  const args = sortArgs(key, options, SORT_OPTIONS);
  addData(args, 'STORE', options.store, 'store');
  return new Command<number | (V | null)[], V>(SORT, args, isSet(options?.store) ? whole : nullableDataList<V>);
}

/**
 * Like {@link sort} without `store`, so that replicas may answer.
 *
 * @throws ReplyError when an element is not a number and `alpha` is not set; `WRONGTYPE` when the key holds something that has no elements
 * @since 7.0.0
 * @see https://redis.io/commands/sort_ro/
 */
export function sortRo<V = string>(
  key: Data,
  options: SortReadOptions & { readonly get: Many },
): Command<(V | null)[], V>;
export function sortRo<V = string>(
  key: Data,
  options?: SortReadOptions & { readonly get?: undefined },
): Command<V[], V>;
export function sortRo<V = string>(key: Data, options?: SortReadOptions): Command<(V | null)[], V>;
export function sortRo<V = string>(key: Data, options: SortReadOptions = {}): Command<(V | null)[], V> {
  return new Command<(V | null)[], V>(SORT_RO, sortArgs(key, options, READ_OPTIONS), nullableDataList);
}
