import { readFileSync } from 'node:fs';

/**
 * Reads a JSON file of recorded vectors. The caller names their shape; nothing is checked.
 *
 * @example
 * const cases = loadVectors<Case[]>(new URL('./vectors/ping.json', import.meta.url));
 */
export function loadVectors<T>(file: URL | string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** Bytes of a hexadecimal text; blanks are allowed between bytes. Throws when it is not one. */
export function fromHex(hex: string): Uint8Array {
  const digits = hex.replaceAll(/\s+/g, '');
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) throw new Error(`not hexadecimal: ${hex.slice(0, 40)}`);
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

/** Lower-case hexadecimal text of bytes. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Recorded bytes: as hexadecimal text, or the same text many times over. */
export type Recorded = { readonly hex: string } | { readonly repeat: { readonly hex: string; readonly times: number } };

/** The bytes that a vector stands for. */
export function recordedBytes(recorded: Recorded): Uint8Array {
  if ('hex' in recorded) return fromHex(recorded.hex);
  const once = fromHex(recorded.repeat.hex);
  const all = new Uint8Array(once.length * recorded.repeat.times);
  for (let i = 0; i < recorded.repeat.times; i++) all.set(once, i * once.length);
  return all;
}

/** UTF-8 bytes of text; text of tests is mostly wire text. */
export function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? new TextEncoder().encode(data) : data;
}

/** Bytes for an error message: printable ASCII as it is, the rest escaped, cut at `limit` bytes. */
export function readable(bytes: Uint8Array, limit = 200): string {
  let text = '';
  for (const byte of bytes.subarray(0, limit)) text += escaped(byte);
  return bytes.length > limit ? `${text}… (${bytes.length} bytes)` : text;
}

function escaped(byte: number): string {
  if (byte === 13) return '\\r';
  if (byte === 10) return '\\n';
  if (byte === 92) return '\\\\';
  return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
}
