import { replyCodes } from './constants.ts';

/**
 * The bytes of the server are not Gibson's protocol. The stream cannot be trusted any more: a reader
 * must drop the connection, because requests carry no number by which replies could be matched again.
 */
export class ProtocolError extends Error {
  /** The same on every protocol error; prefer it to `instanceof`, which fails between two copies of a package. */
  readonly code = 'PROTOCOL' as const;

  constructor(message: string) {
    super(message);
    this.name = 'ProtocolError';
  }
}

/** The reply codes that refuse a request. */
export type ErrorName = 'ERR' | 'ERR_NOT_FOUND' | 'ERR_NAN' | 'ERR_MEM' | 'ERR_LOCKED';

/**
 * A refusal, as the server sent it: reply codes 0 to 4. It is a value and is never thrown by this package.
 * There is one frozen instance per code, because "not found" is an everyday answer and must cost nothing.
 */
export class ErrorReply {
  /** The reply code, 0 to 4. */
  readonly code: number;
  /** The server's own name for the code. */
  readonly name: ErrorName;
  /** The meaning of the code in words; the wire carries none. */
  readonly message: string;

  constructor(name: ErrorName, message: string) {
    this.code = replyCodes[name];
    this.name = name;
    this.message = message;
    Object.freeze(this);
  }
}

/** The refusals of a Gibson server, each at the index of its reply code. */
export const errorReplies: readonly ErrorReply[] = [
  new ErrorReply('ERR', 'malformed request'),
  new ErrorReply('ERR_NOT_FOUND', 'not found'),
  new ErrorReply('ERR_NAN', 'not a number'),
  new ErrorReply('ERR_MEM', 'the server is over its memory limit'),
  new ErrorReply('ERR_LOCKED', 'the item is locked'),
];
