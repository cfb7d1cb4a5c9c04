import type { Arg } from '../command/command.ts';

/**
 * Memory that large text is encoded into. It is used again once it was written: touching memory for the first time costs
 * eight times what encoding into it does (530 against 60 µs for 1 MB).
 *
 * ```text
 *   free ── encodeText ──► in use ── written by a socket ──► free
 *                            └────── written by a transport that does not tell: left to the garbage collector
 * ```
 */
const BLOCK_LENGTH = 262_144;

/** More than these, 8 MB, are not kept. */
const MOST_FREE = 32;

const encoder = new TextEncoder();
const free: Uint8Array[] = [];
const blocks = new WeakSet<ArrayBufferLike>();
/** Of blocks whose piece was cut: how many parts are not given back. */
const unwritten = new WeakMap<ArrayBufferLike, number>();

/** UTF-8 of a text, in pieces. Each goes to {@link giveBack} when nothing reads it any more, or is forgotten. */
export function encodeText(text: string): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < text.length; ) {
    const block = takeBlock();
    const { read, written } = encoder.encodeInto(at === 0 ? text : text.slice(at), block);
    pieces.push(block.subarray(0, written));
    at += read;
  }
  return pieces;
}

function takeBlock(): Uint8Array {
  const known = free.pop();
  if (known !== undefined) return known;
  const block = new Uint8Array(BLOCK_LENGTH);
  blocks.add(block.buffer);
  return block;
}

/** Whether bytes were made by {@link encodeText}. */
export function isTextBlock(bytes: Exclude<Arg, string>): boolean {
  return blocks.has(bytes.buffer);
}

/** Cuts a piece into parts that are written at different times. It is taken back when all of them were given back. */
export function cutPiece(piece: Uint8Array, length: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < piece.length; at += length) parts.push(piece.subarray(at, at + length));
  unwritten.set(piece.buffer, parts.length);
  return parts;
}

/** Takes a piece back: what follows overwrites it. */
export function giveBack(piece: Uint8Array): void {
  const parts = unwritten.get(piece.buffer) ?? 1;
  if (parts > 1) return void unwritten.set(piece.buffer, parts - 1);
  unwritten.delete(piece.buffer);
  if (free.length < MOST_FREE) free.push(new Uint8Array(piece.buffer));
}
