import { expect, test } from 'vitest';
import { Arguments, parseNumber } from './arguments.ts';

test.each<[string, bigint | undefined]>([
  ['0', 0n],
  ['0x', 0n],
  ['-', 0n],
  ['-007', -7n],
  ['42', 42n],
  ['', undefined],
  ['+5', undefined],
  ['4 ', undefined],
  ['-9223372036854775809', 9223372036854775807n],
  [`1${'0'.repeat(64)}7`, 7n],
])('%j is %s', (text, expected) => expect(parseNumber(text)).toBe(expected));

test('arguments share one budget; where it ends, an argument is cut and one byte is lost', () => {
  const words = new Arguments('10 abcdefgh value', 8);
  expect([words.word(), words.word(), words.rest()]).toEqual(['10', 'abcde', 'gh value']);
});

test('there is no rest without a separator, and an empty one after it', () => {
  const without = new Arguments('key', 8);
  expect([without.word(), without.rest()]).toEqual(['key', undefined]);
  const empty = new Arguments('key ', 8);
  expect([empty.word(), empty.rest()]).toEqual(['key', '']);
});
