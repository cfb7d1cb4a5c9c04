import { type Arg, bytesFrom, type Command, joinArgs, keyPositions, withArgs } from '@kv/core';
import { type Pair, replyCodes } from '@kv/gibson-parser';
import { keyArg } from '../commands/support/arguments.ts';
import type { WireReply } from '../commands/support/replies.ts';

/** Where the real key is in a row of a list. */
const KEY_IN_ROW: Readonly<Record<string, 0 | 1>> = { MGET: 0, KEYS: 1 };

/** The same command with the prefix before its key or prefix, and taken off where keys come back. */
export function prefixed<T, V>(command: Command<T, V>, keyPrefix: string | undefined): Command<T, V> {
  if (keyPrefix === undefined || keyPrefix === '') return command;
  const { spec } = command;
  const head = keyArg(keyPrefix, 'keyPrefix');
  const args = [...command.args];
  for (const at of keyPositions(spec.keys, args)) args[at] = joinArgs(head, args[at] as Arg);
  const column = KEY_IN_ROW[spec.name];
  if (column === undefined) return withArgs(command, args);
  const reply: typeof command.reply = (raw, self) =>
    command.reply(stripped(raw as WireReply, column, head.length), self);
  return withArgs(command, args, reply);
}

/** Every key in the reply begins with the prefix: the server was asked for nothing else. */
function stripped(reply: WireReply, column: 0 | 1, bytes: number): WireReply {
  if (reply.code !== replyCodes.KVAL) return reply;
  const value = (reply.value as readonly Pair[]).map((pair) => {
    const key = without(pair[column] as string | Uint8Array, bytes);
    return (column === 0 ? [key, pair[1]] : [pair[0], key]) as Pair;
  });
  return { ...reply, value };
}

function without(key: string | Uint8Array, bytes: number): string | Uint8Array {
  return typeof key === 'string' ? Buffer.from(key).subarray(bytes).toString() : bytesFrom(key, bytes);
}
