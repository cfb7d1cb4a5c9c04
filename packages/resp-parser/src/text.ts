/** What a runtime with Node's Buffer can do natively; looked up once, because parsers import nothing. */
interface NativeText {
  byteLength(text: string): number;
  utf8(bytes: Uint8Array, start: number, end: number): string;
  latin1(bytes: Uint8Array, start: number, end: number): string;
}

interface BufferLike {
  byteLength(text: string): number;
  prototype: {
    utf8Slice?: (this: Uint8Array, start: number, end: number) => string;
    latin1Slice?: (this: Uint8Array, start: number, end: number) => string;
  };
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const native: NativeText | undefined = findNative();

function findNative(): NativeText | undefined {
  const buffer = (globalThis as { Buffer?: BufferLike }).Buffer;
  const utf8 = buffer?.prototype?.utf8Slice;
  const latin1 = buffer?.prototype?.latin1Slice;
  if (buffer === undefined || typeof utf8 !== 'function' || typeof latin1 !== 'function') return undefined;
  return {
    byteLength: (text) => buffer.byteLength(text),
    utf8: (bytes, start, end) => utf8.call(bytes, start, end),
    latin1: (bytes, start, end) => latin1.call(bytes, start, end),
  };
}

/** Below this many bytes a loop beats the call into native code (measured on Node 20). */
const SHORT = 10;
/** From this many characters on, native counting beats a loop. */
const LONG_TEXT = 64;

/** Decodes UTF-8; malformed sequences become U+FFFD. The string is a copy, it keeps no reference to the bytes. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start >= SHORT) return decodeUtf8(bytes, start, end);
  let text = '';
  for (let i = start; i < end; i++) {
    const code = bytes[i] as number;
    if (code > 127) return decodeUtf8(bytes, start, end);
    text += String.fromCharCode(code);
  }
  return text;
}

function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (native === undefined) return decoder.decode(bytes.subarray(start, end));
  return native.utf8(bytes, start, end);
}

/**
 * How many bytes a text takes as UTF-8. A lone surrogate counts three, because encoders replace it by U+FFFD.
 * @example utf8Length('grün') // 5
 */
export function utf8Length(text: string): number {
  if (text.length > LONG_TEXT && native !== undefined) return native.byteLength(text);
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 127) return countFrom(text, i);
  }
  return text.length;
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
