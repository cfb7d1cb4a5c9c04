/**
 * UTF-8 in both directions. Pure JavaScript everywhere, with the faster native routines of `Buffer` where the runtime
 * happens to have them (found by looking, not by importing, so the package also loads in browsers and workers).
 */

type Slice = (this: Uint8Array, start: number, end: number) => string;

interface NativeBuffer {
  byteLength(text: string): number;
  readonly prototype: { readonly utf8Slice?: Slice };
}

const native = (globalThis as { Buffer?: NativeBuffer }).Buffer;
const utf8Slice = findUtf8Slice();
// A byte order mark is data like any other here, so it must not be dropped.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** Below this a loop over single characters beats the call into native code (measured on Node 20). */
const SHORT_BYTES = 10;
/** Up to this a loop over characters beats the native length (measured on Node 20). */
const SHORT_TEXT = 64;

function findUtf8Slice(): Slice | undefined {
  const { utf8Slice: slice } = native?.prototype ?? {};
  if (typeof slice !== 'function') return undefined;
  try {
    // Some runtimes only accept their own Buffer as `this`.
    return slice.call(new Uint8Array([195, 164, 98]), 0, 2) === 'ä' ? slice : undefined;
  } catch {
    return undefined;
  }
}

/** The text in `bytes[start..end)`. Bytes that are not UTF-8 become U+FFFD. The result keeps no hold on `bytes`. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start < SHORT_BYTES) {
    let text = '';
    let at = start;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte > 0x7f) break;
      text += String.fromCharCode(byte);
    }
    if (at === end) return text;
  }
  return utf8Slice ? utf8Slice.call(bytes, start, end) : decoder.decode(bytes.subarray(start, end));
}

/** One character per byte, so that any bytes survive. For short blocks. */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}

/** How many bytes `text` takes as UTF-8. A lone surrogate counts as U+FFFD, which is what is sent for it. */
export function utf8Length(text: string): number {
  const length = text.length;
  if (length > SHORT_TEXT) return native ? native.byteLength(text) : longTextLength(text);
  for (let at = 0; at < length; at++) if (text.charCodeAt(at) > 0x7f) return longTextLength(text);
  return length;
}

function longTextLength(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if ((unit & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      bytes += 4;
      at++;
    } else bytes += 3;
  }
  return bytes;
}

/** `text` as UTF-8 in fresh bytes. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}
