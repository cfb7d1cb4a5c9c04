import { expect, it } from 'vitest';
import { encodeText, giveBack, isTextBlock } from './text-blocks.ts';

const join = (pieces: readonly Uint8Array[]): Buffer => Buffer.concat(pieces);

it.each([
  ['ASCII', 'abcdefghij'.repeat(60_000)],
  ['two bytes per character', 'ß'.repeat(300_001)],
  ['three bytes, which do not fit into a block evenly', '漢'.repeat(200_000)],
  ['pairs of surrogates, one of which would be cut', `a${'😀'.repeat(150_000)}`],
  ['halves of pairs', '\udc00\ud800'.repeat(100_000)],
])('encodes large text of %s as one encoder does', (_, text) => {
  const pieces = encodeText(text);
  expect(join(pieces).equals(Buffer.from(text))).toBe(true);
  expect(pieces.every((piece) => isTextBlock(piece) && piece.length > 0)).toBe(true);
});

it('uses a block again when it was given back, and not before', () => {
  const [first] = encodeText('a'.repeat(40_000)) as [Uint8Array];
  const [second] = encodeText('b'.repeat(40_000)) as [Uint8Array];
  expect(second.buffer).not.toBe(first.buffer);
  giveBack(first);
  const [third] = encodeText('c'.repeat(50_000)) as [Uint8Array];
  expect(third.buffer).toBe(first.buffer);
  expect(third).toHaveLength(50_000);
});

it('keeps a bounded number of blocks', () => {
  const pieces = encodeText('a'.repeat(262_144 * 40));
  for (const piece of pieces) giveBack(piece);
  const again = new Set(encodeText('a'.repeat(262_144 * 40)).map(({ buffer }) => buffer));
  expect(pieces.filter(({ buffer }) => again.has(buffer))).toHaveLength(32);
});

it('takes no other memory for one of its blocks', () => {
  expect(isTextBlock(new Uint8Array(262_144))).toBe(false);
});
