import { Command, Flag, read, type Spec, spec } from '@kv/core';
import { type Many, many } from '../commands/support/arguments.ts';
import { asIs, text } from '../commands/support/replies.ts';
import { keptName, wireName } from './channel-name.ts';

/** What is subscribed to: channels, patterns or channels of a slot. */
export type Kind = 'channel' | 'pattern' | 'shard';

/** The three kinds, in the order in which they are asked for. */
export const KINDS: readonly Kind[] = ['channel', 'pattern', 'shard'];

const COMMANDS: Readonly<Record<Kind, { readonly begin: Spec; readonly end: Spec }>> = {
  channel: { begin: spec('SUBSCRIBE', Flag.subscription), end: spec('UNSUBSCRIBE', Flag.subscription) },
  pattern: { begin: spec('PSUBSCRIBE', Flag.subscription), end: spec('PUNSUBSCRIBE', Flag.subscription) },
  shard: { begin: spec('SSUBSCRIBE', Flag.subscription), end: spec('SUNSUBSCRIBE', Flag.subscription) },
};

const PING = read('PING', null);

/** The name of the command that subscribes names of a kind. */
export function commandName(kind: Kind): string {
  return COMMANDS[kind].begin.name;
}

/** The command that subscribes names of one kind. */
export function subscribing(kind: Kind, names: readonly string[]): Command<unknown> {
  return new Command(COMMANDS[kind].begin, names.map(wireName), asIs);
}

/** A command whose reply comes behind all that the server has sent before. */
export function ping(text: string): Command<unknown> {
  return new Command<unknown>(PING, [text], asIs);
}

/**
 * The commands that end subscriptions. SUNSUBSCRIBE has a PING behind it: where the server has ended the subscription
 * itself at the same time, the connection knows by the reply to PING whether an error before it answers SUNSUBSCRIBE.
 */
export function unsubscribing(kind: Kind, names: readonly string[]): Command<unknown>[] {
  return perCommand(kind, names).flatMap((some) => {
    const command = new Command<unknown>(COMMANDS[kind].end, some.map(wireName), asIs);
    return kind === 'shard' ? [command, ping('sunsubscribe')] : [command];
  });
}

/** Channels of different slots cannot share a command. */
export function perCommand<T>(kind: Kind, all: readonly T[]): readonly (readonly T[])[] {
  if (kind === 'shard') return all.map((one) => [one]);
  return all.length === 0 ? [] : [all];
}

/** The names as they are kept. @throws ArgumentError for an empty list */
export function namesOf(kind: Kind, names: Many): string[] {
  return many([names], kind === 'pattern' ? 'patterns' : 'channels').map(keptName);
}

/** What a connection sends without being asked, with names as they are kept. */
export type Push =
  | {
      readonly type: 'message';
      readonly kind: Kind;
      readonly name: string;
      readonly channel: string;
      readonly payload: unknown;
    }
  | { readonly type: 'ended'; readonly name: string };

/** Reads a push; `undefined` for those that are not about subscriptions. */
export function readPush(raw: unknown): Push | undefined {
  if (!Array.isArray(raw)) return undefined;
  switch (text(raw[0])) {
    case 'message':
      return message('channel', raw, 1);
    case 'pmessage':
      return message('pattern', raw, 2);
    case 'smessage':
      return message('shard', raw, 1);
    case 'sunsubscribe':
      return { type: 'ended', name: keptName(raw[1]) };
    default:
      return undefined;
  }
}

function message(kind: Kind, raw: readonly unknown[], channelAt: number): Push {
  const name = keptName(raw[1]);
  const channel = channelAt === 1 ? name : keptName(raw[channelAt]);
  return { type: 'message', kind, name, channel, payload: raw[channelAt + 1] };
}

/** Payloads are text or bytes; keyspace tracking through RESP2 may send an array or null, which stay as they are. */
export function payloadOf(raw: unknown, bytes: boolean): unknown {
  return !bytes && raw instanceof Uint8Array ? text(raw) : raw;
}
