/** Consumer groups: several consumers share the entries of a stream, and acknowledge each. */
import {
  type Arg,
  Command,
  type Data,
  type EntriesOf,
  Flag,
  idempotent,
  integer,
  Keys,
  read,
  toArg,
  write,
} from '@kv/core';
import { streams as streamKeys } from '../protocol/key-specs.ts';
import { type AtMostOne, addInteger, addSwitch, checkOptions, chosen, type Int } from './support/arguments.ts';
import { blockMilliseconds } from './support/blocking-timeout.ts';
import { boolean, integerOf, list, ok, pairs, parts, text, textOrNull, texts, whole } from './support/replies.ts';
import {
  addStreamIds,
  addStreams,
  entries,
  type HistoryEntry,
  type StreamEntry,
  type StreamId,
  type StreamIds,
  type StreamPositions,
  streamHistory,
  streamId,
} from './support/streams.ts';

const XACK = idempotent('XACK');
const XAUTOCLAIM = write('XAUTOCLAIM');
const XCLAIM = write('XCLAIM');
const XGROUP_CREATE = write('XGROUP CREATE');
const XGROUP_CREATECONSUMER = write('XGROUP CREATECONSUMER');
const XGROUP_DELCONSUMER = write('XGROUP DELCONSUMER');
const XGROUP_DESTROY = write('XGROUP DESTROY');
const XGROUP_HELP = read('XGROUP HELP', Keys.none);
const XGROUP_SETID = write('XGROUP SETID');
const XPENDING = read('XPENDING');
const XREADGROUP = write('XREADGROUP', streamKeys);

/**
 * Acknowledges entries: they are done, and no longer pending for the group.
 *
 * @returns how many were pending
 * @throws ArgumentError when there is no id
 * @throws ReplyError when an id is not valid; `WRONGTYPE` when the key does not hold a stream
 * @since 5.0.0
 * @see https://redis.io/commands/xack/
 */
export function xack<V = string>(key: Data, group: Data, ...ids: StreamIds[]): Command<number, V> {
  const args = [toArg(key, 'key'), toArg(group, 'group')];
  addStreamIds(args, ids);
  return new Command<number, V>(XACK, args, whole);
}

/** Options of {@link xautoclaim}. */
export interface XautoclaimOptions {
  /**
   * How many to claim at most.
   *
   * @default 100
   */
  readonly count?: Int | undefined;
  /** Give only the ids, and do not count it as a delivery. */
  readonly justid?: boolean | undefined;
}

/** {@link XautoclaimOptions} without `justid`. */
export type XautoclaimPlain = XautoclaimOptions & { readonly justid?: false | undefined };

/** {@link XautoclaimOptions} with `justid`. */
export type XautoclaimJustid = XautoclaimOptions & { readonly justid: true };

/** What {@link xautoclaim} resolves to. */
export interface Autoclaimed<V> {
  /** Where to go on; `'0-0'` when all was seen. */
  readonly cursor: string;
  readonly entries: StreamEntry<V>[];
  /** Ids of entries that are not in the stream any more; they are no longer pending now. Since 7.0. */
  readonly deleted: string[];
}

/** What {@link xautoclaim} resolves to with `justid`. */
export interface AutoclaimedIds {
  /** Where to go on; `'0-0'` when all was seen. */
  readonly cursor: string;
  readonly ids: string[];
  /** Ids of entries that are not in the stream any more; they are no longer pending now. Since 7.0. */
  readonly deleted: string[];
}

const XAUTOCLAIM_OPTIONS = new Set(['count', 'justid']);

function autoclaimed<V>(raw: unknown): Autoclaimed<V> {
  const [cursor, items, deleted = []] = parts(raw, 2);
  return { cursor: text(cursor), entries: entries<V>(items), deleted: texts(deleted) };
}

function autoclaimedIds(raw: unknown): AutoclaimedIds {
  const [cursor, ids, deleted = []] = parts(raw, 2);
  return { cursor: text(cursor), ids: texts(ids), deleted: texts(deleted) };
}

/**
 * Takes over entries that have been pending for a while, of any consumer, page by page.
 *
 * @param minIdle milliseconds since the last delivery, at least
 * @param start where to begin; `'0'`, then the cursor of the result before
 * @example const { entries, cursor } = await redis.xautoclaim('log', 'workers', 'w1', 60_000, '0')
 * @throws ReplyError `NOGROUP` when there is no such group
 * @since 6.2.0
 * @see https://redis.io/commands/xautoclaim/
 */
export function xautoclaim<V = string>(
  key: Data,
  group: Data,
  consumer: Data,
  minIdle: Int,
  start: StreamId,
  options?: XautoclaimPlain,
): Command<Autoclaimed<V>, V>;
export function xautoclaim<V = string>(
  key: Data,
  group: Data,
  consumer: Data,
  minIdle: Int,
  start: StreamId,
  options: XautoclaimJustid,
): Command<AutoclaimedIds, V>;
export function xautoclaim<V = string>(
  key: Data,
  group: Data,
  consumer: Data,
  minIdle: Int,
  start: StreamId,
  options?: XautoclaimOptions,
): Command<Autoclaimed<V> | AutoclaimedIds, V>;
export function xautoclaim<V = string>(
  key: Data,
  group: Data,
  consumer: Data,
  minIdle: Int,
  start: StreamId,
  options?: XautoclaimOptions,
): Command<Autoclaimed<V> | AutoclaimedIds, V> {
  const given = options ?? {};
  checkOptions(given, XAUTOCLAIM_OPTIONS);
  const args = [toArg(key, 'key'), toArg(group, 'group'), toArg(consumer, 'consumer'), integer(minIdle, 'minIdle', 0)];
  args.push(streamId(start, 'start'));
  addInteger(args, 'COUNT', given.count, 'count', 1);
  const justid = addSwitch(args, 'JUSTID', given.justid, 'justid');
  return new Command<Autoclaimed<V> | AutoclaimedIds, V>(XAUTOCLAIM, args, justid ? autoclaimedIds : autoclaimed<V>);
}

/** Options of {@link xclaim}. */
export type XclaimOptions = AtMostOne<{
  /** The time since the last delivery becomes so many milliseconds (default 0). */
  idle: Int;
  /** The time of the last delivery becomes this unix time, in milliseconds. */
  time: Int;
}> & {
  /** The number of deliveries becomes this. */
  readonly retrycount?: Int | undefined;
  /** Also entries that are not pending for anybody. */
  readonly force?: boolean | undefined;
  /** Give only the ids, and do not count it as a delivery. */
  readonly justid?: boolean | undefined;
  /** The last delivered id of the group becomes at least this. */
  readonly lastid?: StreamId | undefined;
};

/** {@link XclaimOptions} without `justid`. */
export type XclaimPlain = XclaimOptions & { readonly justid?: false | undefined };

/** {@link XclaimOptions} with `justid`. */
export type XclaimJustid = XclaimOptions & { readonly justid: true };

const XCLAIM_OPTIONS = new Set(['idle', 'time', 'retrycount', 'force', 'justid', 'lastid']);

/** Appends the options; returns whether only ids are wanted. */
function addClaim(args: Arg[], options: XclaimOptions): boolean {
  checkOptions(options, XCLAIM_OPTIONS);
  chosen(options, ['idle', 'time']);
  addInteger(args, 'IDLE', options.idle, 'idle', 0);
  addInteger(args, 'TIME', options.time, 'time', 0);
  addInteger(args, 'RETRYCOUNT', options.retrycount, 'retrycount', 0);
  addSwitch(args, 'FORCE', options.force, 'force');
  const justid = addSwitch(args, 'JUSTID', options.justid, 'justid');
  if (options.lastid !== undefined) args.push('LASTID', streamId(options.lastid, 'options.lastid'));
  return justid;
}

/**
 * Takes over pending entries of other consumers of the group.
 *
 * @param minIdle milliseconds since the last delivery, at least; others stay where they are
 * @returns the entries that changed hands and are still in the stream; with `justid` their ids
 * @throws ArgumentError when there is no id, or two options exclude each other
 * @throws ReplyError `NOGROUP` when there is no such group
 * @since 5.0.0
 * @see https://redis.io/commands/xclaim/
 */
export function xclaim<V = string>(
  key: Data,
  group: Data,
  consumer: Data,
  minIdle: Int,
  ids: StreamIds,
  options?: XclaimPlain,
): Command<StreamEntry<V>[], V>;
export function xclaim<V = string>(
  key: Data,
  group: Data,
  consumer: Data,
  minIdle: Int,
  ids: StreamIds,
  options: XclaimJustid,
): Command<string[], V>;
export function xclaim<V = string>(
  key: Data,
  group: Data,
  consumer: Data,
  minIdle: Int,
  ids: StreamIds,
  options?: XclaimOptions,
): Command<StreamEntry<V>[] | string[], V>;
export function xclaim<V = string>(
  key: Data,
  group: Data,
  consumer: Data,
  minIdle: Int,
  ids: StreamIds,
  options?: XclaimOptions,
): Command<StreamEntry<V>[] | string[], V> {
  const args = [toArg(key, 'key'), toArg(group, 'group'), toArg(consumer, 'consumer'), integer(minIdle, 'minIdle', 0)];
  addStreamIds(args, [ids]);
  const justid = addClaim(args, options ?? {});
  return new Command<StreamEntry<V>[] | string[], V>(XCLAIM, args, justid ? texts : entries<V>);
}

/** Options of {@link xgroupSetid}. */
export interface XgroupSetidOptions {
  /** How many entries the group counts as read, for its lag. Since 7.0. */
  readonly entriesread?: Int | undefined;
}

/** Options of {@link xgroupCreate}. */
export interface XgroupCreateOptions extends XgroupSetidOptions {
  /** Make an empty stream when it is missing. */
  readonly mkstream?: boolean | undefined;
}

const XGROUP_CREATE_OPTIONS = new Set(['mkstream', 'entriesread']);
const XGROUP_SETID_OPTIONS = new Set(['entriesread']);

/**
 * Makes a consumer group.
 *
 * @param id the group gets what comes behind it: `'$'` = only new entries, `'0'` = all
 * @example await redis.xgroupCreate('log', 'workers', '$', { mkstream: true })
 * @throws ReplyError `BUSYGROUP` when the group exists; when the stream is missing
 * @since 5.0.0
 * @see https://redis.io/commands/xgroup-create/
 */
export function xgroupCreate<V = string>(
  key: Data,
  group: Data,
  id: StreamId,
  options: XgroupCreateOptions = {},
): Command<'OK', V> {
  checkOptions(options, XGROUP_CREATE_OPTIONS);
  const args = [toArg(key, 'key'), toArg(group, 'group'), streamId(id, 'id')];
  addSwitch(args, 'MKSTREAM', options.mkstream, 'mkstream');
  addInteger(args, 'ENTRIESREAD', options.entriesread, 'entriesread', -1);
  return new Command<'OK', V>(XGROUP_CREATE, args, ok);
}

/**
 * Makes a consumer; reading makes it too.
 *
 * @returns whether it is new
 * @throws ReplyError `NOGROUP` when there is no such group
 * @since 6.2.0
 * @see https://redis.io/commands/xgroup-createconsumer/
 */
export function xgroupCreateconsumer<V = string>(key: Data, group: Data, consumer: Data): Command<boolean, V> {
  const args = [toArg(key, 'key'), toArg(group, 'group'), toArg(consumer, 'consumer')];
  return new Command<boolean, V>(XGROUP_CREATECONSUMER, args, boolean);
}

/**
 * Removes a consumer. What was pending for it is lost to the group: claim it before.
 *
 * @returns how many entries were pending for it
 * @throws ReplyError `NOGROUP` when there is no such group
 * @since 5.0.0
 * @see https://redis.io/commands/xgroup-delconsumer/
 */
export function xgroupDelconsumer<V = string>(key: Data, group: Data, consumer: Data): Command<number, V> {
  const args = [toArg(key, 'key'), toArg(group, 'group'), toArg(consumer, 'consumer')];
  return new Command<number, V>(XGROUP_DELCONSUMER, args, whole);
}

/**
 * Removes a group with its consumers and what is pending.
 *
 * @returns whether there was one
 * @since 5.0.0
 * @see https://redis.io/commands/xgroup-destroy/
 */
export function xgroupDestroy<V = string>(key: Data, group: Data): Command<boolean, V> {
  return new Command<boolean, V>(XGROUP_DESTROY, [toArg(key, 'key'), toArg(group, 'group')], boolean);
}

/**
 * The server's own help text on XGROUP, line by line.
 *
 * @since 5.0.0
 * @see https://redis.io/commands/xgroup-help/
 */
export function xgroupHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(XGROUP_HELP, [], texts);
}

/**
 * Sets the id behind which a group reads.
 *
 * @param id `'$'` = only new entries, `'0'` = all
 * @throws ReplyError `NOGROUP` when there is no such group
 * @since 5.0.0
 * @see https://redis.io/commands/xgroup-setid/
 */
export function xgroupSetid<V = string>(
  key: Data,
  group: Data,
  id: StreamId,
  options: XgroupSetidOptions = {},
): Command<'OK', V> {
  checkOptions(options, XGROUP_SETID_OPTIONS);
  const args = [toArg(key, 'key'), toArg(group, 'group'), streamId(id, 'id')];
  addInteger(args, 'ENTRIESREAD', options.entriesread, 'entriesread', -1);
  return new Command<'OK', V>(XGROUP_SETID, args, ok);
}

/** Which pending entries {@link xpending} lists. */
export interface XpendingRange {
  /**
   * Included; `'-'` = the first there is; `'(<id>'` = not included.
   *
   * @default '-'
   */
  readonly start?: StreamId | undefined;
  /**
   * Included; `'+'` = the last there is; `'(<id>'` = not included.
   *
   * @default '+'
   */
  readonly end?: StreamId | undefined;
  /** How many at most. */
  readonly count: Int;
  /** Only what is pending for this consumer. */
  readonly consumer?: Data | undefined;
  /** Only what was delivered at least so many milliseconds ago. Since 6.2. */
  readonly idle?: Int | undefined;
}

/** What {@link xpending} resolves to without a range. */
export interface PendingSummary {
  readonly count: number;
  /** The lowest id, `null` when nothing is pending. */
  readonly min: string | null;
  /** The highest id, `null` when nothing is pending. */
  readonly max: string | null;
  /** How many are pending per consumer; those without any are left out. Without prototype. */
  readonly consumers: Record<string, number>;
}

/** One pending entry. */
export interface PendingEntry {
  readonly id: string;
  readonly consumer: string;
  /** Milliseconds since the last delivery. */
  readonly idle: number;
  /** How often it was delivered. */
  readonly deliveries: number;
}

const XPENDING_OPTIONS = new Set(['start', 'end', 'count', 'consumer', 'idle']);

function pendingSummary(raw: unknown): PendingSummary {
  const [count, min, max, perConsumer] = parts(raw, 4);
  const consumers = Object.create(null) as Record<string, number>;
  for (const [name, pending] of perConsumer === null ? [] : pairs(perConsumer))
    consumers[text(name)] = integerOf(pending);
  return { count: whole(count), min: textOrNull(min), max: textOrNull(max), consumers };
}

function pendingEntries(raw: unknown): PendingEntry[] {
  return list(raw).map((item) => {
    const [id, consumer, idle, deliveries] = parts(item, 4);
    return { id: text(id), consumer: text(consumer), idle: whole(idle), deliveries: whole(deliveries) };
  });
}

/**
 * What was delivered and not yet acknowledged: a summary, or with a range the entries.
 *
 * @example
 * const { count } = await redis.xpending('log', 'workers')
 * const old = await redis.xpending('log', 'workers', { count: 10, idle: 60_000 })
 * @throws ReplyError `NOGROUP` when there is no such group
 * @since 5.0.0
 * @see https://redis.io/commands/xpending/
 */
export function xpending<V = string>(key: Data, group: Data): Command<PendingSummary, V>;
export function xpending<V = string>(key: Data, group: Data, range: XpendingRange): Command<PendingEntry[], V>;
export function xpending<V = string>(
  key: Data,
  group: Data,
  range?: XpendingRange,
): Command<PendingSummary | PendingEntry[], V>;
export function xpending<V = string>(
  key: Data,
  group: Data,
  range?: XpendingRange,
): Command<PendingSummary | PendingEntry[], V> {
  const args = [toArg(key, 'key'), toArg(group, 'group')];
  if (range === undefined) return new Command<PendingSummary | PendingEntry[], V>(XPENDING, args, pendingSummary);
  checkOptions(range, XPENDING_OPTIONS);
  addInteger(args, 'IDLE', range.idle, 'idle', 0);
  args.push(streamId(range.start ?? '-', 'options.start'), streamId(range.end ?? '+', 'options.end'));
  args.push(integer(range.count, 'options.count', 0));
  if (range.consumer !== undefined) args.push(toArg(range.consumer, 'options.consumer'));
  return new Command<PendingSummary | PendingEntry[], V>(XPENDING, args, pendingEntries);
}

/** Options of {@link xreadgroup}. */
export interface XreadgroupOptions {
  /** How many to give at most, per stream. */
  readonly count?: Int | undefined;
  /**
   * Milliseconds to wait for an entry when there is none; 0 = until the client is closed or the call aborted. Such a
   * call needs a connection of its own; in a pipeline or transaction it is refused.
   */
  readonly block?: number | undefined;
  /** What is read counts as acknowledged. */
  readonly noack?: boolean | undefined;
}

const XREADGROUP_OPTIONS = new Set(['count', 'block', 'noack']);

/**
 * Reads as a consumer of a group, from one or several streams; with `block` it waits until there is an entry.
 *
 * The id `'>'` = entries that the group has not delivered to anybody; any other = what is pending for this consumer
 * behind that id, in which deleted entries have `null` as fields.
 *
 * @returns the entries by stream; `null` when there are none, or the time is over
 * @example const found = await redis.xreadgroup('workers', 'w1', { log: '>' }, { count: 10, block: 5000 })
 * @throws ArgumentError when there is no stream
 * @throws ReplyError `NOGROUP` when there is no such group or stream, also when it goes away while waiting
 * @since 5.0.0
 * @see https://redis.io/commands/xreadgroup/
 */
export function xreadgroup<V = string, E extends EntriesOf<E, '>'> = StreamPositions<'>'>>(
  group: Data,
  consumer: Data,
  streams: E,
  options?: XreadgroupOptions,
): Command<Record<string, StreamEntry<V>[]> | null, V>;
export function xreadgroup<V = string, E extends EntriesOf<E, StreamId> = StreamPositions>(
  group: Data,
  consumer: Data,
  streams: E,
  options?: XreadgroupOptions,
): Command<Record<string, HistoryEntry<V>[]> | null, V>;
export function xreadgroup<V = string, E extends EntriesOf<E, StreamId> = StreamPositions>(
  group: Data,
  consumer: Data,
  streams: E,
  options?: XreadgroupOptions,
): Command<Record<string, HistoryEntry<V>[]> | null, V> {
  const given = options ?? {};
  checkOptions(given, XREADGROUP_OPTIONS);
  const args: Arg[] = ['GROUP', toArg(group, 'group'), toArg(consumer, 'consumer')];
  addInteger(args, 'COUNT', given.count, 'count', 0);
  const wait = given.block === undefined ? undefined : blockMilliseconds(given.block, 'options.block');
  if (wait !== undefined) args.push('BLOCK', wait.arg);
  addSwitch(args, 'NOACK', given.noack, 'noack');
  addStreams(args, streams);
  const flags = wait === undefined ? XREADGROUP.flags : XREADGROUP.flags | Flag.blocking;
  return new Command<Record<string, HistoryEntry<V>[]> | null, V>(
    XREADGROUP,
    args,
    streamHistory<V>,
    flags,
    wait?.blockMs,
  );
}
