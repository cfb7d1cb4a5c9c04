/** Streams: append-only logs of entries with fields. Consumer groups and inspection have files of their own. */
import {
  type Arg,
  Command,
  type Data,
  type Entries,
  type EntriesOf,
  Flag,
  idempotent,
  read,
  toArg,
  write,
} from '@kv/core';
import { streams as streamKeys } from '../protocol/key-specs.ts';
import { addEntryArgs, addInteger, addSwitch, checkOptions, chosenOne, type Int } from './support/arguments.ts';
import { blockMilliseconds } from './support/blocking-timeout.ts';
import { ok, textOrNull, whole } from './support/replies.ts';
import {
  addStreamIds,
  addStreams,
  addTrim,
  entries,
  type MaybeTrim,
  type StreamEntry,
  type StreamId,
  type StreamIds,
  type StreamPositions,
  streamEntries,
  streamId,
  TRIM_NAMES,
  type Trim,
} from './support/streams.ts';

const XADD = write('XADD');
const XDEL = idempotent('XDEL');
const XLEN = read('XLEN');
const XRANGE = read('XRANGE');
const XREAD = read('XREAD', streamKeys);
const XREVRANGE = read('XREVRANGE');
const XSETID = write('XSETID');
const XTRIM = write('XTRIM');

/** Options of {@link xadd}. */
export type XaddOptions = MaybeTrim & {
  /** Do not make the stream when it is missing. Since 6.2. */
  readonly nomkstream?: boolean | undefined;
};

/** {@link XaddOptions} with which there is always an id. */
export type XaddMakingOptions = MaybeTrim & { readonly nomkstream?: false | undefined };

const XADD_OPTIONS = new Set([...TRIM_NAMES, 'nomkstream']);
const TRIM_OPTIONS = new Set(TRIM_NAMES);

/**
 * Appends an entry. A missing stream is made, unless `nomkstream` is given. `maxlen` or `minid` trims the stream in the
 * same step.
 *
 * Fields are an object, a `Map` or pairs; an object puts names that look like whole numbers first, the others keep
 * their order.
 *
 * @param id `'*'` = the server makes it; `'<ms>-*'` = it makes the second half (since 7.0); or a whole id above the last
 * @returns the id, or `null` with `nomkstream` when there is no stream
 * @example await redis.xadd('log', '*', { level: 'info', text: 'hi' }, { maxlen: 1000, approximate: true })
 * @throws ArgumentError when there is no field, or two options exclude each other
 * @throws ReplyError when the id is not above the last one; `WRONGTYPE` when the key does not hold a stream
 * @since 5.0.0
 * @see https://redis.io/commands/xadd/
 */
export function xadd<V = string, E extends EntriesOf<E> = Entries>(
  key: Data,
  id: StreamId,
  fields: E,
  options?: XaddMakingOptions,
): Command<string, V>;
export function xadd<V = string, E extends EntriesOf<E> = Entries>(
  key: Data,
  id: StreamId,
  fields: E,
  options?: XaddOptions,
): Command<string | null, V>;
export function xadd<V = string, E extends EntriesOf<E> = Entries>(
  key: Data,
  id: StreamId,
  fields: E,
  options?: XaddOptions,
): Command<string | null, V> {
  const args = [toArg(key, 'key')];
  if (options !== undefined) {
    checkOptions(options, XADD_OPTIONS);
    addSwitch(args, 'NOMKSTREAM', options.nomkstream, 'nomkstream');
    addTrim(args, options);
  }
  args.push(streamId(id, 'id'));
  addEntryArgs(args, [fields], 'fields');
  return new Command<string | null, V>(XADD, args, textOrNull);
}

/**
 * Deletes entries.
 *
 * @returns how many there were
 * @throws ArgumentError when there is no id
 * @throws ReplyError when an id is not valid; `WRONGTYPE` when the key does not hold a stream
 * @since 5.0.0
 * @see https://redis.io/commands/xdel/
 */
export function xdel<V = string>(key: Data, ...ids: StreamIds[]): Command<number, V> {
  const args = [toArg(key, 'key')];
  addStreamIds(args, ids);
  return new Command<number, V>(XDEL, args, whole);
}

/**
 * The number of entries, 0 when the stream is missing.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a stream
 * @since 5.0.0
 * @see https://redis.io/commands/xlen/
 */
export function xlen<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(XLEN, [toArg(key, 'key')], whole);
}

/** Options of {@link xrange} and {@link xrevrange}. */
export interface XrangeOptions {
  /** How many to give at most. */
  readonly count?: Int | undefined;
}

const COUNT_OPTION = new Set(['count']);

function rangeArgs(key: Data, ends: readonly [Arg, Arg], options: XrangeOptions): Arg[] {
  checkOptions(options, COUNT_OPTION);
  const args = [toArg(key, 'key'), ...ends];
  addInteger(args, 'COUNT', options.count, 'count', 0);
  return args;
}

/**
 * The entries between two ids, oldest first.
 *
 * @param start included; `'-'` = the first there is; `'(<id>'` = not included (since 6.2)
 * @param end included; `'+'` = the last there is; `'(<id>'` = not included (since 6.2)
 * @example const first = await redis.xrange('log', '-', '+', { count: 10 })
 * @throws ReplyError when an id is not valid; `WRONGTYPE` when the key does not hold a stream
 * @since 5.0.0
 * @see https://redis.io/commands/xrange/
 */
export function xrange<V = string>(
  key: Data,
  start: StreamId,
  end: StreamId,
  options: XrangeOptions = {},
): Command<StreamEntry<V>[], V> {
  const args = rangeArgs(key, [streamId(start, 'start'), streamId(end, 'end')], options);
  return new Command<StreamEntry<V>[], V>(XRANGE, args, entries<V>);
}

/** Options of {@link xread}. */
export interface XreadOptions {
  /** How many to give at most, per stream. */
  readonly count?: Int | undefined;
  /**
   * Milliseconds to wait for an entry when there is none; 0 = until the client is closed or the call aborted. Such a
   * call needs a connection of its own; in a pipeline or transaction it is refused.
   */
  readonly block?: number | undefined;
}

const XREAD_OPTIONS = new Set(['count', 'block']);

/**
 * The entries behind an id, of one or several streams; with `block` it waits until there is one.
 *
 * Give the id of the last entry you have; `'0'` = from the beginning; `'$'` = only those added while waiting; `'+'` = the
 * last one there is (since 7.4).
 *
 * @returns the entries by stream, without the streams that have none; `null` when all have none, or the time is over
 * @example
 * const found = await redis.xread({ log: '0', audit: '$' }, { count: 100, block: 5000 })
 * for (const { id, fields } of found?.log ?? []) console.log(id, fields)
 * @throws ArgumentError when there is no stream
 * @throws ReplyError when an id is not valid; `WRONGTYPE` when a key does not hold a stream
 * @since 5.0.0
 * @see https://redis.io/commands/xread/
 */
export function xread<V = string, E extends EntriesOf<E, StreamId> = StreamPositions>(
  streams: E,
  options: XreadOptions = {},
): Command<Record<string, StreamEntry<V>[]> | null, V> {
  checkOptions(options, XREAD_OPTIONS);
  const args: Arg[] = [];
  addInteger(args, 'COUNT', options.count, 'count', 0);
  const { block } = options;
  const wait = block === undefined ? undefined : blockMilliseconds(block, 'options.block');
  if (wait !== undefined) args.push('BLOCK', wait.arg);
  addStreams(args, streams);
  const flags = wait === undefined ? XREAD.flags : XREAD.flags | Flag.blocking;
  return new Command<Record<string, StreamEntry<V>[]> | null, V>(XREAD, args, streamEntries<V>, flags, wait?.blockMs);
}

/**
 * The entries between two ids, newest first. The higher id comes first.
 *
 * @param end included; `'+'` = the last there is; `'(<id>'` = not included (since 6.2)
 * @param start included; `'-'` = the first there is; `'(<id>'` = not included (since 6.2)
 * @example const [last] = await redis.xrevrange('log', '+', '-', { count: 1 })
 * @throws ReplyError when an id is not valid; `WRONGTYPE` when the key does not hold a stream
 * @since 5.0.0
 * @see https://redis.io/commands/xrevrange/
 */
export function xrevrange<V = string>(
  key: Data,
  end: StreamId,
  start: StreamId,
  options: XrangeOptions = {},
): Command<StreamEntry<V>[], V> {
  const args = rangeArgs(key, [streamId(end, 'end'), streamId(start, 'start')], options);
  return new Command<StreamEntry<V>[], V>(XREVRANGE, args, entries<V>);
}

/** Options of {@link xsetid}, which restores a stream's counters. Since 7.0. */
export interface XsetidOptions {
  /** How many entries were ever added. */
  readonly entriesadded?: Int | undefined;
  /** The highest id that was ever deleted. */
  readonly maxdeletedid?: StreamId | undefined;
}

const XSETID_OPTIONS = new Set(['entriesadded', 'maxdeletedid']);

/**
 * Sets the last id of a stream, above which the next one will be. Made for replication and repair.
 *
 * @throws ReplyError when the stream is missing, or has higher ids
 * @since 5.0.0
 * @see https://redis.io/commands/xsetid/
 */
export function xsetid<V = string>(key: Data, lastId: StreamId, options: XsetidOptions = {}): Command<'OK', V> {
  checkOptions(options, XSETID_OPTIONS);
  const args = [toArg(key, 'key'), streamId(lastId, 'lastId')];
  addInteger(args, 'ENTRIESADDED', options.entriesadded, 'entriesadded', 0);
  if (options.maxdeletedid !== undefined) {
    args.push('MAXDELETEDID', streamId(options.maxdeletedid, 'options.maxdeletedid'));
  }
  return new Command<'OK', V>(XSETID, args, ok);
}

/**
 * Removes the oldest entries.
 *
 * @returns how many were removed
 * @example await redis.xtrim('log', { maxlen: 1000, approximate: true })
 * @throws ArgumentError when neither or both of `maxlen` and `minid` are given, or `limit` without `approximate`
 * @throws ReplyError `WRONGTYPE` when the key does not hold a stream
 * @since 5.0.0
 * @see https://redis.io/commands/xtrim/
 */
export function xtrim<V = string>(key: Data, options: Trim): Command<number, V> {
  checkOptions(options, TRIM_OPTIONS);
  chosenOne(options, ['maxlen', 'minid']);
  const args = [toArg(key, 'key')];
  addTrim(args, options);
  return new Command<number, V>(XTRIM, args, whole);
}
