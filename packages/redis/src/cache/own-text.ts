import { Buffer } from 'node:buffer';
import { isWide } from './memory.ts';

/** V8 makes no slice of a text that is shorter. */
const SLICED = 13;
const scratch = Buffer.allocUnsafe(256);

/**
 * The same text with letters of its own. Text that was cut out of another, such as a word of a request, keeps all of the
 * other in memory as long as it lives.
 */
export function ownText(text: string): string {
  if (text.length < SLICED) return text;
  const encoding = isWide(text) ? 'utf16le' : 'latin1';
  const bytes = text.length * 2 <= scratch.length ? scratch : Buffer.allocUnsafe(text.length * 2);
  return bytes.toString(encoding, 0, bytes.write(text, encoding));
}
