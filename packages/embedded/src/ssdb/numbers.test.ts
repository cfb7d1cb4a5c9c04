import { expect, test } from 'vitest';
import { int32, integer, storedInteger, unsigned } from './numbers.ts';

test.each<[string, bigint]>([
  ['', 0n],
  ['abc', 0n],
  ['  12x', 12n],
  ['1.9', 1n],
  ['-5', -5n],
  ['99999999999999999999', 2n ** 63n - 1n],
  ['-99999999999999999999', -(2n ** 63n)],
])('the argument %j is %s', (text, value) => expect(integer(text)).toBe(value));

test.each<[string, bigint]>([
  ['-1', 2n ** 64n - 1n],
  ['99999999999999999999', 2n ** 64n - 1n],
  ['x', 0n],
])('without sign, %j is %s', (text, value) => expect(unsigned(text)).toBe(value));

test('32 bits are cut, not clamped', () =>
  expect([int32('3000000000'), int32('4294967297')]).toEqual([-1294967296, 1]));

test.each<[string, bigint | undefined]>([
  ['', 0n],
  [' 12', 12n],
  ['12 ', undefined],
  ['1.5', undefined],
  ['0x10', undefined],
])('the stored value %j is %s', (text, value) => expect(storedInteger(text)).toBe(value));
