import { type AnyCommand, ReplyError as CoreReplyError, type ErrorDetails, Flag, isKvError, printable } from '@kv/core';
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

/** An unknown subcommand is quoted, too: it may be an argument of a command that the server reads otherwise. */
const SUBCOMMAND = /(unknown subcommand(?: or wrong number of arguments for)? )'.*'/is;

/** One quoted piece of a message. */
const PIECE = /'([^']+)'|"([^"]+)"|`([^`]+)`/g;

/** An error reply of the server as an error. The only place where its text is read. */
export function replyError(reply: ErrorReply, command: AnyCommand | undefined): ReplyError {
  const message = publicText(reply.message, command) || 'The server sent an error without a text';
  const prefix = printable(reply.code);
  const error = new ReplyError(message, prefix, message === reply.message ? { cause: reply } : undefined);
  if (command !== undefined && mayHaveRun(command, error)) error.outcome = 'unknown';
  return error;
}

/** What may stand in a message: nothing that a terminal obeys, and none of the arguments that the server quotes. */
function publicText(message: string, command: AnyCommand | undefined): string {
  const text = printable(message.replace(QUOTED, '').replace(SUBCOMMAND, "$1'…'"));
  if (command === undefined || command.args.length === 0) return text;
  return text.replace(PIECE, (whole, ...pieces: (string | undefined)[]) =>
    isArgument(pieces[0] ?? pieces[1] ?? pieces[2] ?? '', command) ? `${whole[0]}…${whole[0]}` : whole,
  );
}

/** Long arguments are cut where servers quote them. */
function isArgument(piece: string, { args }: AnyCommand): boolean {
  return args.some((arg) => printable(typeof arg === 'string' ? arg : decoded(arg)).startsWith(piece));
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/**
 * The refusal of a login: where the server repeats the password in it, only its first word is kept.
 */
export function withoutPassword(error: unknown, password: string): unknown {
  if (!(error instanceof ReplyError) || password === '' || !error.message.includes(password)) return error;
  const prefix = error.prefix.includes(password) ? '' : error.prefix;
  const message = `${prefix} The server refused the login, in words that repeat the password`.trimStart();
  return new ReplyError(message, prefix, { command: error.command, attempts: error.attempts });
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

/** Whether an error is a reply with this prefix, whichever copy of the package made it. */
export function hasPrefix(error: unknown, ...prefixes: readonly string[]): error is ReplyError {
  return isKvError(error) && 'prefix' in error && prefixes.includes(error.prefix as string);
}
