/** Hashes: reading fields page by page, or at random. */
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
import { cursorOf, itemsOf, pairs, text, textOrNull, texts } from './support/replies.ts';

const HRANDFIELD = read('HRANDFIELD');
const HSCAN = read('HSCAN');

/** One field with its value. */
export interface HashEntry<V> {
  readonly field: string;
  readonly value: V;
}

function hashEntries<V>(raw: unknown): HashEntry<V>[] {
  return pairs(raw).map(([field, value]) => ({ field: text(field), value: value as V }));
}

/** What {@link hrandfield} resolves to, by its arguments. */
export type RandomFields<V> = string | null | string[] | HashEntry<V>[];

const WITHVALUES = new Set(['withvalues']);

function randomFields<V>(
  key: Data,
  count: Int,
  options: { readonly withvalues?: boolean | undefined },
): Command<RandomFields<V>, V> {
  checkOptions(options, WITHVALUES);
  const args = [toArg(key, 'key'), integer(count, 'count')];
  const values = addSwitch(args, 'WITHVALUES', options.withvalues, 'withvalues');
  return new Command<RandomFields<V>, V>(HRANDFIELD, args, values ? hashEntries<V> : texts);
}

/**
 * Random fields. Without `count` one name, or `null`; with `count` so many different ones (fewer when the hash is
 * smaller); with a negative `count` exactly so many, with repetitions. `withvalues` gives `{ field, value }`.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 6.2.0
 * @see https://redis.io/commands/hrandfield/
 */
export function hrandfield<V = string>(key: Data): Command<string | null, V>;
export function hrandfield<V = string>(
  key: Data,
  count: Int,
  options?: { readonly withvalues?: false | undefined },
): Command<string[], V>;
export function hrandfield<V = string>(
  key: Data,
  count: Int,
  options: { readonly withvalues: true },
): Command<HashEntry<V>[], V>;
export function hrandfield<V = string>(
  key: Data,
  count?: Int,
  options?: { readonly withvalues?: boolean | undefined },
): Command<RandomFields<V>, V>;
export function hrandfield<V = string>(
  key: Data,
  count?: Int,
  options?: { readonly withvalues?: boolean | undefined },
): Command<RandomFields<V>, V> {
  if (count !== undefined) return randomFields(key, count, options === undefined ? {} : options);
  if (options !== undefined) throw new ArgumentError('options: only together with count');
  return new Command<RandomFields<V>, V>(HRANDFIELD, [toArg(key, 'key')], textOrNull);
}

/** Options of {@link hscan}. */
export interface HscanOptions extends ScanOptions {
  /** Names only. Not on 7.0. */
  readonly novalues?: boolean | undefined;
}

/** One page of {@link hscan}. */
export interface HashPage<V> {
  /** Give it to the next call; `'0'` when all was seen. */
  readonly cursor: string;
  readonly entries: HashEntry<V>[];
}

/** One page of {@link hscan} with `novalues`. */
export interface FieldPage {
  /** Give it to the next call; `'0'` when all was seen. */
  readonly cursor: string;
  readonly fields: string[];
}

const HSCAN_OPTIONS = new Set(['match', 'count', 'novalues']);

function hashPage<V>(raw: unknown): HashPage<V> {
  return { cursor: cursorOf(raw), entries: hashEntries(itemsOf(raw)) };
}

function fieldPage(raw: unknown): FieldPage {
  return { cursor: cursorOf(raw), fields: texts(itemsOf(raw)) };
}

/**
 * One page of the fields of a hash, for hashes too large for {@link hgetall}. Begin with cursor 0 and go on with the
 * cursor of the page until it is `'0'`. A field that is there all the time comes at least once; some may come twice.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 2.8.0
 * @see https://redis.io/commands/hscan/
 */
export function hscan<V = string>(
  key: Data,
  cursor: Cursor,
  options: HscanOptions & { readonly novalues: true },
): Command<FieldPage, V>;
export function hscan<V = string>(
  key: Data,
  cursor: Cursor,
  options?: ScanOptions & { readonly novalues?: false | undefined },
): Command<HashPage<V>, V>;
export function hscan<V = string>(
  key: Data,
  cursor: Cursor,
  options?: HscanOptions,
): Command<HashPage<V> | FieldPage, V>;
export function hscan<V = string>(
  key: Data,
  cursor: Cursor,
  options: HscanOptions = {},
): Command<HashPage<V> | FieldPage, V> {
  checkOptions(options, HSCAN_OPTIONS);
  const args = [toArg(key, 'key'), cursorArg(cursor)];
  addScan(args, options);
  const names = addSwitch(args, 'NOVALUES', options.novalues, 'novalues');
  return new Command<HashPage<V> | FieldPage, V>(HSCAN, args, names ? fieldPage : hashPage<V>);
}
