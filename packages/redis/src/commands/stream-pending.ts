/** Consumer groups: entries that were delivered, and acknowledging them. */
import { Command, type Data, idempotent, integer, read, toArg } from '@kv/core';
import { addInteger, checkOptions, type Int } from './support/arguments.ts';
import { integerOf, list, pairs, parts, text, textOrNull, whole } from './support/replies.ts';
import { addStreamIds, type StreamId, type StreamIds, streamId } from './support/streams.ts';

const XACK = idempotent('XACK');
const XPENDING = read('XPENDING');

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
