import type { InputBuffer } from '../input-buffer.ts';

/** One request: the command's name and its arguments, one character per byte. */
export interface SsdbRequest {
  readonly blocks: readonly string[];
  /** It came as a Redis array, which switches the replies of its connection for good. */
  readonly redis: boolean;
}

const LF = 10;
const STAR = 42;
const ZERO = 48;
const NINE = 57;
const MAX_LINE = 18;
const MAX_REQUEST = 128 * 1024 * 1024;

/** The bytes are no request. */
export class MalformedRequest extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'MalformedRequest';
  }
}

/**
 * Cuts requests off the input: blocks of `count LF data LF`, then an empty line; or a Redis array of bulk strings.
 * CRLF is taken for LF.
 */
export class RequestReader {
  #blocks: string[] = [];
  #size = 0; // bytes of the blocks so far
  #redisLeft: number | undefined; // blocks of a Redis array still to come
  #scanned = 0; // unread bytes known to hold no LF

  read(input: InputBuffer): SsdbRequest | undefined {
    for (;;) {
      if (this.#redisLeft === 0) return this.#finish(true);
      const line = this.#peekLine(input);
      if (line === undefined) return undefined;
      if (line.text === '' && this.#redisLeft === undefined) {
        input.consume(line.bytes);
        if (this.#blocks.length > 0) return this.#finish(false);
      } else if (!this.#readPart(input, line)) return undefined;
    }
  }

  /** False: more bytes needed. */
  #readPart(input: InputBuffer, line: Line): boolean {
    if (this.#redisLeft === undefined && this.#blocks.length === 0 && input.at(0) === STAR) {
      this.#redisLeft = count(line.text.slice(1));
      input.consume(line.bytes);
      return true;
    }
    const size = this.#redisLeft === undefined ? count(line.text) : count(bulkCount(line.text));
    const total = line.bytes + size;
    const ending = endOfLine(input, total);
    if (this.#size + total >= MAX_REQUEST) throw new MalformedRequest('too large');
    if (ending === 0) return false;
    this.#blocks.push(input.text(line.bytes, total));
    this.#size += total + ending;
    if (this.#size > MAX_REQUEST) throw new MalformedRequest('too large');
    input.consume(total + ending);
    if (this.#redisLeft !== undefined) this.#redisLeft -= 1;
    return true;
  }

  #finish(redis: boolean): SsdbRequest {
    const [name = '', ...rest] = this.#blocks;
    this.#blocks = [];
    this.#size = 0;
    this.#redisLeft = undefined;
    return { blocks: [redis ? name.toLowerCase() : name, ...rest], redis };
  }

  /** The next line, not consumed; nothing can be said about bytes before their line is complete. */
  #peekLine(input: InputBuffer): Line | undefined {
    const end = input.indexOf(LF, this.#scanned);
    this.#scanned = end < 0 ? input.length : 0;
    if (end < 0 && input.length > MAX_REQUEST) throw new MalformedRequest('too large');
    if (end < 0) return undefined;
    const text = input.text(0, Math.min(end, MAX_LINE + 1));
    const withoutCr = end <= MAX_LINE && text.endsWith('\r') ? text.slice(0, -1) : text;
    if (withoutCr.length > MAX_LINE) throw new MalformedRequest('line too long');
    return { text: withoutCr, bytes: end + 1 };
  }
}

interface Line {
  readonly text: string;
  readonly bytes: number;
}

/** The digits at the start, wrapped to 32 bits; what follows them is ignored. */
function count(text: string): number {
  const first = text.charCodeAt(0);
  if (!(first >= ZERO && first <= NINE)) throw new MalformedRequest('not a count');
  const size = Number(BigInt.asIntN(32, BigInt((/^[0-9]+/.exec(text) as RegExpExecArray)[0])));
  if (size < 0) throw new MalformedRequest('negative count');
  return size;
}

function bulkCount(text: string): string {
  if (!text.startsWith('$')) throw new MalformedRequest('not a bulk string');
  return text.slice(1);
}

/** Bytes of the line end at `offset`: 1 or 2; 0 when it has not arrived. */
function endOfLine(input: InputBuffer, offset: number): number {
  const first = input.at(offset);
  if (first === LF) return 1;
  if (first >= 0 && first !== 13) throw new MalformedRequest('data not followed by a line end');
  const second = input.at(offset + 1);
  if (second >= 0 && second !== LF) throw new MalformedRequest('data not followed by a line end');
  return second === LF ? 2 : 0;
}
