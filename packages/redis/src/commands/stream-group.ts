/** Consumer groups: making them, and reading as one of several consumers that share the entries of a stream. */
import { type Arg, Command, type Data, type EntriesOf, Flag, Keys, read, toArg, write } from '@kv/core';
import { streams as streamKeys } from '../protocol/key-specs.ts';
import { addInteger, addSwitch, checkOptions, type Int } from './support/arguments.ts';
import { blockMilliseconds } from './support/blocking-timeout.ts';
import { boolean, ok, texts, whole } from './support/replies.ts';
import {
  addStreams,
  type HistoryEntry,
  type StreamEntry,
  type StreamId,
  type StreamPositions,
  streamHistory,
  streamId,
} from './support/streams.ts';

const XGROUP_CREATE = write('XGROUP CREATE');
const XGROUP_CREATECONSUMER = write('XGROUP CREATECONSUMER');
const XGROUP_DELCONSUMER = write('XGROUP DELCONSUMER');
const XGROUP_DESTROY = write('XGROUP DESTROY');
const XGROUP_HELP = read('XGROUP HELP', Keys.none);
const XGROUP_SETID = write('XGROUP SETID');
const XREADGROUP = write('XREADGROUP', streamKeys);

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
  const given = options === undefined ? {} : options;
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
