import { type AnyCommand, ReplyError as CoreReplyError, type ErrorDetails, Flag } from '@kv/core';
import type { ErrorReply } from '@kv/resp-parser';

/** Redis refused the command. `prefix` is the first word of its answer: `ERR`, `WRONGTYPE`, `NOSCRIPT`, … */
export class ReplyError extends CoreReplyError {
  /** First word of the error reply; empty when the server sent none. */
  readonly prefix: string;

  constructor(message: string, prefix: string, details?: ErrorDetails) {
    super(message, details);
    this.prefix = prefix;
  }
}

/** EXEC was refused because commands of the transaction were refused before (EXECABORT). Nothing of it ran. */
export class TransactionAbortedError extends ReplyError {
  /** The refused members: position in the transaction and why. */
  readonly refused: readonly { readonly index: number; readonly error: Error }[];

  constructor(message: string, refused: readonly { readonly index: number; readonly error: Error }[]) {
    super(message, 'EXECABORT', { command: 'EXEC', cause: refused[0]?.error });
    this.refused = refused;
  }
}

for (const [type, name] of [
  [ReplyError, 'ReplyError'],
  [TransactionAbortedError, 'TransactionAbortedError'],
] as const) {
  Object.defineProperty(type.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** Redis quotes the arguments of a command that it does not know. They belong into no log. */
const QUOTED = /, with args beginning with: .*$/s;

/** An error reply of the server as an error. The only place where its text is read. */
export function replyError(reply: ErrorReply, command: AnyCommand | undefined): ReplyError {
  const message = reply.message.replace(QUOTED, '');
  const error = new ReplyError(message, reply.code, message === reply.message ? { cause: reply } : undefined);
  if (command !== undefined && mayHaveRun(command, error)) error.outcome = 'unknown';
  return error;
}

/** A script or function that writes may have written before its error, which may be its own and in any words. */
function mayHaveRun({ flags }: AnyCommand, error: ReplyError): boolean {
  return (flags & (Flag.opaque | Flag.read)) === Flag.opaque && !isScriptMissing(error);
}

/** How servers say that they do not know the hash of a script. A script may answer NOSCRIPT, too, in its own words. */
const SCRIPT_MISSING = /^NOSCRIPT No matching script\b/;

/** Whether the server does not know a script: it did not run. */
export function isScriptMissing(error: unknown): boolean {
  return hasPrefix(error, 'NOSCRIPT') && SCRIPT_MISSING.test(error.message);
}

/** Whether an error is a reply with this prefix. */
export function hasPrefix(error: unknown, ...prefixes: readonly string[]): error is ReplyError {
  return error instanceof ReplyError && prefixes.includes(error.prefix);
}
