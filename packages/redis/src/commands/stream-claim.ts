/** Consumer groups: taking over entries that are pending for another consumer. */
import { type Arg, Command, type Data, integer, toArg, write } from '@kv/core';
import { type AtMostOne, addInteger, addSwitch, checkOptions, chosen, type Int } from './support/arguments.ts';
import { parts, text, texts } from './support/replies.ts';
import { addStreamIds, entries, type StreamEntry, type StreamId, type StreamIds, streamId } from './support/streams.ts';

const XAUTOCLAIM = write('XAUTOCLAIM');
const XCLAIM = write('XCLAIM');

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
  const given = options === undefined ? {} : options;
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
  const justid = addClaim(args, options === undefined ? {} : options);
  return new Command<StreamEntry<V>[] | string[], V>(XCLAIM, args, justid ? texts : entries<V>);
}
