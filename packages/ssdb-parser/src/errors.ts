import { decodeText } from './text.ts';
import type { Reply } from './types.ts';

/**
 * The bytes are not SSDB: a broken count line, data without its newline, or a limit that is exceeded. The stream cannot
 * be resynchronised, so the decoder that threw is dead and its connection should be dropped.
 * The message never holds data from the stream.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  /** How many bytes of the whole stream were read before the offending one. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} (at byte ${offset})`);
    this.offset = offset;
  }
}

/**
 * A refusal as a value; it is never thrown by this package. Every status other than `ok` and `not_found` is a refusal,
 * also one that is not known yet.
 *
 * @example
 * const refusal = ErrorReply.of({ status: 'error', body: ['index out of range'] });
 * refusal?.status; // 'error'
 * refusal?.message; // 'index out of range'
 */
export class ErrorReply {
  /** The first block: `error`, `client_error`, `noauth`, `out_of_range`, `fail` or something newer. */
  readonly status: string;
  /** The server's explanation, empty when it gave none (that is usual for several commands). */
  readonly message: string;

  constructor(status: string, message: string) {
    this.status = status;
    this.message = message;
  }

  /** The refusal that `reply` stands for, or undefined when it is an answer (`ok`, `not_found`). */
  static of(reply: Reply): ErrorReply | undefined {
    if (reply.status === 'ok' || reply.status === 'not_found') return undefined;
    const text = reply.body[0] ?? '';
    return new ErrorReply(reply.status, typeof text === 'string' ? text : decodeText(text, 0, text.length));
  }
}
