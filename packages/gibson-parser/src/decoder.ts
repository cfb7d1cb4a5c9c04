import { isBytes } from './bytes.ts';
import { encodings, replyCodes } from './constants.ts';
import { errorReplies, ProtocolError } from './errors.ts';
import { readDatum, readKeyValues } from './key-values.ts';
import { completeLimits, type Limits } from './limits.ts';
import { readUint16, readUint32 } from './numbers.ts';
import type { Reply, Sink } from './types.ts';

const HEADER = 7;

/** A rest below this is not worth a read of its own: copying it costs less. */
const SMALLEST_ROOM = 64 * 1024;

// What a row of a list takes in memory in addition to its data, measured on Node 20 (x64) and rounded up: the pair, its slot in
// the list, a key and a value.
const TEXT_ROW_MEMORY = 144;
const BYTES_ROW_MEMORY = 592;

/**
 * Bytes of a connection to replies, pushed into a sink.
 *
 * ```text
 * | code u16 | encoding u8 | length u32 | data … |
 * ```
 *
 * The bytes may be cut anywhere. A reply that lies whole in one piece is read where it is; for any other, memory
 * is taken once, as soon as its length is known, and each piece is copied into it once. What the sink receives
 * never shares memory with the pieces, so the caller may reuse them at once.
 *
 * After a `ProtocolError`, or an exception of the sink, the decoder is dead: every further `write` throws the same.
 *
 * @example
 * const decoder = new Decoder({ bytes: () => false, reply: ({ value }) => console.log(value) });
 * decoder.write(Uint8Array.of(6, 0, 0, 3, 0, 0, 0, 0x62, 0x61, 0x72)); // bar
 */
export class Decoder {
  readonly #sink: Sink;
  readonly #bulkLength: number;
  readonly #elements: number;
  readonly #replyMemory: number;
  readonly #header: Uint8Array = new Uint8Array(HEADER);
  #headerFilled = 0;
  #code = 0;
  #encoding = 0;
  #length = 0;
  /** The data so far of a reply that did not fit in one piece. */
  #body: Uint8Array | undefined;
  #bodyFilled = 0;
  #failure: unknown;

  /** @throws TypeError or RangeError when a limit is none */
  constructor(sink: Sink, limits?: Limits) {
    const { bulkLength, elements, replyMemory } = completeLimits(limits);
    this.#sink = sink;
    this.#bulkLength = Math.min(bulkLength, replyMemory);
    this.#elements = elements;
    this.#replyMemory = replyMemory;
  }

  /**
   * Takes the next bytes of the connection and calls the sink for each reply that they complete.
   *
   * @throws ProtocolError when the bytes break the protocol or exceed a limit; replies before them were delivered
   * @throws TypeError when it is given anything but a Uint8Array; the decoder can be used further
   */
  write(bytes: Uint8Array): void {
    // instanceof alone refuses arrays of other realms, isBytes alone costs 7 ns per packet.
    if (!(bytes instanceof Uint8Array || isBytes(bytes))) throw new TypeError('write: expected a Uint8Array');
    if (this.#failure !== undefined) throw this.#failure;
    try {
      let at = 0;
      while (at < bytes.length) {
        at = this.#body === undefined ? this.#start(bytes, at) : this.#continue(this.#body, bytes, at);
      }
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /**
   * Where the next bytes may be put in place of a buffer: the memory of a long reply, which then needs no copy. `filled`
   * tells how many bytes were read into it. Undefined when no long reply is under way; the memory is valid until the
   * next call of `write` or `filled`.
   */
  room(): Uint8Array | undefined {
    const rest = this.#body === undefined ? 0 : this.#body.length - this.#bodyFilled;
    return rest < SMALLEST_ROOM ? undefined : this.#body?.subarray(this.#bodyFilled);
  }

  /**
   * Takes bytes that are in the memory that `room` has returned, at its beginning.
   *
   * @throws RangeError when there is no room for so many
   * @throws ProtocolError as `write` does
   */
  filled(length: number): void {
    const body = this.#body;
    if (body === undefined || !(length >= 0 && length <= body.length - this.#bodyFilled))
      throw new RangeError('filled: there is no such room');
    this.#bodyFilled += length;
    if (this.#bodyFilled < body.length) return;
    try {
      this.#complete(body);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  #complete(body: Uint8Array): void {
    this.#body = undefined;
    this.#deliver(body, 0, true);
  }

  #fail(error: unknown): unknown {
    this.#failure = error ?? new ProtocolError('the decoder was stopped');
    this.#body = undefined;
    return error;
  }

  /** Reads a header, and the data too when all of it is there. Returns the offset of the first unread byte. */
  #start(bytes: Uint8Array, from: number): number {
    let at = from;
    if (this.#headerFilled === 0 && bytes.length - at >= HEADER) {
      this.#readHeader(bytes, at);
      at += HEADER;
    } else {
      while (this.#headerFilled < HEADER && at < bytes.length) {
        this.#header[this.#headerFilled++] = bytes[at++] as number;
      }
      if (this.#headerFilled < HEADER) return at;
      this.#headerFilled = 0;
      this.#readHeader(this.#header, 0);
    }
    if (this.#length <= bytes.length - at) {
      this.#deliver(bytes, at, false);
      return at + this.#length;
    }
    this.#body = reserve(this.#length);
    this.#bodyFilled = 0;
    return at;
  }

  #continue(body: Uint8Array, bytes: Uint8Array, at: number): number {
    const taken = Math.min(body.length - this.#bodyFilled, bytes.length - at);
    body.set(taken === bytes.length ? bytes : bytes.subarray(at, at + taken), this.#bodyFilled);
    this.#bodyFilled += taken;
    if (this.#bodyFilled === body.length) this.#complete(body);
    return at + taken;
  }

  #readHeader(bytes: Uint8Array, at: number): void {
    this.#code = readUint16(bytes, at);
    this.#encoding = bytes[at + 2] as number;
    this.#length = readUint32(bytes, at + 3);
    const { VAL, KVAL } = replyCodes;
    if (this.#code > KVAL) throw new ProtocolError(`unknown reply code ${this.#code}`);
    const { PLAIN, NUMBER } = encodings;
    if (this.#encoding !== PLAIN && (this.#encoding !== NUMBER || this.#code !== VAL)) {
      throw new ProtocolError(`reply code ${this.#code} with encoding ${this.#encoding}`);
    }
    // OK and refusals carry one zero byte. More can only mean that the stream is out of step.
    const limit = this.#code < VAL ? 1 : this.#bulkLength;
    if (this.#length > limit) {
      throw new ProtocolError(`reply code ${this.#code} with ${this.#length} bytes, limit ${limit}`);
    }
    if (this.#encoding === NUMBER && this.#length !== 8 && this.#length !== 4) {
      throw new ProtocolError(`a number of ${this.#length} bytes`);
    }
  }

  #deliver(data: Uint8Array, start: number, owned: boolean): void {
    const code = this.#code;
    if (code < replyCodes.VAL) {
      this.#sink.reply({ code, encoding: 0, value: errorReplies[code] ?? null });
    } else if (code === replyCodes.VAL) {
      this.#sink.reply({ code, encoding: this.#encoding, value: this.#readValue(data, start, owned) });
    } else {
      this.#sink.reply(this.#readList(data, start));
    }
  }

  #readValue(data: Uint8Array, start: number, owned: boolean): Reply['value'] {
    const asBytes = this.#encoding === encodings.PLAIN && this.#sink.bytes();
    if (asBytes && owned) return data;
    return readDatum(data, start, this.#length, this.#encoding, asBytes);
  }

  #readList(data: Uint8Array, start: number): Reply {
    const asBytes = this.#sink.bytes();
    const { rows, missing } = readKeyValues(data, start, start + this.#length, asBytes, this.#mostRows(asBytes));
    const reply: Reply = { code: replyCodes.KVAL, encoding: encodings.PLAIN, value: rows };
    return missing === 0 ? reply : { ...reply, missing };
  }

  /** How many rows the limits allow beside the data of the reply. */
  #mostRows(asBytes: boolean): number {
    const perRow = asBytes ? BYTES_ROW_MEMORY : TEXT_ROW_MEMORY;
    return Math.min(this.#elements, Math.floor((this.#replyMemory - this.#length) / perRow));
  }
}

function reserve(length: number): Uint8Array {
  try {
    return new Uint8Array(length);
  } catch {
    throw new ProtocolError(`no memory for a reply of ${length} bytes`);
  }
}
