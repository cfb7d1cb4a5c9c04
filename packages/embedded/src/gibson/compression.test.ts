import { expect, test } from 'vitest';
import { compressedSize } from './compression.ts';

test('a pattern costs its first repetition, then three bytes for each 264', () => {
  // 9 literals (the match cannot start at byte 0), 19 matches of 264, one of 93, and the last two bytes
  expect(compressedSize('abcdefgh'.repeat(640))).toBe(1 + 9 + 19 * 3 + 3 + 1 + 2);
});

test('what would not get smaller is kept as it is', () => {
  expect(compressedSize(Array.from({ length: 200 }, (_, n) => String.fromCharCode(n)).join(''))).toBe(0);
  expect(compressedSize('')).toBe(0);
});
