import { constants } from 'node:buffer';
import { refuse } from './command-error.ts';

/**
 * Bytes. The server's limit is 512 MB, but a string of V8 holds 24 bytes less, and the reply to GET is a string as well:
 * its frame needs room too.
 */
const MAX_STRING = Math.min(512 * 1024 * 1024, constants.MAX_STRING_LENGTH - 64);

/** Refuses what would be too long for a value, before memory is taken for it. */
export function checkSize(size: number): void {
  if (size > MAX_STRING) refuse('string exceeds maximum allowed size (proto-max-bulk-len)');
}
