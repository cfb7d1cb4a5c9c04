import { Aggregate, toMap, toMapOrPairs, toSetOrList } from './aggregate.ts';
import { byteLengthOf, isBytes } from './bytes.ts';
import { ErrorReply, ProtocolError } from './errors.ts';
import { completeLimits, type Limits } from './limits.ts';
import { findLineEnd, LineBuffer } from './line-buffer.ts';
import { MINUS, parseDecimal, SAFE_DIGITS } from './numbers.ts';
import { aggregateMemory, BYTES_MEMORY, elementMemory, SCALAR_MEMORY } from './reply-memory.ts';
import { longestLine, parseScalar } from './scalar.ts';
import { notTerminated, StringBuffer } from './string-buffer.ts';
import { bytesOfAscii, decodeText } from './text.ts';
import type { DecoderSink, Reply } from './types.ts';
import * as wire from './wire.ts';

// What #header() returns in place of a length.
const IS_NULL = -1;
const IS_STREAMED = -2;
const INCOMPLETE = -3;

/** A Map or a Set of V8 takes no more. */
const MAP_CAPACITY = 2 ** 24;

const EMPTY = new Uint8Array(0);

/**
 * Turns bytes into replies and pushes, as they arrive: RESP2 and RESP3 in one, cut anywhere. It knows no socket.
 *
 * ```text
 *            ┌ #line    what the end of the last bytes left of a line     $1 ✂ 2\r\n
 *  write() ──┤ #string  a string of known length that is still arriving   $70000\r\n… ✂ …
 *            └ #top     the innermost aggregate that is open, with those around it  *3 ▸ %2 ▸ *1
 * ```
 *
 * Nothing recurses and nothing is read twice, so hostile nesting costs no stack and cuts cost no time.
 * @example
 * const decoder = new Decoder({ reply: (value) => console.log(value), push: () => {}, bytes: () => false })
 * socket.on('data', (bytes) => decoder.write(bytes))
 */
export class Decoder {
  readonly #sink: DecoderSink;
  readonly #maxDepth: number;
  readonly #maxLength: number;
  readonly #maxElements: number;
  readonly #maxEntries: number;
  readonly #maxMemory: number;
  #failure: ProtocolError | undefined;

  /** The bytes at hand; `#pos` is the next to read. */
  #bytes: Uint8Array = EMPTY;
  #pos = 0;
  #end = 0;

  readonly #line = new LineBuffer();
  readonly #string = new StringBuffer();
  #stringType: number = wire.BULK;
  /** Inside `$?`: `#string` collects the chunks. */
  #streaming = false;

  /** How many aggregates are open: the innermost, and those around it. */
  #depth = 0;
  #top: Aggregate | undefined;
  /** Whether strings of the value under way are wanted as bytes. */
  #asBytes = false;
  /** Whether the value under way is wanted in the shapes of RESP2. */
  #flat = false;
  /** What the reply under way takes in memory, with the slots of the elements that are announced. */
  #memory = 0;

  /**
   * @param sink receives what is found, during `write`
   * @param limits see `Limits` for the defaults
   * @throws TypeError or RangeError when a limit is none
   */
  constructor(sink: DecoderSink, limits?: Limits) {
    this.#sink = sink;
    const { depth, bulkLength, elements, replyMemory } = completeLimits(limits);
    this.#maxDepth = depth;
    this.#maxLength = Math.min(bulkLength, replyMemory);
    this.#maxElements = elements;
    this.#maxEntries = Math.min(elements, MAP_CAPACITY);
    this.#maxMemory = replyMemory;
  }

  /**
   * Reads bytes and calls the sink for all that they complete. The array may be reused afterwards: no result shares
   * its memory.
   * @throws ProtocolError when the bytes are not RESP or exceed a limit, or when the sink throws (then with its error
   * as `cause`); every later call throws the same error
   * @throws TypeError when it is given anything but a Uint8Array; the decoder can be used further
   */
  write(bytes: Uint8Array): void {
    // instanceof alone refuses arrays of other realms, isBytes alone costs 7 ns per packet.
    if (!(bytes instanceof Uint8Array || isBytes(bytes))) throw new TypeError('write: expected a Uint8Array');
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#bytes !== EMPTY) throw new Error('write() was called by the sink of the same decoder');
    try {
      if (this.#line.length > 0) this.#completeLine(bytes);
      else this.#run(bytes, 0, bytes.length);
    } catch (error) {
      this.#failure = toProtocolError(error);
      this.#release();
      throw this.#failure;
    }
    this.#bytes = EMPTY;
  }

  /**
   * Where the next bytes may be put in place of a buffer: the memory of a long string, which then needs no copy. It ends
   * before the string does, or with it. `filled` tells how many bytes were read into it.
   * @returns undefined when no long string is under way; else memory that is valid until the next call of `write` or `filled`
   */
  room(): Uint8Array | undefined {
    return this.#failure === undefined ? this.#string.room() : undefined;
  }

  /**
   * Takes bytes that are in the memory that `room` has returned, at its beginning.
   * @param length how many they are
   * @throws RangeError when there is no room for so many
   */
  filled(length: number): void {
    if (!(length >= 0 && length <= (this.room()?.length ?? 0))) throw new RangeError('filled: there is no such room');
    this.#string.advance(length);
  }

  #release(): void {
    this.#bytes = EMPTY;
    this.#top = undefined;
    this.#line.clear();
    this.#string.clear();
  }

  /** Reads a range, starting with what an earlier call left unfinished. */
  #run(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = this.#asBytes ? plain(bytes) : bytes;
    this.#pos = start;
    this.#end = end;
    if (this.#string.waiting) this.#fillString();
    if (!(this.#streaming && !this.#chunks()) && this.#values()) return;
    this.#checkLine(this.#line.append(bytes, this.#pos, end), this.#bytes[this.#pos]);
  }

  /** Moves bytes up to the end of the line that waits, reads that line alone, then goes on behind it. */
  #completeLine(bytes: Uint8Array): void {
    const next = this.#line.lineEnd(bytes);
    const length = this.#line.append(bytes, 0, next < 0 ? bytes.length : next);
    const { memory } = this.#line;
    this.#checkLine(length, memory[0]);
    if (next < 0) return;
    this.#line.clear();
    this.#run(memory, 0, length);
    this.#run(bytes, next, bytes.length);
  }

  #checkLine(length: number, type = 0): void {
    const limit = longestLine(type, this.#maxLength);
    if (length > limit) throw new ProtocolError(`A line exceeds ${limit} bytes`);
  }

  /** Steps over the line at hand. @returns the text behind its type byte, undefined when its end is missing */
  #takeLine(): string | undefined {
    const start = this.#pos;
    const next = findLineEnd(this.#bytes, start, this.#end);
    if (next < 0) return undefined;
    this.#checkLine(next - start, this.#bytes[start]);
    this.#pos = next;
    return decodeText(this.#bytes, start + 1, next - 2);
  }

  /** Steps over a line whose rest is digits, the usual case. @returns their value, -1 when it is anything else */
  #takeDigits(start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let value = 0;
    let i = start;
    for (; i < end; i++) {
      const digit = (bytes[i] as number) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (i + 1 >= end || bytes[i] !== wire.CR || bytes[i + 1] !== wire.LF) return -1;
    if (i === start || i - start > SAFE_DIGITS) return -1;
    this.#pos = i + 2;
    return value;
  }

  /** Steps over a line that holds a length or count. @returns it, or IS_NULL, IS_STREAMED, INCOMPLETE */
  #header(): number {
    const length = this.#takeDigits(this.#pos + 1);
    return length >= 0 ? length : this.#rareHeader();
  }

  #rareHeader(): number {
    const text = this.#takeLine();
    if (text === undefined) return INCOMPLETE;
    if (text === '-1') return IS_NULL;
    if (text === '?') return IS_STREAMED;
    if (/^[0-9]+$/.test(text)) return Number(text);
    throw new ProtocolError('A length is not a number');
  }

  // From here on: a method reads one value, and returns false when the first line of that value has no end yet.

  #values(): boolean {
    while (this.#pos < this.#end) {
      const type = this.#bytes[this.#pos] as number;
      if (type === wire.BULK && !this.#asBytes && this.#top !== undefined) this.#shortTexts(this.#top);
      if (!this.#value(this.#bytes[this.#pos] as number)) return false;
    }
    return true;
  }

  #value(type: number): boolean {
    switch (type) {
      case wire.BULK:
      case wire.VERBATIM:
      case wire.BLOB_ERROR:
        return this.#stringValue(type);
      case wire.INTEGER:
        return this.#integer();
      case wire.SIMPLE:
      case wire.ERROR:
      case wire.NULL:
        return this.#scalar(type);
      case wire.DOUBLE:
        return this.#double();
      case wire.BOOLEAN:
      case wire.BIG_NUMBER:
        return this.#newerScalar(type);
      case wire.ARRAY:
      case wire.MAP:
      case wire.SET:
      case wire.PUSH:
      case wire.ATTRIBUTE:
        return this.#aggregate(type);
      case wire.END:
        return this.#streamEnd();
      default:
        throw new ProtocolError(`0x${type.toString(16).padStart(2, '0')} begins no RESP value`);
    }
  }

  /**
   * Takes short texts that lie whole at the front of what is left of an aggregate, but not its last element: what
   * `#stringValue` does, without a call per element.
   */
  #shortTexts(top: Aggregate): void {
    const bytes = this.#bytes;
    const { items } = top;
    const last = this.#end - 5;
    let left = top.streamed ? 1 : top.remaining;
    let at = this.#pos;
    while (left > 1 && at < last && bytes[at] === wire.BULK) {
      const length = shortLength(bytes, at);
      const start = at + (length < 10 ? 4 : 5);
      const end = start + length;
      if (length < 0 || end + 2 >= this.#end || bytes[end] !== wire.CR || bytes[end + 1] !== wire.LF) break;
      this.#charge(end - start + SCALAR_MEMORY);
      items.push(decodeText(bytes, start, end));
      at = end + 2;
      left--;
    }
    if (at === this.#pos) return;
    this.#pos = at;
    top.remaining = left;
  }

  #integer(): boolean {
    const start = this.#pos + 1;
    const negative = start < this.#end && this.#bytes[start] === MINUS;
    const value = this.#takeDigits(negative ? start + 1 : start);
    if (value < 0) return this.#scalar(wire.INTEGER);
    this.#emit(negative ? 0 - value : value); // 0 - 0 is 0, while -0 would be another number
    return true;
  }

  #scalar(type: number): boolean {
    if (type === wire.SIMPLE && this.#depth === 0 && isOk(this.#bytes, this.#pos, this.#end)) {
      this.#pos += 5;
      this.#emit('OK');
      return true;
    }
    const text = this.#takeLine();
    if (text === undefined) return false;
    if (this.#depth > 0) this.#charge(SCALAR_MEMORY + text.length);
    this.#emit(this.#depth > 0 ? this.#scalarOf(type, text) : parseScalar(type, text));
    return true;
  }

  /**
   * Most doubles are decimals inside an aggregate. Their text is not needed, unless the shapes of RESP2 are wanted; for one
   * that is a whole reply the sink has to be asked for that first.
   */
  #double(): boolean {
    if (this.#depth === 0 || this.#flat) return this.#newerScalar(wire.DOUBLE);
    const start = this.#pos + 1;
    const next = findLineEnd(this.#bytes, start, this.#end);
    if (next < 0) return false;
    const end = next - 2;
    const value = parseDecimal(this.#bytes, start, end);
    if (value === undefined) return this.#newerScalar(wire.DOUBLE);
    this.#pos = next;
    this.#charge(SCALAR_MEMORY + end - start);
    this.#emit(value);
    return true;
  }

  /** A scalar that RESP2 does not have. */
  #newerScalar(type: number): boolean {
    if (this.#depth > 0) return this.#scalar(type);
    const text = this.#takeLine();
    if (text === undefined) return false;
    this.#askForShape();
    this.#emit(this.#scalarOf(type, text));
    return true;
  }

  #scalarOf(type: number, text: string): Reply {
    const value = parseScalar(type, text);
    if (!this.#flat) return value;
    if (type === wire.BOOLEAN) return value ? 1 : 0;
    if (type !== wire.DOUBLE && type !== wire.BIG_NUMBER) return value;
    return this.#asBytes ? bytesOfAscii(text) : text;
  }

  #stringValue(type: number): boolean {
    const length = this.#header();
    if (length < 0) return this.#rareString(type, length);
    if (length > this.#maxLength) throw new ProtocolError(`A string of ${length} bytes exceeds the limit`);
    this.#beginString(length);
    const start = this.#pos;
    const end = start + length;
    if (end + 2 > this.#end) {
      this.#startString(type, length);
      return true;
    }
    if (this.#bytes[end] !== wire.CR || this.#bytes[end + 1] !== wire.LF) throw notTerminated();
    this.#pos = end + 2;
    this.#emit(this.#toString(type, this.#bytes, start, end));
    return true;
  }

  /** A null, or a string that comes in chunks. */
  #rareString(type: number, header: number): boolean {
    if (header === INCOMPLETE) return false;
    if (type !== wire.BULK) throw new ProtocolError('Only bulk strings and arrays can be null or streamed');
    if (header === IS_NULL) {
      this.#emit(null);
      return true;
    }
    this.#beginString(0);
    this.#streaming = true;
    return this.#chunks();
  }

  /** A string alone is bounded by its length; inside an aggregate it counts. */
  #beginString(length: number): void {
    if (this.#depth === 0) this.#askForBytes(false);
    else this.#charge(length + (this.#asBytes ? BYTES_MEMORY : SCALAR_MEMORY));
  }

  #charge(bytes: number): void {
    this.#memory += bytes;
    if (this.#memory > this.#maxMemory) throw new ProtocolError(`A reply exceeds ${this.#maxMemory} bytes of memory`);
  }

  #askForBytes(push: boolean): void {
    this.#asBytes = this.#sink.bytes(push);
    if (this.#asBytes) this.#bytes = plain(this.#bytes);
  }

  /** Of a whole reply that may hold what RESP2 does not have. */
  #askForShape(): void {
    this.#askForBytes(false);
    this.#flat = this.#sink.flat?.() === true;
  }

  #toString(type: number, bytes: Uint8Array, start: number, end: number): Reply {
    if (type === wire.BLOB_ERROR) return new ErrorReply(decodeText(bytes, start, end));
    const from = type === wire.VERBATIM ? skipFormat(bytes, start, end) : start;
    return this.#asBytes ? bytes.slice(from, end) : decodeText(bytes, from, end);
  }

  #startString(type: number, length: number): void {
    this.#stringType = type;
    this.#string.expect(length, this.#asBytes && type === wire.BULK);
    this.#fillString();
  }

  #fillString(): void {
    this.#pos = this.#string.fill(this.#bytes, this.#pos, this.#end);
    if (!this.#string.waiting && !this.#streaming) this.#emitString(this.#stringType);
  }

  #emitString(type: number): void {
    const { memory, length } = this.#string;
    const exact = this.#asBytes && type === wire.BULK && memory.length === length;
    const value = exact ? this.#string.take() : this.#toString(type, memory, 0, length);
    this.#string.clear();
    this.#emit(value);
  }

  #chunks(): boolean {
    while (this.#pos < this.#end) {
      if (this.#bytes[this.#pos] !== wire.CHUNK) throw new ProtocolError('A streamed string is interrupted');
      const length = this.#header();
      if (length === INCOMPLETE) return false;
      if (length < 0) throw new ProtocolError('A length is not a number');
      if (length === 0) {
        this.#streaming = false;
        this.#emitString(wire.BULK);
        return true;
      }
      if (this.#string.length + length > this.#maxLength) throw new ProtocolError('A string exceeds the limit');
      if (this.#depth > 0) this.#charge(length);
      this.#string.expect(length, false);
      this.#fillString();
    }
    return true;
  }

  #aggregate(type: number): boolean {
    const count = this.#header();
    if (count === INCOMPLETE) return false;
    if (count === IS_NULL && type === wire.ARRAY) {
      this.#emit(null);
      return true;
    }
    const limit = type === wire.ARRAY || type === wire.PUSH ? this.#maxElements : this.#maxEntries;
    this.#checkCount(type, count, limit);
    const aggregate = this.#open(type);
    this.#charge(aggregateMemory(type, Math.max(count, 0)));
    aggregate.expect(count < 0 ? limit : count, count < 0);
    if (count === 0) this.#close(aggregate);
    return true;
  }

  #checkCount(type: number, count: number, limit: number): void {
    if (count > limit) throw new ProtocolError(`An aggregate of ${count} elements exceeds the limit`);
    if (count === IS_NULL) throw new ProtocolError('Only bulk strings and arrays can be null');
    if (count === IS_STREAMED && (type === wire.PUSH || type === wire.ATTRIBUTE)) {
      throw new ProtocolError('Pushes and attributes cannot be streamed');
    }
  }

  #open(type: number): Aggregate {
    if (this.#depth >= this.#maxDepth) throw new ProtocolError(`A reply nests deeper than ${this.#maxDepth} levels`);
    const aggregate = Aggregate.take();
    if (this.#depth === 0) this.#memory = 0;
    aggregate.open(type, this.#top, this.#asBytes, this.#flat, this.#memory);
    if (type === wire.PUSH) this.#beginPush();
    else if (this.#depth === 0) this.#askForShape();
    this.#depth++;
    this.#top = aggregate;
    return aggregate;
  }

  /** It belongs to no reply, and has the shapes of its own protocol. */
  #beginPush(): void {
    this.#askForBytes(true);
    this.#flat = false;
  }

  #streamEnd(): boolean {
    const text = this.#takeLine();
    if (text === undefined) return false;
    const top = this.#top;
    if (text !== '' || top === undefined) throw new ProtocolError('An end belongs to nothing');
    top.end();
    this.#close(top);
    return true;
  }

  /** Delivers a value, to the sink or to the aggregate it is in. */
  #emit(value: Reply): void {
    const top = this.#top;
    if (top === undefined) {
      this.#sink.reply(value);
      return;
    }
    top.items.push(value);
    if (top.streamed) this.#charge(elementMemory(top.type));
    if (--top.remaining === 0) this.#close(top);
  }

  /** Delivers the innermost aggregate, and those around it that it completes. */
  #close(innermost: Aggregate): void {
    let aggregate = innermost;
    for (;;) {
      const items = aggregate.close();
      const { outer } = aggregate;
      this.#depth--;
      this.#top = outer;
      const value = this.#complete(aggregate, items, outer);
      aggregate.giveBack();
      if (value === undefined) return;
      if (outer === undefined) {
        this.#sink.reply(value);
        return;
      }
      outer.items.push(value);
      if (outer.streamed) this.#charge(elementMemory(outer.type));
      if (--outer.remaining > 0) return;
      aggregate = outer;
    }
  }

  /** @returns the value; undefined for pushes and attributes, which are no element of what is around them */
  #complete(aggregate: Aggregate, items: Reply[], outer: Aggregate | undefined): Reply | undefined {
    switch (aggregate.type) {
      case wire.ARRAY:
        return items;
      case wire.MAP:
        return this.#flat ? items : toMapOrPairs(items);
      case wire.SET:
        return this.#flat ? items : toSetOrList(items);
      case wire.PUSH:
        this.#asBytes = aggregate.outerBytes;
        this.#flat = aggregate.outerFlat;
        this.#memory = aggregate.outerMemory;
        this.#sink.push(items);
        return undefined;
      default:
        this.#memory = aggregate.outerMemory;
        if (outer !== undefined) outer.attributeAt = outer.items.length;
        this.#sink.attribute?.(toMap(items));
        return undefined;
    }
  }
}

/** @returns the length behind a type byte when it is one or two digits without a leading zero, else -1 */
function shortLength(bytes: Uint8Array, at: number): number {
  const first = (bytes[at + 1] as number) - 48;
  if (bytes[at + 2] === wire.CR) return first >= 0 && first <= 9 && bytes[at + 3] === wire.LF ? first : -1;
  const second = (bytes[at + 2] as number) - 48;
  if (first < 1 || first > 9 || second < 0 || second > 9) return -1;
  return bytes[at + 3] === wire.CR && bytes[at + 4] === wire.LF ? first * 10 + second : -1;
}

/** Whether `+OK` stands here, as the reply to every other command: it needs no string of its own. */
function isOk(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < 5 || bytes[at + 1] !== 79 || bytes[at + 2] !== 75) return false;
  return bytes[at + 3] === wire.CR && bytes[at + 4] === wire.LF;
}

/** @returns where the text behind `txt:` begins */
function skipFormat(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 4 || bytes[start + 3] !== wire.INTEGER) throw new ProtocolError('A verbatim string has no format');
  return start + 4;
}

/** The same bytes without what subclasses such as Buffer change: their `slice` copies nothing. */
function plain(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, byteLengthOf(bytes));
}

function toProtocolError(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error;
  return new ProtocolError('A reply could not be built or delivered', { cause: error });
}
