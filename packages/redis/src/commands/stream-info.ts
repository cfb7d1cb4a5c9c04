/** What a server knows about a stream, its groups and their consumers. */
import { type Arg, ArgumentError, Command, type Data, Keys, read, toArg } from '@kv/core';
import { addInteger, addSwitch, checkOptions, type Int } from './support/arguments.ts';
import { list, parts, structure, structures, text, texts, whole } from './support/replies.ts';
import { entries, entryOrNull, type StreamEntry } from './support/streams.ts';

const XINFO_CONSUMERS = read('XINFO CONSUMERS');
const XINFO_GROUPS = read('XINFO GROUPS');
const XINFO_HELP = read('XINFO HELP', Keys.none);
const XINFO_STREAM = read('XINFO STREAM');

/** A consumer in {@link xinfoConsumers}. Newer servers may tell more. */
export interface ConsumerInfo {
  readonly name: string;
  readonly pending: number;
  /** Milliseconds since it last tried to read. */
  readonly idle: number;
  /** Milliseconds since it last got an entry, -1 = never. Since 7.2. */
  readonly inactive?: number;
}

/** A group in {@link xinfoGroups}. Newer servers may tell more. */
export interface GroupInfo {
  readonly name: string;
  readonly consumers: number;
  readonly pending: number;
  readonly lastDeliveredId: string;
  /** `null` = unknown. Since 7.0. */
  readonly entriesRead?: number | null;
  /** Entries that were not delivered yet, `null` = unknown. Since 7.0. */
  readonly lag?: number | null;
}

/** What both forms of {@link xinfoStream} tell. Newer servers may tell more. */
interface StreamFacts {
  readonly length: number;
  readonly radixTreeKeys: number;
  readonly radixTreeNodes: number;
  readonly lastGeneratedId: string;
  /** Since 7.0. */
  readonly maxDeletedEntryId?: string;
  /** Since 7.0. */
  readonly entriesAdded?: number;
  /** Since 7.0. */
  readonly recordedFirstEntryId?: string;
}

/** What {@link xinfoStream} resolves to. */
export interface StreamInfo<V> extends StreamFacts {
  /** How many groups. */
  readonly groups: number;
  readonly firstEntry: StreamEntry<V> | null;
  readonly lastEntry: StreamEntry<V> | null;
}

/** An entry that is pending for a consumer. */
export interface ConsumerPending {
  readonly id: string;
  /** Unix time of the last delivery, in milliseconds. */
  readonly deliveryTime: number;
  readonly deliveries: number;
}

/** An entry that is pending for a group. */
export interface GroupPending extends ConsumerPending {
  readonly consumer: string;
}

/** A consumer in {@link StreamInfoFull}. */
export interface ConsumerInfoFull {
  readonly name: string;
  /** Unix time of the last attempt to read, in milliseconds. */
  readonly seenTime: number;
  /** Unix time of the last entry it got, in milliseconds, -1 = never. Since 7.2. */
  readonly activeTime?: number;
  readonly pelCount: number;
  readonly pending: ConsumerPending[];
}

/** A group in {@link StreamInfoFull}. */
export interface GroupInfoFull {
  readonly name: string;
  readonly lastDeliveredId: string;
  /** `null` = unknown. Since 7.0. */
  readonly entriesRead?: number | null;
  /** Entries that were not delivered yet, `null` = unknown. Since 7.0. */
  readonly lag?: number | null;
  readonly pelCount: number;
  readonly pending: GroupPending[];
  readonly consumers: ConsumerInfoFull[];
}

/** What {@link xinfoStream} resolves to with `full`. */
export interface StreamInfoFull<V> extends StreamFacts {
  readonly entries: StreamEntry<V>[];
  readonly groups: GroupInfoFull[];
}

/** Options of {@link xinfoStream} without `full`. */
export interface XinfoStreamPlain {
  readonly full?: false | undefined;
  readonly count?: undefined;
}

/** Options of {@link xinfoStream} with `full`. */
export interface XinfoStreamFull {
  /** Tell about entries, groups and consumers one by one. Since 6.0. */
  readonly full: true;
  /**
   * Of each list so many at most, 0 = all.
   *
   * @default 10
   */
  readonly count?: Int | undefined;
}

/** Options of {@link xinfoStream}. */
export type XinfoStreamOptions =
  | XinfoStreamPlain
  | XinfoStreamFull
  | { readonly full: boolean; readonly count?: undefined };

const XINFO_STREAM_OPTIONS = new Set(['full', 'count']);

function groupPending(raw: unknown): GroupPending[] {
  return list(raw).map((item) => {
    const [id, consumer, deliveryTime, deliveries] = parts(item, 4);
    const counts = { deliveryTime: whole(deliveryTime), deliveries: whole(deliveries) };
    return { id: text(id), consumer: text(consumer), ...counts };
  });
}

function consumerPending(raw: unknown): ConsumerPending[] {
  return list(raw).map((item) => {
    const [id, deliveryTime, deliveries] = parts(item, 3);
    return { id: text(id), deliveryTime: whole(deliveryTime), deliveries: whole(deliveries) };
  });
}

const consumersFull = structures<ConsumerInfoFull>({ pending: consumerPending });
const groupsFull = structures<GroupInfoFull>({ pending: groupPending, consumers: consumersFull });

function streamInfo<V>(raw: unknown): StreamInfo<V> {
  return structure(raw, { firstEntry: entryOrNull<V>, lastEntry: entryOrNull<V> });
}

function streamInfoFull<V>(raw: unknown): StreamInfoFull<V> {
  return structure(raw, { entries: entries<V>, groups: groupsFull });
}

/**
 * The consumers of a group.
 *
 * @throws ReplyError `NOGROUP` when there is no such group; when the stream is missing
 * @since 5.0.0
 * @see https://redis.io/commands/xinfo-consumers/
 */
export function xinfoConsumers<V = string>(key: Data, group: Data): Command<ConsumerInfo[], V> {
  return new Command<ConsumerInfo[], V>(XINFO_CONSUMERS, [toArg(key, 'key'), toArg(group, 'group')], structures());
}

/**
 * The consumer groups of a stream.
 *
 * @throws ReplyError when the stream is missing
 * @since 5.0.0
 * @see https://redis.io/commands/xinfo-groups/
 */
export function xinfoGroups<V = string>(key: Data): Command<GroupInfo[], V> {
  return new Command<GroupInfo[], V>(XINFO_GROUPS, [toArg(key, 'key')], structures());
}

/**
 * The server's own help text on XINFO, line by line.
 *
 * @since 5.0.0
 * @see https://redis.io/commands/xinfo-help/
 */
export function xinfoHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(XINFO_HELP, [], texts);
}

/**
 * Facts about a stream: its size, ids, first and last entry; with `full` its entries, groups and consumers.
 *
 * @example const { length, lastGeneratedId } = await redis.xinfoStream('log')
 * @throws ArgumentError when there is a count without `full`
 * @throws ReplyError when the stream is missing
 * @since 5.0.0
 * @see https://redis.io/commands/xinfo-stream/
 */
export function xinfoStream<V = string>(key: Data, options?: XinfoStreamPlain): Command<StreamInfo<V>, V>;
export function xinfoStream<V = string>(key: Data, options: XinfoStreamFull): Command<StreamInfoFull<V>, V>;
export function xinfoStream<V = string>(
  key: Data,
  options?: XinfoStreamOptions,
): Command<StreamInfo<V> | StreamInfoFull<V>, V>;
export function xinfoStream<V = string>(
  key: Data,
  options?: XinfoStreamOptions,
): Command<StreamInfo<V> | StreamInfoFull<V>, V> {
  const given = options === undefined ? {} : options;
  checkOptions(given, XINFO_STREAM_OPTIONS);
  const args: Arg[] = [toArg(key, 'key')];
  const full = addSwitch(args, 'FULL', given.full, 'full');
  if (!full && given.count !== undefined) throw new ArgumentError('options.count: only together with full');
  addInteger(args, 'COUNT', given.count, 'count', 0);
  return new Command<StreamInfo<V> | StreamInfoFull<V>, V>(
    XINFO_STREAM,
    args,
    full ? streamInfoFull<V> : streamInfo<V>,
  );
}
