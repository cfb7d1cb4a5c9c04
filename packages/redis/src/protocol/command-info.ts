/** What is known about the commands of the servers, for tools and adapters. */
import { type Arg, type Data, keyPositions, toArg } from '@kv/core';
import { COMMAND_ROWS, COMMAND_VERSIONS } from '../generated/command-table.ts';
import { knownSpec } from './command-table.ts';

/** What a command does, in words. */
export type CommandFlag =
  /** Only reads data. */
  | 'read'
  /** Changes data; repeated, it changes it again. */
  | 'write'
  /** Changes data; repeated, it leaves the same state. */
  | 'idempotent'
  /** The server may hold its answer back. */
  | 'blocking'
  /** The same, with an option (`BLOCK`). */
  | 'maybeBlocking'
  /** Changes the state of the connection. */
  | 'state'
  /** Answers without an end. */
  | 'stream'
  /** Changes what is subscribed. */
  | 'subscription'
  /** Is not sent by this library: it breaks the pairing of requests and replies. */
  | 'forbidden'
  /** Ends the connection. */
  | 'quit'
  /** Runs code of the user's. */
  | 'opaque';

/** One command. */
export interface CommandInfo {
  /** In upper case: `GET`, `CONFIG GET`. */
  readonly name: string;
  readonly flags: readonly CommandFlag[];
  /** The version of Redis (or Valkey) that brought it. */
  readonly since: string;
  /** Positions of the keys among the arguments, from 0. @throws ArgumentError when an argument is no data */
  keys(args: readonly unknown[]): number[];
}

/** The names of all commands that are known, in upper case; those with several words have a space between. */
export function commandNames(): string[] {
  return COMMAND_ROWS.flatMap(([, , names]) => names.toUpperCase().split(',')).sort();
}

/**
 * What is known about a command; undefined for commands of modules and of newer servers.
 *
 * @example commandInfo('xread')?.keys(['STREAMS', 'a', 'b', '$', '$']) // [1, 2]
 */
export function commandInfo(name: string): CommandInfo | undefined {
  const lower = name.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const row = COMMAND_ROWS.find((candidate) => names(candidate[2]).includes(lower));
  if (row === undefined) return undefined;
  const upper = lower.toUpperCase();
  return {
    name: upper,
    flags: row[0].split(' ') as CommandFlag[],
    since: COMMAND_VERSIONS.find(([, list]) => names(list).includes(lower))?.[0] ?? '',
    keys: (args) => keyPositions(knownSpec(upper)?.keys ?? null, args.map(argument)),
  };
}

function names(list: string): string[] {
  return list.split(',');
}

function argument(value: unknown, at: number): Arg {
  return toArg(value as Data, `argument ${at + 1}`);
}
