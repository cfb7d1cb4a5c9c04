import type { InputBuffer } from '../input-buffer.ts';

const LF = 10;
const STAR = 42;
const DOLLAR = 36;
const MAX_INLINE = 64 * 1024;
const MAX_ARGUMENTS = 1024 * 1024;
const MAX_BULK = 512 * 1024 * 1024;
const UNAUTHENTICATED_ARGUMENTS = 10;
const UNAUTHENTICATED_BULK = 16 * 1024;

/** The bytes are no request; the message is the server's error text. */
export class ProtocolViolation extends Error {
  constructor(what: string) {
    super(`ERR Protocol error: ${what}`);
    this.name = 'ProtocolViolation';
  }
}

/** Cuts requests off the input: arrays of bulk strings, or lines of words. One character per byte. */
export class RequestReader {
  #left = 0; // arguments of the array still to come
  #size = -1; // of the argument whose length is known
  #words: string[] = [];
  #scanned = 0; // unread bytes known to hold no line end

  /** An empty array means: nothing to do, no reply. */
  read(input: InputBuffer, authenticated: boolean): readonly string[] | undefined {
    if (this.#left === 0) {
      if (input.length === 0) return undefined;
      if (input.at(0) !== STAR) return this.#readInline(input);
      const count = this.#readCount(input, 'multibulk', authenticated);
      if (count === undefined) return undefined;
      if (count <= 0) return [];
      this.#left = count;
    }
    return this.#readArguments(input, authenticated);
  }

  #readArguments(input: InputBuffer, authenticated: boolean): readonly string[] | undefined {
    while (this.#left > 0) {
      if (this.#size < 0) {
        if (input.length === 0) return undefined;
        if (input.at(0) !== DOLLAR && input.indexOf(LF, this.#scanned) >= 0)
          throw new ProtocolViolation(unexpected(input));
        const size = this.#readCount(input, 'bulk', authenticated);
        if (size === undefined) return undefined;
        this.#size = size;
      }
      if (input.length < this.#size + 2) return undefined;
      this.#words.push(input.text(0, this.#size));
      input.consume(this.#size + 2);
      this.#size = -1;
      this.#left -= 1;
    }
    const words = this.#words;
    this.#words = [];
    return words;
  }

  /** The number after `*` or `$`. */
  #readCount(input: InputBuffer, what: 'multibulk' | 'bulk', authenticated: boolean): number | undefined {
    const line = this.#readLine(input, what === 'bulk' ? 'too big bulk count string' : 'too big mbulk count string');
    if (line === undefined) return undefined;
    const text = line.slice(1);
    const value = /^-?[0-9]{1,18}$/.test(text) ? Number(text) : Number.NaN;
    const [limit, least] = what === 'bulk' ? [MAX_BULK, 0] : [MAX_ARGUMENTS, Number.NEGATIVE_INFINITY];
    if (!(value <= limit && value >= least)) throw new ProtocolViolation(`invalid ${what} length`);
    const early = what === 'bulk' ? UNAUTHENTICATED_BULK : UNAUTHENTICATED_ARGUMENTS;
    if (!authenticated && value > early) throw new ProtocolViolation(`unauthenticated ${what} length`);
    return value;
  }

  #readInline(input: InputBuffer): readonly string[] | undefined {
    const line = this.#readLine(input, 'too big inline request');
    if (line === undefined) return undefined;
    const words = splitWords(line);
    if (words === undefined) throw new ProtocolViolation('unbalanced quotes in request');
    return words;
  }

  /** A line without its end. */
  #readLine(input: InputBuffer, tooLong: string): string | undefined {
    const end = input.indexOf(LF, this.#scanned);
    this.#scanned = end < 0 ? input.length : 0;
    if (end < 0 && input.length > MAX_INLINE) throw new ProtocolViolation(tooLong);
    if (end < 0) return undefined;
    const line = input.text(0, end);
    input.consume(end + 1);
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }
}

function unexpected(input: InputBuffer): string {
  return `expected '$', got '${input.text(0, 1)}'`;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

/** Words with optional quotes; undefined: a quote is not closed, or text follows its end. */
function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (/[ \t\n\v\f\r\0]/.test(line[at] ?? '')) at += 1;
    if (at >= line.length) return words;
    const word = readWord(line, at);
    if (word === undefined) return undefined;
    words.push(word.text);
    at = word.end;
  }
}

function readWord(line: string, start: number): { text: string; end: number } | undefined {
  let text = '';
  let at = start;
  while (at < line.length && !/[ \t\n\v\f\r\0]/.test(line[at] as string)) {
    const quote = line[at];
    if (quote !== '"' && quote !== "'") {
      text += line[at];
      at += 1;
      continue;
    }
    const quoted = readQuoted(line, at + 1, quote);
    if (quoted === undefined || !/^([ \t\n\v\f\r\0]|$)/.test(line.slice(quoted.end))) return undefined;
    return { text: text + quoted.text, end: quoted.end };
  }
  return { text, end: at };
}

function readQuoted(line: string, start: number, quote: '"' | "'"): { text: string; end: number } | undefined {
  let text = '';
  for (let at = start; at < line.length; at += 1) {
    const char = line[at] as string;
    if (char === quote) return { text, end: at + 1 };
    const next = line[at + 1];
    const hex = quote === '"' ? /^\\x([0-9a-f]{2})/i.exec(line.slice(at, at + 4)) : null;
    if (hex !== null) {
      text += String.fromCharCode(Number.parseInt(hex[1] as string, 16));
      at += 3;
    } else if (char === '\\' && next !== undefined && (quote === '"' || next === "'")) {
      text += quote === '"' ? (ESCAPES[next] ?? next) : next;
      at += 1;
    } else text += char;
  }
  return undefined;
}
