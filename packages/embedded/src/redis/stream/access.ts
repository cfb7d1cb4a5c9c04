import type { Context } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { array, bulk, bulks } from '../replies.ts';
import type { Consumer, ConsumerGroup } from './consumer-group.ts';
import type { Stream } from './stream.ts';
import { idText, type StreamId } from './stream-id.ts';
import type { StreamEntry } from './stream-node.ts';

/** The stream of a key; refuses another type. */
export function streamOf({ db }: Context, key: string): Stream | undefined {
  return db.get('stream', key)?.stream;
}

/** A stream and a group of it; refuses when one of them is not there. `where` ends the refusal. */
export function groupOf(
  context: Context,
  key: string,
  name: string,
  where = '',
): { stream: Stream; group: ConsumerGroup } {
  const stream = streamOf(context, key);
  const group = stream?.groups.get(name);
  if (stream === undefined || group === undefined) {
    throw new CommandError(`NOGROUP No such key '${key}' or consumer group '${name}'${where}`);
  }
  return { stream, group };
}

/** The consumer of that name, made when it is not there, that asks for something now. */
export function consumerOf({ db, state }: Context, key: string, group: ConsumerGroup, name: string): Consumer {
  const known = group.consumers.get(name);
  const now = state.clock.now();
  if (known === undefined) {
    const consumer = group.addConsumer(name, now) as Consumer;
    db.notify('t', 'xgroup-createconsumer', key);
    return consumer;
  }
  known.seenAt = now;
  return known;
}

export function idReply(id: StreamId): string {
  return bulk(idText(id));
}

/** An entry: its id and its fields. */
export function entryReply({ id, fields }: StreamEntry): string {
  return array([idReply(id), bulks(fields)]);
}

/** The first items, at most so many; undefined: all. */
export function firstOf<T>(items: Iterable<T>, count: number | undefined): T[] {
  const taken: T[] = [];
  if (count === 0) return taken;
  for (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}
