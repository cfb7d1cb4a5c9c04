import { isBytes } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import { type CompleteLimits, completeLimits, type Limits } from './limits.ts';
import { decodeLatin1, decodeText } from './text.ts';
import type { Sink } from './types.ts';

const LF = 0x0a;
const CR = 0x0d;
const ZERO = 0x30;

// Where in a packet the next byte belongs:
//
//     2 LF  ok LF  3 LF  abc LF  LF
//     ^     ^  ^   ^     ^   ^   ^
//     LINE  DATA   LINE  DATA    LINE: an empty line ends the packet
//              AFTER         AFTER
//
// A CR goes from LINE to LINE_LF and from AFTER to AFTER_LF, where only LF may follow.
const LINE = 0;
const LINE_LF = 1;
const DATA = 2;
const AFTER = 3;
const AFTER_LF = 4;

// What a block takes in memory in addition to its data, measured on Node 20 (x64) and rounded up; with its slot in the body.
const TEXT_MEMORY = 48;
const BYTES_MEMORY = 272;

/** A rest below this is not worth a read of its own: copying it costs less. */
const SMALLEST_ROOM = 64 * 1024;

/** Blocks shorter than this are copied by a loop, longer ones by `set`. */
const SHORT_COPY = 32;

/**
 * Push decoder: write bytes as they arrive, cut anywhere, and the sink gets each packet as soon as it is complete.
 *
 * The written bytes may be reused by the caller afterwards; whatever the sink gets is a copy. A block that arrives in
 * many pieces is allocated once and each piece is copied once. Blank lines between packets are skipped, and CRLF is
 * taken for LF, as the server does. After an error (also one thrown by the sink) the decoder is dead: every further
 * `write` throws the same error.
 *
 * @example
 * const decoder = new Decoder({ bytes: () => false, reply: ({ status, body }) => console.log(status, body) });
 * decoder.write(new TextEncoder().encode('2\nok\n1\n1\n\n')); // prints: ok [ '1' ]
 */
export class Decoder {
  readonly #sink: Sink;
  readonly #limits: CompleteLimits;
  #state = LINE;
  /** Bytes of the current count line so far; 0 at its start. */
  #lineLength = 0;
  /** The count so far, then the length of the block under way. */
  #length = 0;
  /** A block that began in an earlier write, and how much of it is here. */
  #partial: Uint8Array | undefined;
  #filled = 0;
  /** The packet under way; without a status it has not begun. */
  #status: string | undefined;
  #body: (string | Uint8Array)[] = [];
  #bytes = false;
  #packetLength = 0;
  /** Bytes of all earlier writes, for error messages. */
  #offset = 0;
  #error: unknown;
  #dead = false;

  constructor(sink: Sink, limits?: Limits) {
    this.#sink = sink;
    this.#limits = completeLimits(limits);
  }

  /**
   * Decodes `bytes` and calls the sink for every packet they complete.
   *
   * @throws ProtocolError on bytes that are not SSDB or exceed a limit
   * @throws TypeError when it is given anything but a Uint8Array; the decoder can be used further
   */
  write(bytes: Uint8Array): void {
    // instanceof alone refuses arrays of other realms, isBytes alone costs 7 ns per packet.
    if (!(bytes instanceof Uint8Array || isBytes(bytes))) throw new TypeError('write: expected a Uint8Array');
    if (this.#dead) throw this.#error;
    try {
      this.#decode(bytes);
      this.#offset += bytes.length;
    } catch (error) {
      throw this.#die(error);
    }
  }

  /**
   * Where the next bytes may be put in place of a buffer: the memory of a long block, which then needs no copy. `filled`
   * tells how many bytes were read into it. Undefined when no long block is under way; the memory is valid until the
   * next call of `write` or `filled`.
   */
  room(): Uint8Array | undefined {
    const rest = this.#partial === undefined ? 0 : this.#partial.length - this.#filled;
    return rest < SMALLEST_ROOM ? undefined : this.#partial?.subarray(this.#filled);
  }

  /**
   * Takes bytes that are in the memory that `room` has returned, at its beginning.
   *
   * @throws RangeError when there is no room for so many
   * @throws ProtocolError as `write` does
   */
  filled(length: number): void {
    const partial = this.#partial;
    if (partial === undefined || !(length >= 0 && length <= partial.length - this.#filled))
      throw new RangeError('filled: there is no such room');
    this.#filled += length;
    this.#offset += length;
    if (this.#filled < partial.length) return;
    this.#partial = undefined;
    try {
      this.#block(partial, 0, partial.length, true);
    } catch (error) {
      throw this.#die(error);
    }
    this.#state = AFTER;
  }

  #die(error: unknown): unknown {
    this.#dead = true;
    this.#error = error;
    this.#partial = undefined;
    this.#body = [];
    return error;
  }

  #decode(bytes: Uint8Array): void {
    const end = bytes.length;
    let state = this.#state;
    let at = 0;
    while (at < end || (state === DATA && this.#length === 0)) {
      if (state === DATA) {
        at = this.#data(bytes, at, end);
        if (this.#partial !== undefined) break;
        state = AFTER;
        continue;
      }
      const byte = bytes[at++] as number;
      if (state === LINE && byte >= ZERO && byte <= ZERO + 9) this.#digit(byte - ZERO, at);
      else if (byte === LF) state = state === AFTER || state === AFTER_LF ? LINE : this.#endLine(at);
      else if (byte === CR && state === LINE) state = LINE_LF;
      else if (byte === CR && state === AFTER) state = AFTER_LF;
      else this.#unexpected(byte, state, at);
    }
    this.#state = state;
  }

  #digit(digit: number, at: number): void {
    if (++this.#lineLength > this.#limits.lineLength)
      this.#fail(`count line longer than ${this.#limits.lineLength} bytes`, at);
    this.#length = this.#length * 10 + digit;
  }

  /** The LF of a line was read: an empty line ends a packet, a count starts a block. */
  #endLine(at: number): number {
    if (this.#lineLength === 0) {
      this.#endPacket();
      return LINE;
    }
    this.#lineLength = 0;
    this.#packetLength += this.#length;
    const { bulkLength, packetLength, elements, replyMemory } = this.#limits;
    if (this.#length > bulkLength) this.#fail(`block longer than ${bulkLength} bytes`, at);
    if (this.#packetLength > packetLength) this.#fail(`packet longer than ${packetLength} bytes`, at);
    if (this.#status !== undefined && this.#body.length + 1 >= elements) this.#fail(`more than ${elements} blocks`, at);
    const memory = this.#packetLength + this.#body.length * (this.#bytes ? BYTES_MEMORY : TEXT_MEMORY);
    if (memory > replyMemory) this.#fail(`packet takes more than ${replyMemory} bytes of memory`, at);
    return DATA;
  }

  #endPacket(): void {
    const status = this.#status;
    if (status === undefined) return; // a blank line before a packet
    const body = this.#body;
    this.#status = undefined;
    this.#body = [];
    this.#packetLength = 0;
    this.#sink.reply({ status, body });
  }

  /** Takes the block, or as much of it as is here. Returns the position after it; `#partial` is set while it is incomplete. */
  #data(bytes: Uint8Array, at: number, end: number): number {
    const length = this.#length;
    let partial = this.#partial;
    if (partial === undefined) {
      if (end - at >= length) {
        this.#block(bytes, at, at + length, false);
        return at + length;
      }
      partial = this.#reserve(length, at);
      this.#partial = partial;
      this.#filled = 0;
    }
    const taken = Math.min(length - this.#filled, end - at);
    partial.set(bytes.subarray(at, at + taken), this.#filled);
    this.#filled += taken;
    if (this.#filled === length) {
      this.#partial = undefined;
      this.#block(partial, 0, length, true);
    }
    return at + taken;
  }

  /** A complete block. `owned`: it fills `bytes` exactly and there is no other reference to them. */
  #block(bytes: Uint8Array, start: number, end: number, owned: boolean): void {
    this.#length = 0;
    if (this.#status === undefined) {
      const ok = end - start === 2 && bytes[start] === 0x6f && bytes[start + 1] === 0x6b;
      this.#status = ok ? 'ok' : decodeLatin1(bytes, start, end);
      return;
    }
    if (this.#body.length === 0) this.#bytes = this.#sink.bytes();
    if (!this.#bytes) this.#body.push(this.#text(bytes, start, end));
    else this.#body.push(owned ? bytes : copy(bytes, start, end));
  }

  #reserve(length: number, at: number): Uint8Array {
    try {
      return new Uint8Array(length);
    } catch {
      this.#fail(`no memory for a block of ${length} bytes`, at);
    }
  }

  #text(bytes: Uint8Array, start: number, end: number): string {
    try {
      return decodeText(bytes, start, end);
    } catch {
      this.#fail(`a block of ${end - start} bytes is too long for a text`, start);
    }
  }

  #unexpected(byte: number, state: number, at: number): never {
    const expected = state === LINE ? 'a count' : state === AFTER ? 'a newline after the data' : 'LF after CR';
    this.#fail(`expected ${expected}, got byte 0x${byte.toString(16).padStart(2, '0')}`, at);
  }

  /** `at` is the position after the offending byte. */
  #fail(message: string, at: number): never {
    throw new ProtocolError(message, this.#offset + at - 1);
  }
}

/** A plain `Uint8Array`, also when `bytes` is a `Buffer`, whose own `slice` would be a view. */
function copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const length = end - start;
  const result = new Uint8Array(length);
  if (length >= SHORT_COPY) result.set(bytes.subarray(start, end));
  else for (let i = 0; i < length; i++) result[i] = bytes[start + i] as number;
  return result;
}
