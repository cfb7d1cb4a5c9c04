import { Buffer } from 'node:buffer';
import type { Arg } from '../command/command.ts';

/** Parts below this length are copied together: a part of its own costs the socket more than a copy. */
const SMALL = 4096;

/**
 * The same bytes in fewer parts: small ones that follow each other become one. Commands with short binary arguments are
 * text, bytes, text, bytes, and a batch of them would be hundreds of parts.
 */
export function joinSmallChunks(chunks: readonly Arg[]): Arg[] {
  const parts: Arg[] = [];
  let small: Uint8Array[] = [];
  for (const chunk of chunks) {
    if (chunk.length < SMALL) small.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    else {
      if (small.length > 0) parts.push(Buffer.concat(small));
      parts.push(chunk);
      small = [];
    }
  }
  if (small.length > 0) parts.push(Buffer.concat(small));
  return parts;
}
