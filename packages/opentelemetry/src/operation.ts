/** What happens in a client, in the names of the semantic conventions for database clients. */
import type { BatchTrace, CommandTrace } from '@kv/core';

/** What the messages of all channels have. */
export type Message = Pick<CommandTrace, 'client' | 'backend' | 'address' | 'durationMs' | 'error'> &
  Partial<Pick<CommandTrace, 'database' | 'batchMode'>>;

/** One operation of the conventions. */
export interface Operation {
  readonly name: string;
  /** Of a batch with two commands or more. */
  readonly batchSize?: number;
}

/** A command, by its name. */
export function commandOperation({ command }: CommandTrace): Operation {
  return { name: command };
}

/** A batch is one operation; one with a single command counts as that command. */
export function batchOperation({ batchMode, batchSize, commands }: BatchTrace): Operation {
  const [first] = commands;
  if (first !== undefined && commands.length === 1) return { name: first };
  const kind = batchMode === 'multi' ? 'MULTI' : 'PIPELINE';
  const isUniform = first !== undefined && commands.every((command) => command === first);
  return { name: isUniform ? `${kind} ${first}` : kind, batchSize };
}

/** An attempt to connect, handshake included. */
export function connectOperation(): Operation {
  return CONNECT;
}

const CONNECT: Operation = { name: 'CONNECT' };
