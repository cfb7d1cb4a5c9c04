import { SHORT_TEXT, shortAscii } from './short-text.ts';

/** What a runtime with Node's Buffer can do natively; looked up once, because parsers import nothing. */
interface Native {
  byteLength: (text: string) => number;
  memory: (length: number) => Uint8Array;
  utf8: (bytes: Uint8Array, start: number, end: number) => string;
  latin1: (bytes: Uint8Array, start: number, end: number) => string;
  /** Newer runtimes only: nine times as fast as a loop at 1 MB (Node 20). */
  isAscii: ((bytes: Uint8Array) => boolean) | undefined;
}

interface BufferLike {
  byteLength(text: string): number;
  allocUnsafeSlow(length: number): Uint8Array;
  prototype: {
    utf8Slice?: (this: Uint8Array, start: number, end: number) => string;
    latin1Slice?: (this: Uint8Array, start: number, end: number) => string;
  };
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const native: Native | undefined = findNative();

function findNative(): Native | undefined {
  const buffer = (globalThis as { Buffer?: BufferLike }).Buffer;
  const utf8 = buffer?.prototype?.utf8Slice;
  const latin1 = buffer?.prototype?.latin1Slice;
  if (buffer === undefined || typeof utf8 !== 'function' || typeof latin1 !== 'function') return undefined;
  return {
    byteLength: (text) => buffer.byteLength(text),
    memory: (length) => new Uint8Array(buffer.allocUnsafeSlow(length).buffer),
    utf8: (bytes, start, end) => utf8.call(bytes, start, end),
    latin1: (bytes, start, end) => latin1.call(bytes, start, end),
    isAscii: findIsAscii(),
  };
}

interface ProcessLike {
  getBuiltinModule?(name: string): { isAscii?: (bytes: Uint8Array) => boolean } | undefined;
}

/** It is no method of Buffer, and a runtime without `node:buffer` must not fail. */
function findIsAscii(): Native['isAscii'] {
  const { process } = globalThis as { process?: ProcessLike };
  const isAscii = process?.getBuiltinModule?.('node:buffer')?.isAscii;
  return typeof isAscii === 'function' ? isAscii : undefined;
}

/** From this length on, clearing memory costs more than asking for memory that is not: 161 against 7 µs at 1 MB. */
const LARGE_MEMORY = 32 * 1024;

/** Memory of its own, to be filled to the end before anybody sees it: what is in it is not defined. */
export function takeMemory(length: number): Uint8Array {
  return length < LARGE_MEMORY || native === undefined ? new Uint8Array(length) : native.memory(length);
}

/** From this many characters on, native counting beats a loop. */
const LONG_TEXT = 64;
/** From this many bytes on, it pays to try whether all are ASCII: 0.28 against 0.67 µs at 4 kB. */
const LONG_BYTES = 512;
/** From this many characters on, V8 keeps native strings outside its heap, and counting their bytes gets slow. */
const HUGE_BYTES = 1_000_000;
/** From this many bytes on, a native look at them costs no more than counting those of the decoded text. */
const LARGE_BYTES = 32 * 1024;

/** From this many bytes on, a string of V8 takes pages of its own, fresh ones each time: 600 against 100 µs for 1 MB. */
const LARGE_STRING = 128_000;
/** Of what is larger, pieces of this length are decoded and joined; as two bytes per character they are below it, too. */
const PIECE = 60 * 1024;
/** From this many bytes on, Node keeps text of ASCII outside of V8's heap, in memory that is used again. */
const EXTERNAL_BYTES = 1_031_914;

/** Decodes UTF-8; malformed sequences become U+FFFD. The string is a copy, it keeps no reference to the bytes. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length <= SHORT_TEXT) return shortAscii(bytes, start, end) ?? decodeUtf8(bytes, start, end);
  return length < LONG_BYTES || native === undefined
    ? decodeUtf8(bytes, start, end)
    : decodeLong(native, bytes, start, end);
}

function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (native === undefined) return decoder.decode(bytes.subarray(start, end));
  return native.utf8(bytes, start, end);
}

/** Most long texts are ASCII, which native code copies several times faster as latin1 than it decodes UTF-8. */
function decodeLong(native: Native, bytes: Uint8Array, start: number, end: number): string {
  const { latin1, utf8, byteLength } = native;
  if (end - start >= LARGE_STRING) return decodeHuge(native, bytes, start, end);
  if (end - start >= (native.isAscii === undefined ? HUGE_BYTES : LARGE_BYTES)) {
    return isAscii(native, bytes, start, end) ? latin1(bytes, start, end) : utf8(bytes, start, end);
  }
  const text = latin1(bytes, start, end);
  return byteLength(text) === text.length ? text : utf8(bytes, start, end);
}

function decodeHuge(native: Native, bytes: Uint8Array, start: number, end: number): string {
  if (end - start >= EXTERNAL_BYTES && isAscii(native, bytes, start, end)) return native.latin1(bytes, start, end);
  let text = '';
  for (let at = start; at < end; ) {
    const next = end - at <= PIECE ? end : characterStart(bytes, at + PIECE);
    text += decodeLong(native, bytes, at, next);
    at = next;
  }
  return text;
}

/** Where the character begins that this byte belongs to; the byte itself when it belongs to none. */
function characterStart(bytes: Uint8Array, at: number): number {
  for (let start = at; start > at - 4; start--) {
    if (((bytes[start] as number) & 0xc0) !== 0x80) return start;
  }
  return at;
}

function isAscii({ isAscii }: Native, bytes: Uint8Array, start: number, end: number): boolean {
  return isAscii === undefined ? isAsciiByWord(bytes, start, end) : isAscii(bytes.subarray(start, end));
}

/** Looks at 32 bytes per turn, through 32-bit words. */
function isAsciiByWord(bytes: Uint8Array, start: number, end: number): boolean {
  const first = Math.min(end, start + ((4 - ((bytes.byteOffset + start) & 3)) & 3));
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + first, (end - first) >> 2);
  const whole = words.length & ~7;
  for (let i = 0; i < whole; i += 8) {
    if ((wordsOf(words, i) | wordsOf(words, i + 4)) & 0x80808080) return false;
  }
  return isAsciiByByte(bytes, start, first) && isAsciiByByte(bytes, first + whole * 4, end);
}

/** Four words, laid over each other. */
function wordsOf(words: Int32Array, i: number): number {
  return (words[i] as number) | (words[i + 1] as number) | (words[i + 2] as number) | (words[i + 3] as number);
}

function isAsciiByByte(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if ((bytes[i] as number) > 127) return false;
  }
  return true;
}

/**
 * How many bytes a text takes as UTF-8. A lone surrogate counts three, because encoders replace it by U+FFFD.
 * @example
 * utf8Length('grün') // 5
 */
export function utf8Length(text: string): number {
  if (text.length > LONG_TEXT && native !== undefined) return native.byteLength(text);
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 127) return countFrom(text, i);
  }
  return text.length;
}

const encoder = new TextEncoder();

/** UTF-8 of a large text. Most are ASCII, which fits into as many bytes as there are characters: one pass, no counting. */
export function encodeLarge(text: string): Uint8Array {
  const bytes = takeMemory(text.length);
  const { read } = encoder.encodeInto(text, bytes);
  return read === text.length ? bytes : encoder.encode(text);
}

function countFrom(text: string, first: number): number {
  let length = first;
  for (let i = first; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) length += 1;
    else if (code < 0x800) length += 2;
    else if (isPair(code, text.charCodeAt(i + 1))) {
      length += 4;
      i++;
    } else length += 3;
  }
  return length;
}

function isPair(high: number, low: number): boolean {
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}

/** The bytes of a text that is ASCII. */
export function bytesOfAscii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
