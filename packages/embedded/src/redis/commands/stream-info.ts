import { byBytes } from '../../sorted-list.ts';
import type { Commands, Context, Run } from '../command.ts';
import { CommandError, refuse } from '../command-error.ts';
import { numberOf } from '../numbers.ts';
import { array, bulk, integer } from '../replies.ts';
import { entryReply, firstOf, idReply, streamOf } from '../stream/access.ts';
import { type Consumer, type ConsumerGroup, UNKNOWN_READ } from '../stream/consumer-group.ts';
import { radixNodes, type Stream } from '../stream/stream.ts';
import { FIRST_ID } from '../stream/stream-id.ts';
import { subcommandError } from './stream-group.ts';

const DEFAULT_COUNT = 10;

/** A map from names to values that are encoded already. */
function record({ wire }: Context, values: Readonly<Record<string, string>>): string {
  return wire.map(Object.entries(values).flatMap(([name, value]) => [bulk(name), value]));
}

function existing(context: Context, key: string): Stream {
  return streamOf(context, key) ?? refuse('no such key');
}

function sortedGroups({ groups }: Stream): [string, ConsumerGroup][] {
  return [...groups].sort(([a], [b]) => byBytes(a, b));
}

function readReply({ wire }: Context, { read }: ConsumerGroup): string {
  return read === UNKNOWN_READ ? wire.nil : integer(read);
}

/** Entries that the group has not read yet. */
function lagReply({ wire }: Context, stream: Stream, { read, lastId }: ConsumerGroup): string {
  if (stream.added === 0n) return integer(0);
  const known = read !== UNKNOWN_READ && !stream.hasGapsFrom(lastId) ? read : stream.countUpTo(lastId);
  return known === UNKNOWN_READ ? wire.nil : integer(BigInt.asIntN(64, stream.added - known));
}

const groups: Run = (context, [key = '']) => {
  const stream = existing(context, key);
  return array(
    sortedGroups(stream).map(([name, group]) =>
      record(context, {
        name: bulk(name),
        consumers: integer(group.consumers.size),
        pending: integer(group.pending.size),
        'last-delivered-id': idReply(group.lastId),
        'entries-read': readReply(context, group),
        lag: lagReply(context, stream, group),
      }),
    ),
  );
};

const consumers: Run = (context, [key = '', name = '']) => {
  const group = existing(context, key).groups.get(name);
  if (group === undefined) throw new CommandError(`NOGROUP No such consumer group '${name}' for key name '${key}'`);
  const now = context.state.clock.now();
  return array(
    group.sortedConsumers.map((consumer) =>
      record(context, {
        name: bulk(consumer.name),
        pending: integer(consumer.pending.size),
        idle: integer(Math.max(0, now - consumer.seenAt)),
      }),
    ),
  );
};

function general(stream: Stream): Record<string, string> {
  return {
    length: integer(stream.length),
    'radix-tree-keys': integer(stream.nodes.length),
    'radix-tree-nodes': integer(radixNodes(stream.nodes)),
    'last-generated-id': idReply(stream.lastId),
    'max-deleted-entry-id': idReply(stream.maxDeletedId),
    'entries-added': integer(stream.added),
    'recorded-first-entry-id': idReply(stream.firstId),
  };
}

function consumerInFull(context: Context, { name, seenAt, pending }: Consumer, count: number | undefined): string {
  const entries = firstOf(pending.up(), count);
  return record(context, {
    name: bulk(name),
    'seen-time': integer(seenAt),
    'pel-count': integer(pending.size),
    pending: array(entries.map((one) => array([idReply(one.id), integer(one.deliveredAt), integer(one.deliveries)]))),
  });
}

function groupInFull(context: Context, stream: Stream, name: string, group: ConsumerGroup, count?: number): string {
  const pending = firstOf(group.pending.up(), count).map((one) =>
    array([idReply(one.id), bulk(one.consumer.name), integer(one.deliveredAt), integer(one.deliveries)]),
  );
  return record(context, {
    name: bulk(name),
    'last-delivered-id': idReply(group.lastId),
    'entries-read': readReply(context, group),
    lag: lagReply(context, stream, group),
    'pel-count': integer(group.pending.size),
    pending: array(pending),
    consumers: array(group.sortedConsumers.map((consumer) => consumerInFull(context, consumer, count))),
  });
}

/** `FULL [COUNT n]`; 0 is all, which is undefined here. */
function fullCount(context: Context, options: readonly string[]): number | undefined {
  const fits = options.length === 1 || options.length === 3;
  if (!fits || options[0]?.toUpperCase() !== 'FULL') subcommandError(context, context.words[1] ?? '');
  if (options.length === 1) return DEFAULT_COUNT;
  if (options[1]?.toUpperCase() !== 'COUNT') subcommandError(context, context.words[1] ?? '');
  const count = numberOf(options[2] ?? '');
  if (count < 0) return DEFAULT_COUNT;
  return count === 0 ? undefined : count;
}

const info: Run = (context, [key = '', ...options]) => {
  const stream = existing(context, key);
  const { nil } = context.wire;
  if (options.length === 0) {
    return record(context, {
      ...general(stream),
      groups: integer(stream.groups.size),
      'first-entry': stream.first === undefined ? nil : entryReply(stream.first),
      'last-entry': stream.last === undefined ? nil : entryReply(stream.last),
    });
  }
  const count = fullCount(context, options);
  return record(context, {
    ...general(stream),
    entries: array(firstOf(stream.up(FIRST_ID), count).map(entryReply)),
    groups: array(sortedGroups(stream).map(([name, group]) => groupInFull(context, stream, name, group, count))),
  });
};

/** What a stream tells about itself. */
export const streamInfoCommands: Commands = {
  'xinfo|stream': info,
  'xinfo|groups': groups,
  'xinfo|consumers': consumers,
};
