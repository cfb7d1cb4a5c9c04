/** Refusals of the server as errors: the status says which class. */
import { ReplyError as CoreReplyError, printable } from '@kv/core';
import { ErrorReply, type Reply } from '@kv/ssdb-parser';

/** The server refused the command. `code` is `'REPLY'`, `outcome` is `'refused'`. */
export class ReplyError extends CoreReplyError {
  /** First block of the reply: `error`, `client_error`, `noauth`, `out_of_range`, `fail`, or one of a newer server. */
  readonly status: string;

  constructor(refusal: ErrorReply) {
    const { status, message } = refusal;
    const text = printable(message === '' ? status : `${status}: ${message}`);
    super(text, text.includes(message) ? { cause: refusal } : undefined);
    this.status = printable(status);
  }
}

/** `noauth`: no password was given on this connection, or the wrong one was (`error` with `invalid password`). */
export class AuthenticationError extends ReplyError {}

/** `client_error`: unknown command, wrong number of arguments, or an argument out of its range. */
export class CommandError extends ReplyError {}

/** `client_error` of a server that is configured as read-only. */
export class ReadonlyError extends CommandError {}

/** `error`: the storage refused, for example because a counter is not a whole number. */
export class StorageError extends ReplyError {}

/** `out_of_range`: the server is configured for another range of plain keys (see `setKvRange`). */
export class KeyRangeError extends ReplyError {}

const classes = { ReplyError, AuthenticationError, CommandError, ReadonlyError, StorageError, KeyRangeError };
for (const [name, type] of Object.entries(classes)) {
  Object.defineProperty(type.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** The error for a reply that is a refusal; undefined for an answer. */
export function replyError(reply: Reply): ReplyError | undefined {
  const refusal = ErrorReply.of(reply);
  if (refusal === undefined) return undefined;
  return new (classOf(refusal))(refusal);
}

function classOf({ status, message }: ErrorReply): typeof ReplyError {
  switch (status) {
    case 'noauth':
      return AuthenticationError;
    case 'error':
      return message === 'invalid password' ? AuthenticationError : StorageError;
    case 'client_error':
      return message.startsWith('Forbidden Command') ? ReadonlyError : CommandError;
    case 'out_of_range':
      return KeyRangeError;
    default:
      return ReplyError;
  }
}

/** The refusal of a login: where the server repeats the password in it, only its status is kept. */
export function withoutPassword(error: unknown, password: string): unknown {
  if (!(error instanceof ReplyError) || !error.message.includes(password)) return error;
  return new AuthenticationError(new ErrorReply('noauth', 'the server refused the login, and repeated the password'));
}
