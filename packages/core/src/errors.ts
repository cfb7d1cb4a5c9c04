/** Machine-readable kind of a {@link KvError}. */
export type ErrorCode =
  | 'ARGUMENT'
  | 'CONNECTION'
  | 'CLOSED'
  | 'TIMEOUT'
  | 'ABORTED'
  | 'QUEUE_FULL'
  | 'PROTOCOL'
  | 'REPLY'
  | 'BATCH'
  | 'CONFLICT';

/**
 * Whether the command ran: `notSent` — it did not: no byte of it left, or a server that could not serve sent it back;
 * `refused` — the server answered that it did not do it; `unknown` — it left, and no answer was seen.
 */
export type Outcome = 'notSent' | 'refused' | 'unknown';

/** What an error is made from. */
export interface ErrorDetails {
  readonly outcome?: Outcome;
  /** Name of the command; never its arguments. */
  readonly command?: string | undefined;
  readonly attempts?: number;
  readonly cause?: unknown;
}

const brand = Symbol.for('@kv/error');

/**
 * Base of all errors of the family. Recognize it with {@link isKvError} and `code`, not with `instanceof`: the ESM
 * and the CommonJS copy of a package can meet in one process.
 */
export class KvError extends Error {
  readonly code: ErrorCode;
  outcome: Outcome;
  /** Name of the command, without arguments. */
  command: string | undefined;
  /** How often the command was written to a connection. */
  attempts: number;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.outcome = details.outcome ?? 'notSent';
    this.command = details.command;
    this.attempts = details.attempts ?? 0;
  }
}

Object.defineProperty(KvError.prototype, brand, { value: true });

function named(type: { readonly prototype: object }, name: string): void {
  Object.defineProperty(type.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** A call that cannot be sent: wrong argument, option or address. Nothing left the process. */
export class ArgumentError extends KvError {
  constructor(message: string, details?: ErrorDetails) {
    super('ARGUMENT', message, details);
  }
}

/** The connection could not be made or was lost. */
export class ConnectionError extends KvError {
  constructor(message: string, details?: ErrorDetails) {
    super('CONNECTION', message, details);
  }
}

/** The client, pool, lease or connection was closed by its user. */
export class ClosedError extends KvError {
  constructor(message: string, details?: ErrorDetails) {
    super('CLOSED', message, details);
  }
}

/** The deadline passed. */
export class TimeoutError extends KvError {
  constructor(message: string, details?: ErrorDetails) {
    super('TIMEOUT', message, details);
  }
}

/** The caller's `AbortSignal` fired; its reason is the `cause`. */
export class AbortedError extends KvError {
  constructor(message: string, details?: ErrorDetails) {
    super('ABORTED', message, details);
  }
}

/** Too many bytes wait to be sent (`maxQueueBytes`). */
export class QueueFullError extends KvError {
  constructor(message: string, details?: ErrorDetails) {
    super('QUEUE_FULL', message, details);
  }
}

/** The server sent bytes that are not its protocol. The connection was destroyed; the parser's error is the `cause`. */
export class ProtocolError extends KvError {
  constructor(message: string, details?: ErrorDetails) {
    super('PROTOCOL', message, details);
  }
}

/** The server refused the command. */
export class ReplyError extends KvError {
  constructor(message: string, details?: ErrorDetails, code: 'REPLY' | 'CONFLICT' = 'REPLY') {
    super(code, message, { outcome: 'refused', ...details });
  }
}

/** At least one member of a batch failed; the first error is the `cause`. */
export class BatchError extends KvError {
  /** Per position: the value, or the error of that member. */
  readonly results: readonly unknown[];

  constructor(message: string, results: readonly unknown[], details?: ErrorDetails) {
    super('BATCH', message, details);
    this.results = results;
  }
}

/** A watched key was changed by somebody else: nothing of the transaction ran. */
export class ConflictError extends KvError {
  constructor(message: string, details?: ErrorDetails) {
    super('CONFLICT', message, { outcome: 'refused', ...details });
  }
}

named(KvError, 'KvError');
named(ArgumentError, 'ArgumentError');
named(ConnectionError, 'ConnectionError');
named(ClosedError, 'ClosedError');
named(TimeoutError, 'TimeoutError');
named(AbortedError, 'AbortedError');
named(QueueFullError, 'QueueFullError');
named(ProtocolError, 'ProtocolError');
named(ReplyError, 'ReplyError');
named(BatchError, 'BatchError');
named(ConflictError, 'ConflictError');

/** Whether a caught value is an error of this family, whichever copy of the package made it. */
export function isKvError(error: unknown): error is KvError {
  return typeof error === 'object' && error !== null && brand in error;
}

/** Notes which command an error of the family is about, where it does not say so yet, and gives it back. */
export function ofCommand(error: unknown, command: string): unknown {
  if (isKvError(error)) error.command ??= command;
  return error;
}

/** Converts any error to a {@link KvError}; a foreign one becomes the cause of a {@link ConnectionError}. */
export function asKvError(error: unknown): KvError {
  if (isKvError(error)) return error;
  return new ConnectionError(messageOf(error), { cause: error });
}

/** A name with several addresses, all of which refuse, is an error without a message that has one error for each. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '' || !(error instanceof AggregateError)) return error.message;
  return error.errors.map(messageOf).join('; ');
}
