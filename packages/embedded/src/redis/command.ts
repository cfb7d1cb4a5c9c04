import type { Client } from './client.ts';
import type { Keyspace } from './keyspace.ts';
import type { Notation } from './replies.ts';
import type { RedisState } from './state.ts';

/** What a command works on. */
export interface Context {
  readonly state: RedisState;
  readonly client: Client;
  /** The database the client has selected. */
  readonly db: Keyspace;
  /** The protocol version of the client. */
  readonly wire: Notation;
  /** The command's own name in lower case, with its subcommand: `client|id`. */
  readonly name: string;
  /** The command as the client wrote it. */
  readonly words: readonly string[];
}

/** Runs a command: arguments in, wire bytes out. Undefined: the client waits (waiting.ts), the reply comes later. */
export type Run = (context: Context, args: readonly string[]) => string | undefined;

/** Commands by name; subcommands as `container|name`. */
export type Commands = Readonly<Record<string, Run>>;

/** An argument that the arity check has made sure of. */
export function arg(args: readonly string[], index: number): string {
  return args[index] as string;
}
