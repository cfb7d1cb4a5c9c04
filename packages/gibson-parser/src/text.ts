/**
 * UTF-8 both ways. Platforms with a global `Buffer` have native calls that are several times faster than
 * `TextDecoder` and `TextEncoder` for short data; everywhere else the standard classes do the same work.
 */
interface NativeBuffer {
  byteLength(text: string): number;
  prototype: {
    utf8Slice?: (this: Uint8Array, start: number, end: number) => string;
    utf8Write?: (this: Uint8Array, text: string, offset: number, length: number) => number;
  };
}

const native = (globalThis as unknown as { Buffer?: NativeBuffer }).Buffer;
const utf8Slice = native?.prototype.utf8Slice;
const utf8Write = native?.prototype.utf8Write;
// A leading byte order mark belongs to the stored value: it must not disappear.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** Up to this many characters a plain loop is faster than a call out of JavaScript. */
const SHORT_READ = 10;
const SHORT_WRITE = 48;

/** The text between two offsets; bytes that are not UTF-8 become U+FFFD. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start < SHORT_READ) {
    let text = '';
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte > 0x7f) return readLong(bytes, start, end);
      text += String.fromCharCode(byte);
    }
    return text;
  }
  return readLong(bytes, start, end);
}

function readLong(bytes: Uint8Array, start: number, end: number): string {
  return utf8Slice === undefined ? decoder.decode(bytes.subarray(start, end)) : utf8Slice.call(bytes, start, end);
}

/** How many bytes the text takes in UTF-8; a lone surrogate takes three, like the U+FFFD it turns into. */
export function byteLength(text: string): number {
  if (text.length <= SHORT_WRITE) {
    let at = 0;
    while (at < text.length && text.charCodeAt(at) < 0x80) at++;
    if (at === text.length) return at;
  }
  return native === undefined ? countBytes(text) : native.byteLength(text);
}

function countBytes(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isPair(text, at)) {
      bytes += 4;
      at++;
    } else bytes += 3;
  }
  return bytes;
}

function isPair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
}

/** Writes the text, which takes `length` bytes, at an offset and returns the offset behind it. */
export function writeText(into: Uint8Array, text: string, offset: number, length: number): number {
  if (length === text.length && length <= SHORT_WRITE) {
    for (let at = 0; at < length; at++) into[offset + at] = text.charCodeAt(at);
  } else if (utf8Write === undefined) {
    encoder.encodeInto(text, into.subarray(offset, offset + length));
  } else {
    utf8Write.call(into, text, offset, length);
  }
  return offset + length;
}
