import type { ErrorReply } from './errors.ts';

/** One argument of a command: text is sent as UTF-8, bytes as they are. */
export type Arg = string | Uint8Array;

/**
 * Where encoded commands go. Text is appended to `text`; `bytes` ends the text run that was collected so far and puts
 * raw bytes behind it, so the order on the wire is the order of the calls.
 */
export interface Output {
  /** Text that waits to be written as UTF-8. */
  text: string;
  /** Writes what `text` holds, then these bytes, which must not change until they were sent. */
  bytes(bytes: Uint8Array): void;
  /**
   * Encodes large text as UTF-8, in pieces for `bytes`: into memory that the output has at hand and uses again once it
   * was written. Without this method memory is taken for each text.
   */
  encode?(text: string): readonly Uint8Array[];
}

/**
 * A decoded value.
 *
 * | on the wire | value |
 * |---|---|
 * | `+` simple string | string |
 * | `$` bulk, `=` verbatim (its `txt:` is dropped), `$?` streamed string | string, or Uint8Array in bytes mode |
 * | `:` integer | number, or bigint when it is not a safe integer |
 * | `,` double | number, also Infinity, -Infinity and NaN |
 * | `(` big number | bigint |
 * | `#` | boolean |
 * | `_`, `$-1`, `*-1` | null |
 * | `*` | Array |
 * | `%` | Map; of two equal scalar keys the later one wins; a flat array where texts that are no UTF-8 are equal |
 * | `~` | Set; an array where texts that are no UTF-8 are equal |
 * | `-`, `!` | ErrorReply |
 */
export type Reply =
  | string
  | Uint8Array
  | number
  | bigint
  | boolean
  | null
  | ErrorReply
  | Reply[]
  | Map<Reply, Reply>
  | Set<Reply>;

/**
 * Receives what a `Decoder` finds, in wire order. The methods must not throw and must not call `write` of the same
 * decoder: what is left of the bytes would be lost.
 */
export interface DecoderSink {
  /** A complete reply; error replies come here as values too. */
  reply(value: Reply): void;
  /**
   * A complete push. It is never a reply, also when the server sent it between two elements of an array, as Redis 7.0
   * does for a PUBLISH to oneself inside MULTI.
   */
  push(items: Reply[]): void;
  /** An attribute, before the value it belongs to. Without this method attributes are dropped. */
  attribute?(attribute: Map<Reply, Reply>): void;
  /**
   * Asked at the start of each push and of each other top-level value that may hold strings, attributes included: are
   * they wanted as bytes?
   * Covers bulk, verbatim and streamed strings, map keys included. Simple strings and error texts stay text.
   * @param push whether the value is a push, which belongs to no command
   */
  bytes(push: boolean): boolean;
  /**
   * Asked at the start of each top-level aggregate that is no push, and for each top-level double, boolean and big number: is
   * it wanted in the shapes of RESP2? Then maps are flat arrays, sets are arrays, doubles and big numbers are strings as
   * they came (or bytes), and booleans are 1 and 0, at every depth. Without this method they never are.
   */
  flat?(): boolean;
}
