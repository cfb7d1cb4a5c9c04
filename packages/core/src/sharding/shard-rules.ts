/** What a facade says of its commands, so that the router can send them to several servers without knowing them. */

import { type AnyCommand, type Arg, Command, keyPositions } from '../command/command.ts';

/** A call that went to several servers, and what they answered. */
export interface ShardReplies {
  /** The command as it was called. */
  readonly command: AnyCommand;
  /** Whether the caller wants bytes. The servers were asked for bytes in any case. */
  readonly bytes: boolean;
  /** Per server: which keys of the call it has, counted from 0; empty for a call without keys. */
  readonly keys: readonly (readonly number[])[];
  /** Per server its wire value, in the order of the list of servers. */
  readonly replies: readonly unknown[];
}

/** Makes the wire value that one server with all the keys would have answered. May throw. */
export type MergeReplies = (answers: ShardReplies) => unknown;

/**
 * Where a command goes when there are several servers. A command without a rule goes to the server of its first key.
 *
 * - `split`: each server gets its keys, and what follows each of them: `width` arguments per key, the key included.
 * - `all`: every server gets the command as it is.
 * - `first`: the first server of the list gets it.
 * - `refuse`: it means one server, and is sent on a view of that one.
 */
export type ShardRule =
  | { readonly route: 'split'; readonly width: number; readonly merge: MergeReplies }
  | { readonly route: 'all'; readonly merge: MergeReplies }
  | { readonly route: 'first' | 'refuse' };

/** Rules by the names of commands. */
export type ShardRules = ReadonlyMap<string, ShardRule>;

/** What one server gets of a call. */
export interface ShardPart {
  /** Position of the server in the list. */
  readonly shard: number;
  readonly command: AnyCommand;
  /** Which keys of the call it has, counted from 0. */
  readonly keys: readonly number[];
}

/** One part per server that has a key, in the order of the servers; keys keep their order, also the same key twice. */
export function splitByServer(command: AnyCommand, width: number, shardOf: (key: Arg) => number): ShardPart[] {
  const parts = new Map<number, { args: Arg[]; keys: number[] }>();
  for (const [i, at] of keyPositions(command.spec.keys, command.args).entries()) {
    const shard = shardOf(command.args[at] as Arg);
    const part = parts.get(shard) ?? { args: [], keys: [] };
    if (part.keys.length === 0) parts.set(shard, part);
    part.keys.push(i);
    part.args.push(...command.args.slice(at, at + width));
  }
  const inOrder = [...parts].sort(([a], [b]) => a - b);
  return inOrder.map(([shard, { args, keys }]) => ({ shard, keys, command: partOf(command, args) }));
}

/** The whole command for each of `count` servers. */
export function forEveryServer(command: AnyCommand, count: number): ShardPart[] {
  return Array.from({ length: count }, (_, shard) => ({ shard, keys: [], command: partOf(command, command.args) }));
}

/** Its reply is the wire value, and its data are bytes: text could not be compared as the servers compare it. */
function partOf({ spec, flags, blockMs }: AnyCommand, args: readonly Arg[]): AnyCommand {
  return new Command<unknown>(spec, args, (raw) => raw, flags, blockMs, true);
}

/** Whether the parts are less than the call: a call of one server is sent as it is, with all its guarantees. */
export function isWhole(parts: readonly ShardPart[]): boolean {
  return parts.length < 2;
}
