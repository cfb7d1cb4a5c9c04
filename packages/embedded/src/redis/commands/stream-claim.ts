import { arg, type Commands, type Context, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { integerOf } from '../numbers.ts';
import { array } from '../replies.ts';
import { consumerOf, entryReply, groupOf, idReply } from '../stream/access.ts';
import type { Consumer, ConsumerGroup, Pending } from '../stream/consumer-group.ts';
import { pendingFrom } from '../stream/consumer-group.ts';
import { compareIds, FIRST_ID, idOf, parseId, rangeStart, type StreamId } from '../stream/stream-id.ts';
import type { StreamEntry } from '../stream/stream-node.ts';

interface ClaimOptions {
  force: boolean;
  justId: boolean;
  deliveredAt: number | undefined;
  deliveries: number;
  lastId: StreamId;
}

function idleTime(text: string, command: string): number {
  return Math.max(0, Number(integerOf(text, `Invalid min-idle-time argument for ${command}`)));
}

function claimOptions(options: readonly string[], now: number): ClaimOptions {
  const found: ClaimOptions = { force: false, justId: false, deliveredAt: undefined, deliveries: -1, lastId: FIRST_ID };
  for (let at = 0; at < options.length; at += 1) {
    const given = arg(options, at);
    const option = given.toUpperCase();
    const hasMore = at + 1 < options.length;
    const number = (): number => {
      at += 1;
      return Number(integerOf(arg(options, at), `Invalid ${option} option argument for XCLAIM`));
    };
    if (option === 'FORCE') found.force = true;
    else if (option === 'JUSTID') found.justId = true;
    else if (option === 'IDLE' && hasMore) found.deliveredAt = now - number();
    else if (option === 'TIME' && hasMore) found.deliveredAt = number();
    else if (option === 'RETRYCOUNT' && hasMore) found.deliveries = number();
    else if (option === 'LASTID' && hasMore) {
      at += 1;
      found.lastId = idOf(arg(options, at));
    } else refuse(`Unrecognized XCLAIM option '${given}'`);
  }
  return found;
}

/** A time that makes no sense, and -1, is now. */
function deliveryTime(given: number | undefined, now: number): number {
  return given === undefined || given < 0 || given > now ? now : given;
}

/** Makes the consumer when the first entry is claimed. */
function claimant(context: Context, key: string, group: ConsumerGroup, name: string): () => Consumer {
  let consumer: Consumer | undefined;
  return () => {
    consumer ??= consumerOf(context, key, group, name);
    return consumer;
  };
}

function shown(entry: StreamEntry, justId: boolean): string {
  return justId ? idReply(entry.id) : entryReply(entry);
}

const xclaim: Run = (context, [key = '', name = '', consumerName = '', minIdleText = '', ...words]) => {
  const { stream, group } = groupOf(context, key, name);
  const minIdle = idleTime(minIdleText, 'XCLAIM');
  const end = words.findIndex((word) => parseId(word) === undefined);
  const ids = words.slice(0, end < 0 ? undefined : end).map((word) => idOf(word));
  const now = context.state.clock.now();
  const options = claimOptions(end < 0 ? [] : words.slice(end), now);
  if (compareIds(options.lastId, group.lastId) > 0) group.lastId = options.lastId;
  const consumer = claimant(context, key, group, consumerName);
  const claimed: string[] = [];
  for (const id of ids) {
    const pending = group.find(id);
    const entry = stream.get(id);
    if (entry === undefined) {
      if (pending !== undefined) group.remove(pending);
      continue;
    }
    if (pending === undefined ? !options.force : minIdle > 0 && now - pending.deliveredAt < minIdle) continue;
    const owned: Pending = pending ?? { id, consumer: consumer(), deliveredAt: now, deliveries: 1 };
    owned.deliveredAt = deliveryTime(options.deliveredAt, now);
    if (options.deliveries >= 0) owned.deliveries = options.deliveries;
    else if (!options.justId) owned.deliveries += 1;
    group.assign(owned, consumer());
    claimed.push(shown(entry, options.justId));
  }
  return array(claimed);
};

const MOST_CLAIMED = 2n ** 63n / 16n - 1n;
const ATTEMPTS_PER_ENTRY = 10;

function autoOptions(options: readonly string[]): { readonly count: number; readonly justId: boolean } {
  let [count, justId] = [100, false];
  for (let at = 0; at < options.length; at += 1) {
    const option = arg(options, at).toUpperCase();
    if (option === 'JUSTID') justId = true;
    else if (option === 'COUNT' && at + 1 < options.length) {
      at += 1;
      const value = integerOf(arg(options, at), 'COUNT must be > 0');
      count = value < 1n || value > MOST_CLAIMED ? refuse('COUNT must be > 0') : Number(value);
    } else syntaxError();
  }
  return { count, justId };
}

const xautoclaim: Run = (
  context,
  [key = '', name = '', consumerName = '', minIdleText = '', startText = '', ...rest],
) => {
  const minIdle = idleTime(minIdleText, 'XAUTOCLAIM');
  const start = rangeStart(startText);
  const { count, justId } = autoOptions(rest);
  const { stream, group } = groupOf(context, key, name);
  const consumer = claimant(context, key, group, consumerName);
  const now = context.state.clock.now();
  const [claimed, deleted]: [string[], string[]] = [[], []];
  let attempts = count * ATTEMPTS_PER_ENTRY;
  let next = FIRST_ID;
  for (const pending of [...pendingFrom(group.pending, start)]) {
    if (attempts === 0 || claimed.length + deleted.length === count) {
      next = pending.id;
      break;
    }
    attempts -= 1;
    const entry = stream.get(pending.id);
    if (entry === undefined) {
      group.remove(pending);
      deleted.push(idReply(pending.id));
    } else if (minIdle === 0 || now - pending.deliveredAt >= minIdle) {
      pending.deliveredAt = now;
      if (!justId) pending.deliveries += 1;
      group.assign(pending, consumer());
      claimed.push(shown(entry, justId));
    }
  }
  return array([idReply(next), array(claimed), array(deleted)]);
};

/** Commands that give pending entries to another consumer. */
export const streamClaimCommands: Commands = { xclaim, xautoclaim };
