import { arg, type Commands, type Context, type Run } from '../command.ts';
import { CommandError, refuse, syntaxError } from '../command-error.ts';
import { integerOf } from '../numbers.ts';
import { array, bulk, flag, integer, OK } from '../replies.ts';
import { groupOf, idReply, streamOf } from '../stream/access.ts';
import { ConsumerGroup, pendingFrom, UNKNOWN_READ } from '../stream/consumer-group.ts';
import type { Stream } from '../stream/stream.ts';
import { compareIds, FIRST_ID, idOf, idOrEnd, rangeEnd, rangeStart, type StreamId } from '../stream/stream-id.ts';

const NO_KEY =
  'The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.';

/** Refuses what the subcommand of a container does not know. */
export function subcommandError({ name }: Context, given: string): never {
  const container = name.split('|')[0]?.toUpperCase();
  return refuse(`unknown subcommand or wrong number of arguments for '${given}'. Try ${container} HELP.`);
}

interface GroupOptions {
  readonly makeStream: boolean;
  readonly read: bigint;
}

function groupOptions(context: Context, options: readonly string[]): GroupOptions {
  const creates = context.name === 'xgroup|create';
  let [makeStream, read] = [false, UNKNOWN_READ];
  for (let at = 0; at < options.length; at += 1) {
    const option = arg(options, at).toUpperCase();
    if (creates && option === 'MKSTREAM') makeStream = true;
    else if (option === 'ENTRIESREAD' && at + 1 < options.length) {
      at += 1;
      read = integerOf(arg(options, at));
      if (read < UNKNOWN_READ) refuse('value for ENTRIESREAD must be positive or -1');
    } else subcommandError(context, context.words[1] ?? '');
  }
  return { makeStream, read };
}

const create: Run = (context, [key = '', name = '', idText = '', ...options]) => {
  const { makeStream, read } = groupOptions(context, options);
  const known = streamOf(context, key);
  if (known === undefined && !makeStream) refuse(NO_KEY);
  if (options.length > 3) subcommandError(context, context.words[1] ?? '');
  const lastId = idText === '$' ? (known?.lastId ?? FIRST_ID) : idOf(idText);
  const { stream } = context.db.open('stream', key);
  if (known === undefined) context.db.touch(key);
  if (stream.groups.has(name)) throw new CommandError('BUSYGROUP Consumer Group name already exists');
  stream.groups.set(name, new ConsumerGroup(lastId, read));
  context.db.notify('t', 'xgroup-create', key);
  return OK;
};

/** The stream and the group that a subcommand needs. */
function existing(context: Context, key: string, name: string): { stream: Stream; group: ConsumerGroup } {
  const stream = streamOf(context, key) ?? refuse(NO_KEY);
  const group = stream.groups.get(name);
  if (group === undefined) throw new CommandError(`NOGROUP No such consumer group '${name}' for key name '${key}'`);
  return { stream, group };
}

const setId: Run = (context, [key = '', name = '', idText = '', ...options]) => {
  const { read } = groupOptions(context, options);
  const { stream, group } = existing(context, key, name);
  if (options.length > 2) subcommandError(context, context.words[1] ?? '');
  group.lastId = idText === '$' ? stream.lastId : idOrEnd(idText);
  group.read = read;
  context.db.notify('t', 'xgroup-setid', key);
  return OK;
};

const destroy: Run = (context, [key = '', name = '']) => {
  const stream = streamOf(context, key) ?? refuse(NO_KEY);
  if (!stream.groups.delete(name)) return flag(false);
  stream.arrivals += 1;
  context.state.signal(context.db, key);
  context.db.notify('t', 'xgroup-destroy', key);
  return flag(true);
};

const createConsumer: Run = (context, [key = '', name = '', consumer = '']) => {
  const { group } = existing(context, key, name);
  const isNew = group.addConsumer(consumer, context.state.clock.now()) !== undefined;
  if (isNew) context.db.notify('t', 'xgroup-createconsumer', key);
  return flag(isNew);
};

const deleteConsumer: Run = (context, [key = '', name = '', consumerName = '']) => {
  const { group } = existing(context, key, name);
  const consumer = group.consumers.get(consumerName);
  if (consumer === undefined) return integer(0);
  group.deleteConsumer(consumer);
  context.db.notify('t', 'xgroup-delconsumer', key);
  return integer(consumer.pending.size);
};

const xack: Run = (context, [key = '', name = '', ...texts]) => {
  const group = streamOf(context, key)?.groups.get(name);
  if (group === undefined) return integer(0);
  const ids = texts.map((text) => idOf(text));
  let acknowledged = 0;
  for (const id of ids) {
    const entry = group.find(id);
    if (entry === undefined) continue;
    group.remove(entry);
    acknowledged += 1;
  }
  return integer(acknowledged);
};

interface PendingRange {
  readonly start: StreamId;
  readonly end: StreamId;
  readonly count: number;
  readonly minIdle: number;
  readonly consumer: string | undefined;
}

/** `[IDLE ms] start end count [consumer]` */
function pendingRange(args: readonly string[]): PendingRange {
  if (args.length < 3 || args.length > 6) syntaxError();
  let minIdle = 0;
  let rest = args;
  if (arg(args, 0).toUpperCase() === 'IDLE') {
    minIdle = Number(integerOf(arg(args, 1)));
    if (args.length < 5) syntaxError();
    rest = args.slice(2);
  }
  const count = Math.max(0, Number(integerOf(arg(rest, 2))));
  return { start: rangeStart(arg(rest, 0)), end: rangeEnd(arg(rest, 1)), count, minIdle, consumer: rest[3] };
}

function summary({ wire }: Context, group: ConsumerGroup): string {
  const { pending } = group;
  const [first, last] = [pending.at(0), pending.at(pending.size - 1)];
  if (first === undefined || last === undefined) return array([integer(0), wire.nil, wire.nil, wire.nilArray]);
  const busy = group.sortedConsumers.filter((consumer) => consumer.pending.size > 0);
  const shown = busy.map((consumer) => array([bulk(consumer.name), bulk(String(consumer.pending.size))]));
  return array([integer(pending.size), idReply(first.id), idReply(last.id), array(shown)]);
}

const xpending: Run = (context, [key = '', name = '', ...args]) => {
  const range = args.length === 0 ? undefined : pendingRange(args);
  const { group } = groupOf(context, key, name);
  if (range === undefined) return summary(context, group);
  const consumer = range.consumer === undefined ? undefined : group.consumers.get(range.consumer);
  if (range.consumer !== undefined && consumer === undefined) return array([]);
  const now = context.state.clock.now();
  const shown: string[] = [];
  for (const entry of pendingFrom((consumer ?? group).pending, range.start)) {
    if (shown.length >= range.count || compareIds(entry.id, range.end) > 0) break;
    const idle = now - entry.deliveredAt;
    if (range.minIdle !== 0 && idle < range.minIdle) continue;
    const times = [integer(Math.max(0, idle)), integer(entry.deliveries)];
    shown.push(array([idReply(entry.id), bulk(entry.consumer.name), ...times]));
  }
  return array(shown);
};

/** Commands on the groups of a stream. */
export const streamGroupCommands: Commands = {
  'xgroup|create': create,
  'xgroup|setid': setId,
  'xgroup|destroy': destroy,
  'xgroup|createconsumer': createConsumer,
  'xgroup|delconsumer': deleteConsumer,
  xack,
  xpending,
};
