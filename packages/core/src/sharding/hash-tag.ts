import type { Arg } from '../command/command.ts';

const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Hashes the part of a text from `start` up to `end`, not included. */
export type TextHash = (key: string, start: number, end: number) => number;

/** Hashes the bytes from `start` up to `end`, not included. */
export type BytesHash = (key: Uint8Array, start: number, end: number) => number;

/**
 * The hash of the part of a key that decides on which server the key lies: what stands between the first `{` and the
 * first `}` behind it, unless that is nothing; else the whole key.
 */
export function hashTagged(key: Arg, ofText: TextHash, ofBytes: BytesHash): number {
  return typeof key === 'string' ? inText(key, ofText) : inBytes(key, ofBytes);
}

function inText(key: string, hash: TextHash): number {
  const open = key.indexOf('{');
  if (open < 0) return hash(key, 0, key.length);
  const close = key.indexOf('}', open + 1);
  return close > open + 1 ? hash(key, open + 1, close) : hash(key, 0, key.length);
}

function inBytes(key: Uint8Array, hash: BytesHash): number {
  const open = key.indexOf(OPEN);
  if (open < 0) return hash(key, 0, key.length);
  const close = key.indexOf(CLOSE, open + 1);
  return close > open + 1 ? hash(key, open + 1, close) : hash(key, 0, key.length);
}
