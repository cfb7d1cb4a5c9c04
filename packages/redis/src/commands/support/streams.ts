/** Entries of streams: ids as arguments, trimming, and replies with entries. */
import {
  type Arg,
  ArgumentError,
  badArgument,
  checkNotMerged,
  type Data,
  type Entries,
  element,
  integer,
  toArg,
} from '@kv/core';
import { addInteger, chosen, type ExactlyOne, type Int } from './arguments.ts';
import { dataRecord, list, pairs, parts, text } from './replies.ts';

/**
 * The id of an entry, `<milliseconds>-<number>`; the milliseconds alone also do. Commands know special ids too: see
 * each of them.
 */
export type StreamId = string | Int;

/** Ids as one or a list. */
export type StreamIds = StreamId | readonly StreamId[];

/** Streams with the id to read from: an object, a `Map`, or any iterable of pairs (for keys that are bytes). */
export type StreamPositions<Id extends StreamId = StreamId> = Entries<Id>;

/** An entry of a stream. */
export interface StreamEntry<V> {
  readonly id: string;
  /** Without prototype. Of a field that was given twice, the last value. */
  readonly fields: Record<string, V>;
}

/** An entry that a consumer has received before; it may be deleted by now. */
export interface HistoryEntry<V> {
  readonly id: string;
  /** `null`: the entry was deleted. */
  readonly fields: Record<string, V> | null;
}

/** Checks an id. The server knows best which forms are valid, so only the type is checked. @throws ArgumentError */
export function streamId(value: StreamId, name: string): Arg {
  if (typeof value !== 'string') return integer(value, name, 0);
  if (value !== '') return toArg(value, name);
  throw badArgument(name, 'an id', value);
}

/** Appends one or several ids. @throws ArgumentError when there is none */
export function addStreamIds(args: Arg[], given: readonly StreamIds[], name = 'ids'): void {
  const ids = given.flat() as StreamId[];
  if (ids.length === 0) throw new ArgumentError(`${name}: expected at least one, got none`);
  for (const [i, id] of ids.entries()) args.push(element(streamId, id, name, i));
}

/** Appends `STREAMS key key … id id …`. @throws ArgumentError when there is no stream */
export function addStreams(args: Arg[], streams: unknown): void {
  if (typeof streams !== 'object' || streams === null) throw badArgument('streams', 'an object or pairs', streams);
  const positions: readonly unknown[] =
    Symbol.iterator in streams ? [...(streams as Iterable<unknown>)] : Object.entries(streams);
  if (positions.length === 0) throw new ArgumentError('streams: expected at least one, got none');
  const pairs = positions.map(streamPosition);
  args.push('STREAMS');
  for (const [key] of pairs) args.push(streamName(key));
  for (const [i, [, id]] of pairs.entries()) args.push(element(streamId, id, 'streams', i));
}

function streamPosition(given: unknown): readonly [Data, StreamId] {
  if (Array.isArray(given) && given.length === 2) return given as unknown as [Data, StreamId];
  throw badArgument('streams', 'pairs of name and id', given);
}

const strict = new TextDecoder('utf-8', { fatal: true });

/** The reply is an object by name: names that are no text would become one, and their entries vanish. */
function streamName(key: Data): Arg {
  const name = toArg(key, 'streams');
  if (typeof name === 'string') return name;
  try {
    strict.decode(name);
    return name;
  } catch (cause) {
    throw new ArgumentError('streams: expected names that are UTF-8; use execute() for others', { cause });
  }
}

/** Which entries a stream keeps: so many (`maxlen`) or those from an id on (`minid`, since 6.2). */
type Threshold = {
  maxlen: Int;
  minid: StreamId;
};

/** How exactly to trim. */
type Exactness =
  | {
      /** Keep a few more where that is cheaper: much faster. `false` = exactly (the default). */
      readonly approximate: true;
      /** Remove at most so many entries at once; 0 = no limit. Since 6.2. */
      readonly limit?: Int | undefined;
    }
  | { readonly approximate?: false | undefined; readonly limit?: undefined };

/** What to remove from a stream. */
export type Trim = ExactlyOne<Threshold> & Exactness;

/** {@link Trim}, or nothing of it. */
export type MaybeTrim =
  | Trim
  | {
      readonly maxlen?: undefined;
      readonly minid?: undefined;
      readonly approximate?: undefined;
      readonly limit?: undefined;
    };

/** All options of {@link Trim}, as a caller without types may give them. */
interface AnyTrim {
  readonly maxlen?: Int | false | undefined;
  readonly minid?: StreamId | false | undefined;
  readonly approximate?: boolean | undefined;
  readonly limit?: Int | undefined;
}

/** The names of the options of {@link Trim}. */
export const TRIM_NAMES: readonly string[] = ['maxlen', 'minid', 'approximate', 'limit'];

/** Appends `MAXLEN` or `MINID` when one is set. @throws ArgumentError when options exclude each other */
export function addTrim(args: Arg[], options: MaybeTrim): void {
  const kind = chosen(options, ['maxlen', 'minid']);
  const { maxlen, minid, approximate, limit } = options as AnyTrim;
  if (kind === undefined && (approximate === true || limit !== undefined)) {
    throw new ArgumentError('options.approximate and options.limit: only together with maxlen or minid');
  }
  if (kind === undefined) return;
  if (approximate !== true && limit !== undefined) throw new ArgumentError('options.limit: only with approximate');
  args.push(kind.toUpperCase());
  if (approximate !== undefined) args.push(approximate ? '~' : '=');
  args.push(
    kind === 'maxlen' ? integer(maxlen as Int, 'options.maxlen', 0) : streamId(minid as StreamId, 'options.minid'),
  );
  addInteger(args, 'LIMIT', limit, 'limit', 0);
}

/** `[id, [field, value, …]]`. */
export function entry<V>(raw: unknown): StreamEntry<V> {
  const [id, fields] = parts(raw, 2);
  return { id: text(id), fields: dataRecord<V>(fields) };
}

/** As {@link entry}, or `null`. */
export function entryOrNull<V>(raw: unknown): StreamEntry<V> | null {
  return raw === null ? null : entry<V>(raw);
}

/** A list of {@link entry}. The server says `null` when it was asked for 0 of them, and for claimed ones it lost (6.2). */
export function entries<V>(raw: unknown): StreamEntry<V>[] {
  return raw === null
    ? []
    : list(raw)
        .filter((item) => item !== null)
        .map(entry<V>);
}

function historyEntry<V>(raw: unknown): HistoryEntry<V> {
  const [id, fields] = parts(raw, 2);
  return { id: text(id), fields: fields === null ? null : dataRecord<V>(fields) };
}

function byStream<T>(raw: unknown, value: (raw: unknown) => T): Record<string, T> | null {
  if (raw === null) return null;
  const streams = Object.create(null) as Record<string, T>;
  for (const [key, items] of pairs(raw)) {
    const name = text(key);
    if (name in streams) checkNotMerged(name);
    streams[name] = value(items);
  }
  return streams;
}

/** Stream → entries, or `null` when there are none. */
export function streamEntries<V>(raw: unknown): Record<string, StreamEntry<V>[]> | null {
  return byStream(raw, entries<V>);
}

/** As {@link streamEntries}, with entries that may be deleted. */
export function streamHistory<V>(raw: unknown): Record<string, HistoryEntry<V>[]> | null {
  return byStream(raw, (items) => list(items).map(historyEntry<V>));
}
