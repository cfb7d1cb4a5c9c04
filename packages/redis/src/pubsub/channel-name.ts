/**
 * How the names of channels and patterns are kept: as text where they are UTF-8, so that a text and its bytes are one name;
 * else as one character for each byte behind a mark that no text has which can be sent.
 */
import type { Arg } from '@kv/core';
import { text } from '../commands/support/replies.ts';

/** Half of a surrogate pair. */
const MARK = '\uDC00';

const REPLACED = '\uFFFD';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A name from the user, or from the server, as it is kept. */
export function keptName(name: unknown): string {
  const shown = text(name);
  return typeof name === 'string' || !shown.includes(REPLACED) ? shown : keptBytes(name as Uint8Array, shown);
}

/** The name may have the replacement character itself. */
function keptBytes(name: Uint8Array, shown: string): string {
  try {
    strict.decode(name);
    return shown;
  } catch {
    return MARK + Array.from(name, (byte) => String.fromCharCode(byte)).join('');
  }
}

/** Whether a kept name is not UTF-8. */
export function isOfBytes(kept: string): boolean {
  return kept.startsWith(MARK);
}

/** A kept name as the server knows it. */
export function wireName(kept: string): Arg {
  return bytesOfName(kept) ?? kept;
}

/** The bytes of a kept name that is not UTF-8. */
export function bytesOfName(kept: string): Uint8Array | undefined {
  return isOfBytes(kept) ? Uint8Array.from(kept.slice(MARK.length), (char) => char.charCodeAt(0)) : undefined;
}
