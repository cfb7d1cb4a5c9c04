/** One argument: text is sent as UTF-8, bytes as they are. */
export type Arg = string | Uint8Array;

/**
 * One decoded packet.
 *
 * `status` is the first block, one character per byte (Latin-1): for the known statuses (`ok`, `not_found`, `error`,
 * `client_error`, `noauth`, `out_of_range`, `fail`) that is plain text, and the binary first block of a `sync140`
 * packet survives unharmed. `body` holds the other blocks, text or bytes as the reader asked for; `ok` without a body
 * is an empty list.
 */
export interface Reply {
  readonly status: string;
  readonly body: (string | Uint8Array)[];
}

/** Who receives decoded packets from a {@link Decoder}. Neither method may call the decoder again. */
export interface Sink {
  /** Should the body of the packet that begins be bytes? Asked at most once per packet, before its first body block. */
  bytes(): boolean;
  /** One complete packet. It belongs to the receiver: nothing in it refers to the bytes that were written. */
  reply(reply: Reply): void;
}

/**
 * Where the engine's form of the encoder puts a request. Text is appended to `text`; `bytes()` takes what cannot be
 * part of a string, after everything that is in `text` at that moment.
 */
export interface Output {
  text: string;
  bytes(data: Uint8Array): void;
  /**
   * Encodes large text as UTF-8, in pieces for `bytes()`: into memory that is at hand and is used again once it was
   * written. Without this method large text becomes a part of `text`, too.
   */
  encode?(text: string): readonly Uint8Array[];
}
