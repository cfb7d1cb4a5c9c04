import type { Arg } from '../command/command.ts';

/** Parts below this length are copied together: a part of its own costs the socket more than a copy. */
const SMALL = 4096;

/**
 * The same bytes in fewer parts: small ones that follow each other become one. Commands with short binary arguments are
 * text, bytes, text, bytes, and a batch of them would be hundreds of parts.
 */
export function joinSmallChunks(chunks: readonly Arg[]): Arg[] {
  const parts: Arg[] = [];
  const small: Uint8Array[] = [];
  const joinSmall = (): unknown => small.length > 0 && parts.push(Buffer.concat(small.splice(0)));
  for (const chunk of chunks) {
    if (chunk.length < SMALL) small.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    else {
      joinSmall();
      parts.push(chunk);
    }
  }
  joinSmall();
  return parts;
}
