/** The bytes do not follow RESP, or exceed a limit. The stream cannot be read any further: close the connection. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/**
 * An error that the server sent as a reply. It is a value and never thrown: a reply may hold several, for example the
 * array of EXEC. It is no `Error`, because collecting a stack for each would cost more than decoding it.
 */
export class ErrorReply {
  /** The whole text, for example `WRONGTYPE Operation against a key holding the wrong kind of value`. */
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }

  /** The first word of the text, for example `WRONGTYPE`: what programs look at. */
  get code(): string {
    const space = this.message.search(/\s/);
    return space < 0 ? this.message : this.message.slice(0, space);
  }

  toString(): string {
    return this.message;
  }
}
