import { ErrorReply, ProtocolError } from './errors.ts';
import { parseBigNumber, parseDouble, parseInteger } from './numbers.ts';
import { decodeText } from './text.ts';
import { DEFAULT_LIMITS, type DecoderSink, type Limits, type Reply } from './types.ts';

const CR = 13;
const LF = 10;

// The type bytes, https://redis.io/docs/latest/develop/reference/protocol-spec/
const SIMPLE = 43; // +
const ERROR = 45; // -
const INTEGER = 58; // :
const BULK = 36; // $
const ARRAY = 42; // *
const NULL = 95; // _
const BOOLEAN = 35; // #
const DOUBLE = 44; // ,
const BIG_NUMBER = 40; // (
const BLOB_ERROR = 33; // !
const VERBATIM = 61; // =
const MAP = 37; // %
const SET = 126; // ~
const PUSH = 62; // >
const ATTRIBUTE = 124; // |
const CHUNK = 59; // ;
const END = 46; // .

// What #header() returns instead of a length.
const IS_NULL = -1;
const IS_STREAMED = -2;
const INCOMPLETE = -3;

/** Longest line that holds a length, an integer or another short value; leading zeros included. */
const MAX_SHORT_LINE = 64;
/** Longest double: 2^-1074 in full has 1,077 characters. */
const MAX_DOUBLE_LINE = 2048;
/** Longest big number; turning digits into a bigint takes more than linear time. */
const MAX_BIG_NUMBER_LINE = 64 * 1024;
/** Digits that always fit into a safe integer. */
const SAFE_DIGITS = 15;
/** Up to this size memory is taken as announced, beyond it only as the bytes arrive. */
const TRUSTED_LENGTH = 16 * 1024 * 1024;
/** Buffers up to this size are kept for the next string. */
const KEPT_LENGTH = 64 * 1024;

const EMPTY = new Uint8Array(0);
const NO_ITEMS: Reply[] = [];

/** An aggregate whose elements are still arriving. Pairs of maps and attributes lie flat in `items`. */
class Frame {
  type = ARRAY;
  /** Elements to come; for a streamed one how many are still allowed. */
  remaining = 0;
  streamed = false;
  items: Reply[] = NO_ITEMS;
  /** How many elements there were when an attribute ended: a value must follow it. */
  attributeAt = -1;
  /** The mode that a push interrupts. */
  outerBytes = false;
}

/**
 * Turns bytes into replies and pushes, as they arrive: RESP2 and RESP3 in one, cut anywhere. It knows no socket.
 *
 * ```text
 *              ┌ #carry: a line that the end of the last bytes cut        "$1" + "2\r\n"
 *  write() ────┤ #target: a string of known length, filled piece by piece  "$70000\r\n…"
 *              └ #frames: the aggregates that are open, innermost last     * 3 ▸ % 2 ▸ * 1
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
  #failure: ProtocolError | undefined;

  /** The bytes at hand: `#pos` is the next to read. */
  #bytes: Uint8Array = EMPTY;
  #pos = 0;
  #end = 0;

  #carry: Uint8Array = EMPTY;
  #carried = 0;

  /** The string under way: its type, where it ends in `#target` (-1: none), how much is there. */
  #stringType = BULK;
  #need = -1;
  #target: Uint8Array = EMPTY;
  #filled = 0;
  /** How much of the line end behind the string was read. */
  #terminator = 0;
  /** Inside `$?`: `#target` collects the chunks. */
  #streaming = false;

  readonly #frames: Frame[] = [];
  #depth = 0;
  #top: Frame | undefined;
  /** Whether strings of the current top-level value are bytes. */
  #asBytes = false;

  /**
   * @param sink receives what is found, during `write`
   * @param limits see `Limits` for the defaults
   */
  constructor(sink: DecoderSink, limits: Limits = {}) {
    this.#sink = sink;
    this.#maxDepth = limits.depth ?? DEFAULT_LIMITS.depth;
    this.#maxLength = limits.bulkLength ?? DEFAULT_LIMITS.bulkLength;
    this.#maxElements = limits.elements ?? DEFAULT_LIMITS.elements;
  }

  /**
   * Reads bytes and calls the sink for all that they complete. The array may be reused afterwards: no result shares
   * its memory.
   * @throws ProtocolError when the bytes are not RESP or exceed a limit; every later call throws the same error
   */
  write(bytes: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      if (this.#carried > 0) this.#completeLine(bytes);
      else this.#run(bytes, 0, bytes.length);
    } catch (error) {
      throw this.#fail(error);
    }
    this.#bytes = EMPTY;
  }

  #fail(error: unknown): ProtocolError {
    this.#failure =
      error instanceof ProtocolError ? error : new ProtocolError('A reply could not be delivered', { cause: error });
    this.#bytes = this.#carry = this.#target = EMPTY;
    this.#frames.length = 0;
    this.#top = undefined;
    return this.#failure;
  }

  #run(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#pos = start;
    this.#end = end;
    if (this.#need >= 0) this.#fill();
    const complete = (!this.#streaming || this.#chunks()) && this.#values();
    if (!complete) this.#keepLine();
  }

  // ---- lines that are cut by the end of the bytes

  #keepLine(): void {
    this.#append(this.#bytes, this.#pos, this.#end);
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const length = this.#carried + end - start;
    if (length > this.#carry.length) {
      const larger = new Uint8Array(Math.max(64, length * 2));
      larger.set(this.#carry.subarray(0, this.#carried));
      this.#carry = larger;
    }
    copy(this.#carry, this.#carried, bytes, start, end);
    this.#carried = length;
    checkLine(length, this.#maxLine(this.#carry[0] as number));
  }

  /** Moves bytes up to the end of the carried line, reads that line alone, then goes on behind it. */
  #completeLine(bytes: Uint8Array): void {
    const start = this.#carry[this.#carried - 1] === CR && bytes[0] === LF ? 0 : findLineFeed(bytes, 0, bytes.length);
    this.#append(bytes, 0, start < 0 ? bytes.length : start + 1);
    if (start < 0) return;
    const length = this.#carried;
    this.#carried = 0;
    this.#run(this.#carry, 0, length);
    if (this.#carry.length > KEPT_LENGTH) this.#carry = EMPTY;
    this.#run(bytes, start + 1, bytes.length);
  }

  #maxLine(type: number): number {
    switch (type) {
      case SIMPLE:
      case ERROR:
        return this.#maxLength + 3; // type byte and line end
      case DOUBLE:
        return MAX_DOUBLE_LINE;
      case BIG_NUMBER:
        return MAX_BIG_NUMBER_LINE;
      default:
        return MAX_SHORT_LINE;
    }
  }

  /** Steps over the line at hand. @returns where its text ends, or INCOMPLETE; the text starts behind the type byte */
  #line(): number {
    const start = this.#pos;
    const feed = findLineFeed(this.#bytes, start, this.#end);
    if (feed < 0) return INCOMPLETE;
    checkLine(feed + 1 - start, this.#maxLine(this.#bytes[start] as number));
    this.#pos = feed + 1;
    return feed - 1;
  }

  /** Steps over a line that holds a length. @returns the length, IS_NULL, IS_STREAMED or INCOMPLETE */
  #header(): number {
    const bytes = this.#bytes;
    const end = this.#end;
    const start = this.#pos + 1;
    let length = 0;
    let i = start;
    for (; i < end; i++) {
      const digit = (bytes[i] as number) - 48;
      if (digit < 0 || digit > 9) break;
      length = length * 10 + digit;
    }
    if (i + 1 >= end || bytes[i] !== CR || bytes[i + 1] !== LF || i === start || i - start > SAFE_DIGITS) {
      return this.#rareHeader();
    }
    this.#pos = i + 2;
    return length;
  }

  #rareHeader(): number {
    const start = this.#pos + 1;
    const end = this.#line();
    if (end === INCOMPLETE) return INCOMPLETE;
    const text = decodeText(this.#bytes, start, end);
    if (text === '-1') return IS_NULL;
    if (text === '?') return IS_STREAMED;
    if (/^[0-9]+$/.test(text)) return Number(text);
    throw new ProtocolError('A length is not a number');
  }

  // ---- values: each reads one, and returns false when its first line is not complete

  #values(): boolean {
    while (this.#pos < this.#end) {
      if (!this.#value(this.#bytes[this.#pos] as number)) return false;
    }
    return true;
  }

  #value(type: number): boolean {
    switch (type) {
      case BULK:
      case VERBATIM:
      case BLOB_ERROR:
        return this.#string(type);
      case INTEGER:
        return this.#integer();
      case SIMPLE:
      case ERROR:
      case NULL:
      case BOOLEAN:
      case DOUBLE:
      case BIG_NUMBER:
        return this.#scalar(type);
      case ARRAY:
      case MAP:
      case SET:
      case PUSH:
      case ATTRIBUTE:
        return this.#aggregate(type);
      case END:
        return this.#streamEnd();
      default:
        throw new ProtocolError(`0x${type.toString(16).padStart(2, '0')} is no RESP type`);
    }
  }

  #integer(): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    let i = this.#pos + 1;
    const negative = i < end && bytes[i] === 45;
    if (negative) i++;
    const start = i;
    let value = 0;
    for (; i < end; i++) {
      const digit = (bytes[i] as number) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (i + 1 >= end || bytes[i] !== CR || bytes[i + 1] !== LF || i === start || i - start > SAFE_DIGITS) {
      return this.#scalar(INTEGER);
    }
    this.#pos = i + 2;
    this.#emit(negative ? 0 - value : value);
    return true;
  }

  #scalar(type: number): boolean {
    const start = this.#pos + 1;
    const end = this.#line();
    if (end === INCOMPLETE) return false;
    const text = decodeText(this.#bytes, start, end);
    this.#emit(scalar(type, text));
    return true;
  }

  // ---- strings with a length

  #string(type: number): boolean {
    const length = this.#header();
    if (length < 0) return this.#stringWithoutLength(type, length);
    if (length > this.#maxLength) throw new ProtocolError(`A string of ${length} bytes exceeds the limit`);
    if (this.#depth === 0) this.#asBytes = type !== BLOB_ERROR && this.#sink.bytes(false);
    const start = this.#pos;
    const end = start + length;
    if (end + 2 > this.#end) {
      this.#startString(type, length);
    } else {
      if (this.#bytes[end] !== CR || this.#bytes[end + 1] !== LF) throw notTerminated();
      this.#pos = end + 2;
      this.#emit(this.#stringValue(type, this.#bytes, start, end));
    }
    return true;
  }

  #stringWithoutLength(type: number, header: number): boolean {
    if (header === INCOMPLETE) return false;
    if (type !== BULK) throw new ProtocolError('A length is not a number');
    if (this.#depth === 0) this.#asBytes = this.#sink.bytes(false);
    if (header === IS_NULL) {
      this.#emit(null);
      return true;
    }
    this.#streaming = true;
    this.#filled = 0;
    return this.#chunks();
  }

  #stringValue(type: number, bytes: Uint8Array, start: number, end: number): Reply {
    if (type === BLOB_ERROR) return new ErrorReply(decodeText(bytes, start, end));
    const from = type === VERBATIM ? start + verbatimPrefix(bytes, start, end) : start;
    return this.#asBytes ? copyOf(bytes, from, end) : decodeText(bytes, from, end);
  }

  #startString(type: number, length: number): void {
    this.#stringType = type;
    this.#filled = 0;
    this.#need = length;
    if (this.#asBytes && type === BULK) this.#target = new Uint8Array(Math.min(length, TRUSTED_LENGTH));
    this.#fill();
  }

  /** Moves bytes to the string under way; delivers it when its line end is there too. */
  #fill(): void {
    const end = Math.min(this.#end, this.#pos + this.#need - this.#filled);
    this.#reserve(this.#filled + end - this.#pos);
    copy(this.#target, this.#filled, this.#bytes, this.#pos, end);
    this.#filled += end - this.#pos;
    this.#pos = end;
    while (this.#filled === this.#need && this.#pos < this.#end) {
      if (this.#bytes[this.#pos++] !== (this.#terminator === 0 ? CR : LF)) throw notTerminated();
      this.#terminator++;
      if (this.#terminator < 2) continue;
      this.#finishFill();
      return;
    }
  }

  /** Makes room in `#target`: what is announced while that is little, else twice what has arrived. */
  #reserve(length: number): void {
    if (length <= this.#target.length) return;
    const announced = Math.min(this.#need, TRUSTED_LENGTH);
    const doubled = this.#streaming ? length * 2 : Math.min(this.#need, length * 2);
    const larger = new Uint8Array(Math.max(announced, length, doubled));
    copy(larger, 0, this.#target, 0, this.#filled);
    this.#target = larger;
  }

  #finishFill(): void {
    this.#terminator = 0;
    this.#need = -1;
    if (!this.#streaming) this.#deliverTarget(this.#stringType);
  }

  #deliverTarget(type: number): void {
    const target = this.#target;
    const isResult = this.#asBytes && type === BULK && target.length === this.#filled;
    const value = isResult ? target : this.#stringValue(type, target, 0, this.#filled);
    if (isResult || target.length > KEPT_LENGTH) this.#target = EMPTY;
    this.#emit(value);
  }

  /** Reads the chunks of a streamed string. @returns false when a chunk's first line is not complete */
  #chunks(): boolean {
    while (this.#pos < this.#end) {
      if (this.#bytes[this.#pos] !== CHUNK) throw new ProtocolError('A streamed string has something else inside');
      const length = this.#header();
      if (length === INCOMPLETE) return false;
      if (length < 0) throw new ProtocolError('A length is not a number');
      if (length === 0) {
        this.#streaming = false;
        this.#deliverTarget(BULK);
        return true;
      }
      if (this.#filled + length > this.#maxLength) throw new ProtocolError('A streamed string exceeds the limit');
      this.#need = this.#filled + length;
      this.#fill();
    }
    return true;
  }

  // ---- aggregates

  #aggregate(type: number): boolean {
    const count = this.#header();
    if (count === INCOMPLETE) return false;
    if (count > this.#maxElements) throw new ProtocolError(`An aggregate of ${count} elements exceeds the limit`);
    if (count === IS_NULL) {
      if (type !== ARRAY) throw new ProtocolError('Only arrays and bulk strings can be null');
      this.#emit(null);
      return true;
    }
    if (count === IS_STREAMED && (type === PUSH || type === ATTRIBUTE)) {
      throw new ProtocolError('Pushes and attributes cannot be streamed');
    }
    const frame = this.#open(type);
    frame.streamed = count === IS_STREAMED;
    const allowed = frame.streamed ? this.#maxElements + 1 : count;
    frame.remaining = type === MAP || type === ATTRIBUTE ? allowed * 2 : allowed;
    if (count === 0) this.#close(frame);
    return true;
  }

  #open(type: number): Frame {
    if (this.#depth >= this.#maxDepth) throw new ProtocolError(`Replies nest deeper than ${this.#maxDepth} levels`);
    let frame = this.#frames[this.#depth];
    if (frame === undefined) {
      frame = new Frame();
      this.#frames.push(frame);
    }
    frame.type = type;
    frame.items = [];
    frame.attributeAt = -1;
    frame.outerBytes = this.#asBytes;
    if (type === PUSH || this.#depth === 0) this.#asBytes = this.#sink.bytes(type === PUSH);
    this.#depth++;
    this.#top = frame;
    return frame;
  }

  #streamEnd(): boolean {
    const start = this.#pos + 1;
    const end = this.#line();
    if (end === INCOMPLETE) return false;
    const frame = this.#top;
    if (end !== start || frame === undefined || !frame.streamed) throw new ProtocolError('An end without a beginning');
    const { type, items, attributeAt } = frame;
    if (attributeAt === items.length) throw new ProtocolError('An attribute without a value');
    if (type === MAP && items.length % 2 === 1) throw new ProtocolError('A map has a key without a value');
    frame.streamed = false;
    this.#close(frame);
    return true;
  }

  #emit(value: Reply): void {
    const top = this.#top;
    if (top === undefined) {
      this.#sink.reply(value);
      return;
    }
    top.items.push(value);
    if (--top.remaining === 0) this.#close(top);
  }

  /** Delivers the innermost aggregate, and those around it that it completes. */
  #close(frame: Frame): void {
    let closed = frame;
    for (;;) {
      if (closed.streamed) throw new ProtocolError('A streamed aggregate exceeds the limit of elements');
      const { type, items } = closed;
      closed.items = NO_ITEMS;
      this.#depth--;
      const top = this.#depth === 0 ? undefined : this.#frames[this.#depth - 1];
      this.#top = top;
      if (type === PUSH || type === ATTRIBUTE) {
        this.#closeAside(closed, type, items);
        return;
      }
      const value = type === ARRAY ? items : type === MAP ? toMap(items) : new Set(items);
      if (top === undefined) {
        this.#sink.reply(value);
        return;
      }
      top.items.push(value);
      if (--top.remaining > 0) return;
      closed = top;
    }
  }

  /** Pushes and attributes are no element of what is around them. */
  #closeAside(frame: Frame, type: number, items: Reply[]): void {
    this.#asBytes = frame.outerBytes;
    if (type === PUSH) {
      this.#sink.push(items);
      return;
    }
    if (this.#top !== undefined) this.#top.attributeAt = this.#top.items.length;
    this.#sink.attribute?.(toMap(items));
  }
}

function scalar(type: number, text: string): Reply {
  switch (type) {
    case SIMPLE:
      return text;
    case ERROR:
      return new ErrorReply(text);
    case INTEGER:
      return parseInteger(text);
    case DOUBLE:
      return parseDouble(text);
    case BIG_NUMBER:
      return parseBigNumber(text);
    case NULL:
      if (text === '') return null;
      break;
    default:
      if (text === 't') return true;
      if (text === 'f') return false;
  }
  throw new ProtocolError('A null or boolean reply holds something else');
}

function toMap(items: readonly Reply[]): Map<Reply, Reply> {
  const map = new Map<Reply, Reply>();
  for (let i = 0; i < items.length; i += 2) map.set(items[i] as Reply, items[i + 1] as Reply);
  return map;
}

/** @returns the length of the `txt:` in front of a verbatim string */
function verbatimPrefix(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 4 || bytes[start + 3] !== INTEGER) throw new ProtocolError('A verbatim string has no format');
  return 4;
}

/** @returns where the next LF behind a CR is, or -1 */
function findLineFeed(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start + 1; i < end; i++) {
    if (bytes[i] === LF && bytes[i - 1] === CR) return i;
  }
  return -1;
}

function checkLine(length: number, limit: number): void {
  if (length > limit) throw new ProtocolError(`A line exceeds ${limit} bytes`);
}

function notTerminated(): ProtocolError {
  return new ProtocolError('A string does not end where its length says');
}

/** Copies a range; short ones in a loop, which beats making a view. */
function copy(target: Uint8Array, at: number, bytes: Uint8Array, start: number, end: number): void {
  if (end - start > 32) target.set(bytes.subarray(start, end), at);
  else for (let i = start; i < end; i++) target[at + i - start] = bytes[i] as number;
}

function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const result = new Uint8Array(end - start);
  copy(result, 0, bytes, start, end);
  return result;
}
