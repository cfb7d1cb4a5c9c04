import type { ErrorReply } from './errors.ts';

/** Stored data: text or bytes as the reader was asked for, or a counter. Counters beyond ±(2^53 - 1) are `bigint`. */
export type Datum = string | Uint8Array | number | bigint;

/** One row of a list: the key, text or bytes like other data, and its value. */
export type Pair = readonly [key: string | Uint8Array, value: Datum];

/** What a reply carries: nothing (OK), one datum (VAL), rows (KVAL) or a refusal (codes 0 to 4). */
export type Value = Datum | readonly Pair[] | ErrorReply | null;

/** One reply of a Gibson server. */
export interface Reply {
  /** The reply code, 0 to 7; see `replyCodes`. */
  readonly code: number;
  /** The encoding of the reply's data, 0 or 2; see `encodings`. Rows of a list have each their own. */
  readonly encoding: number;
  /** The decoded data. It shares no memory with the bytes that it was read from. */
  readonly value: Value;
  /**
   * Only on a list that holds fewer rows than it announces: how many are missing. The server sends such a list
   * when MGET meets an expired item; the same request again is complete.
   */
  readonly missing?: number;
}

/** Where a request is written to. Gibson frames are binary, so one command is exactly one call of `bytes`. */
export interface Output {
  /** Text not yet closed by `bytes`. This encoder never adds to it. */
  text: string;
  /** Takes one whole frame. The array is new for each frame and may be kept. */
  bytes(frame: Uint8Array): void;
}

/** Takes the replies that a `Decoder` finds. */
export interface Sink {
  /** One complete reply. An exception thrown here makes the decoder unusable. */
  reply(reply: Reply): void;
  /** Asked once per reply with stored data, just before `reply`: `true` for bytes, `false` for text. */
  bytes(): boolean;
}
