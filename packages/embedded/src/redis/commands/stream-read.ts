import { arg, type Commands, type Context, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { integerOf } from '../numbers.ts';
import { array, bulk, errorReply } from '../replies.ts';
import { consumerOf, entryReply, firstOf, groupOf, idReply, streamOf } from '../stream/access.ts';
import { type Consumer, type ConsumerGroup, pendingFrom, UNKNOWN_READ } from '../stream/consumer-group.ts';
import type { Stream } from '../stream/stream.ts';
import { compareIds, FIRST_ID, idOf, LAST_ID, nextId, type StreamId } from '../stream/stream-id.ts';
import type { StreamEntry } from '../stream/stream-node.ts';
import { waitFor } from '../waiting.ts';

/** A client that was blocked without a count gets at most so many. */
const BLOCKED_COUNT = 1000;

interface ReadRequest {
  readonly keys: readonly string[];
  readonly ids: readonly string[];
  /** Milliseconds; 0 waits forever, undefined does not wait. */
  readonly block: number | undefined;
  readonly count: number | undefined;
  readonly reader: { readonly group: string; readonly consumer: string; readonly noAck: boolean } | undefined;
}

/** What is read from one key: entries after an id, or, in a group, what no consumer has got. */
interface Source {
  readonly key: string;
  readonly after: StreamId;
  /** In a group: pending entries of the consumer, not new ones. */
  readonly isHistory: boolean;
}

function milliseconds(text: string, now: number): number {
  const ms = integerOf(text, 'timeout is not an integer or out of range');
  if (ms < 0n) refuse('timeout is negative');
  return ms > 2n ** 63n - 1n - BigInt(now) ? refuse('timeout is out of range') : Number(ms);
}

function parse({ name, state, client }: Context, args: readonly string[]): ReadRequest {
  const inGroup = name === 'xreadgroup';
  let [block, count, noAck]: [number | undefined, number | undefined, boolean] = [undefined, undefined, false];
  let names: readonly [string, string] | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const option = arg(args, at).toUpperCase();
    const left = args.length - at - 1;
    if (option === 'BLOCK' && left > 0) {
      if (client.inScript) refuse(`${name} command is not allowed with BLOCK option from scripts`);
      block = milliseconds(arg(args, ++at), state.clock.now());
    } else if (option === 'COUNT' && left > 0) {
      const value = Number(integerOf(arg(args, ++at)));
      count = value > 0 ? value : undefined;
    } else if (option === 'STREAMS' && left > 0) {
      const [keys, ids] = halves(args.slice(at + 1));
      if (inGroup && names === undefined) refuse('Missing GROUP option for XREADGROUP');
      const reader = names === undefined ? undefined : { group: names[0], consumer: names[1], noAck };
      return { keys, ids, block, count, reader };
    } else if (option === 'GROUP' && left > 1) {
      if (!inGroup) refuse('The GROUP option is only supported by XREADGROUP. You called XREAD instead.');
      names = [arg(args, ++at), arg(args, ++at)];
    } else if (option === 'NOACK') {
      if (!inGroup) refuse('The NOACK option is only supported by XREADGROUP. You called XREAD instead.');
      noAck = true;
    } else syntaxError();
  }
  return syntaxError();
}

/** The server speaks of XREAD and `$` in both commands. */
function halves(words: readonly string[]): [keys: readonly string[], ids: readonly string[]] {
  if (words.length % 2 !== 0) {
    refuse("Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
  }
  return [words.slice(0, words.length / 2), words.slice(words.length / 2)];
}

const IN_GROUP = ' in XREADGROUP with GROUP option';
const MEANINGLESS =
  'The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.';

function sourceOf(context: Context, { reader }: ReadRequest, key: string, idText: string): Source {
  const stream = streamOf(context, key);
  if (reader !== undefined) groupOf(context, key, reader.group, IN_GROUP);
  if (idText === '$') {
    return reader === undefined ? { key, after: stream?.lastId ?? FIRST_ID, isHistory: false } : refuse(MEANINGLESS);
  }
  if (idText === '>') {
    if (reader === undefined) {
      refuse('The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.');
    }
    return { key, after: LAST_ID, isHistory: false };
  }
  const after = idOf(idText);
  return { key, after, isHistory: reader !== undefined && compareIds(after, LAST_ID) !== 0 };
}

/** Entries after an id, at most so many. */
function after(stream: Stream, id: StreamId, count: number | undefined): StreamEntry[] {
  return firstOf(stream.up(nextId(id) ?? FIRST_ID), count);
}

/** Notes that entries were delivered to a consumer. */
function deliver(stream: Stream, group: ConsumerGroup, entries: readonly StreamEntry[]): void {
  for (const { id } of entries) {
    if (compareIds(id, group.lastId) <= 0) continue;
    if (group.read !== UNKNOWN_READ && !stream.hasGapsFrom(id)) group.read = BigInt.asIntN(64, group.read + 1n);
    else if (stream.added > 0n) group.read = stream.countUpTo(id);
    group.lastId = id;
  }
}

function own(group: ConsumerGroup, consumer: Consumer, entries: readonly StreamEntry[], now: number): void {
  for (const { id } of entries) {
    const entry = group.find(id) ?? { id, consumer, deliveredAt: now, deliveries: 1 };
    entry.deliveredAt = now;
    entry.deliveries = 1;
    group.assign(entry, consumer);
  }
}

/** Pending entries of a consumer, again. */
function history(context: Context, stream: Stream, consumer: Consumer, from: StreamId, count?: number): string {
  const now = context.state.clock.now();
  const pending = firstOf(pendingFrom(consumer.pending, nextId(from) ?? FIRST_ID), count);
  return array(
    pending.map((entry) => {
      const found = stream.get(entry.id);
      if (found === undefined) return array([idReply(entry.id), context.wire.nilArray]);
      entry.deliveredAt = now;
      entry.deliveries += 1;
      return entryReply(found);
    }),
  );
}

/** The new entries of one stream for the consumer of a group. */
function readNew(context: Context, key: string, stream: Stream, group: ConsumerGroup, request: ReadRequest): string {
  const { reader, count } = request;
  const now = context.state.clock.now();
  const consumer = consumerOf(context, key, group, reader?.consumer ?? '');
  const entries = after(stream, group.lastId, count);
  deliver(stream, group, entries);
  if (reader?.noAck !== true) own(group, consumer, entries, now);
  return array(entries.map(entryReply));
}

/** What can be read from a key now; undefined: nothing. */
function readOne(context: Context, source: Source, request: ReadRequest): string | undefined {
  const { reader, count } = request;
  const stream = streamOf(context, source.key);
  if (stream === undefined) return undefined;
  if (reader === undefined) {
    const isNewer = stream.last !== undefined && compareIds(stream.last.id, source.after) > 0;
    return isNewer ? array(after(stream, source.after, count).map(entryReply)) : undefined;
  }
  const group = stream.groups.get(reader.group) as ConsumerGroup;
  if (source.isHistory) {
    const consumer = consumerOf(context, source.key, group, reader.consumer);
    return history(context, stream, consumer, source.after, count);
  }
  const isNewer = stream.last !== undefined && compareIds(stream.last.id, group.lastId) > 0;
  return isNewer ? readNew(context, source.key, stream, group, request) : undefined;
}

/** Names and entries: arrays of two in RESP2, a map in RESP3. */
function streamsReply({ wire }: Context, found: readonly (readonly [key: string, entries: string])[]): string {
  const pairs = found.map(([key, entries]) => [bulk(key), entries] as const);
  return wire.version === 3 ? wire.map(pairs.flat()) : array(pairs.map((pair) => array(pair)));
}

/** What a client gets that waited; undefined: it goes on waiting. */
function arrived(context: Context, source: Source, request: ReadRequest): string | undefined {
  const { reader } = request;
  const stream = context.db.entry(source.key)?.value;
  if (stream?.type !== 'stream') {
    return reader === undefined ? undefined : errorReply('UNBLOCKED the stream key no longer exists');
  }
  const limited = { ...request, count: request.count ?? BLOCKED_COUNT };
  const group = reader === undefined ? undefined : stream.stream.groups.get(reader.group);
  if (reader !== undefined && group === undefined) {
    return errorReply('NOGROUP the consumer group this client was blocked on no longer exists');
  }
  const seen = group?.lastId ?? source.after;
  if (compareIds(stream.stream.lastId, seen) <= 0) return undefined;
  const entries =
    group === undefined
      ? array(after(stream.stream, seen, limited.count).map(entryReply))
      : readNew(context, source.key, stream.stream, group, limited);
  return streamsReply(context, [[source.key, entries]]);
}

/** Waits for all sources; each looks at its stream only when something has arrived there. */
function wait(context: Context, sources: readonly Source[], request: ReadRequest): string | undefined {
  const arrivals = (key: string): unknown => {
    const value = context.db.entry(key)?.value;
    return value?.type === 'stream' ? `${value.stream.arrivals}` : value?.type;
  };
  const seen = new Map(sources.map(({ key }) => [key, arrivals(key)]));
  const attempt = (key: string): string | undefined => {
    const now = arrivals(key);
    if (now === seen.get(key)) return undefined;
    seen.set(key, now);
    return arrived(context, sources.find((source) => source.key === key) as Source, request);
  };
  return waitFor(context, { keys: [...seen.keys()], ms: request.block ?? 0, nil: context.wire.nilArray, attempt });
}

const read: Run = (context, args) => {
  const request = parse(context, args);
  const sources = request.keys.map((key, index) => sourceOf(context, request, key, arg(request.ids, index)));
  const found: [string, string][] = [];
  for (const source of sources) {
    const entries = readOne(context, source, request);
    if (entries !== undefined) found.push([source.key, entries]);
  }
  if (found.length > 0) return streamsReply(context, found);
  if (request.block === undefined || context.client.executing) return context.wire.nilArray;
  return wait(context, sources, request);
};

/** Commands that read from several streams, and may wait for new entries. */
export const streamReadCommands: Commands = { xread: read, xreadgroup: read };
