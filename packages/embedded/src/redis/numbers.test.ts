import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDouble, parseDouble, parseInteger } from './numbers.ts';

describe('doubles', () => {
  test.each([
    [0, '0'],
    [3, '3'],
    [-2.5, '-2.5'],
    [0.1, '0.10000000000000001'],
    [1.5e-9, '1.5e-09'],
    [1.00001e-5, '1.0000099999999999e-05'],
    [0.0001, '0.0001'],
    [1e16, '10000000000000000'],
    [1e17, '1e+17'],
    [Number('1234567890123456789'), '1.2345678901234568e+18'],
    [5e-324, '4.9406564584124654e-324'],
    [847313759112682 + 1 / 8, '847313759112682.12'], // in the middle: to the even digit
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('%d is written %s', (value, text) => expect(formatDouble(value)).toBe(text));

  test('read back as what they were', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(parseDouble(formatDouble(value))).toBe(value + 0); // -0 has no text of its own
      }),
    );
  });

  test.each(['', ' 1', '1 ', '1e', 'nan', '0x10', '1e400', '1e-400', '--1', '1,5'])('%j is none', (text) => {
    expect(parseDouble(text)).toBeUndefined();
  });
});

test.each<[string, bigint | undefined]>([
  ['0', 0n],
  ['-9223372036854775808', -(2n ** 63n)],
  ['9223372036854775808', undefined],
  ['-0', undefined],
  ['+1', undefined],
  ['01', undefined],
  [' 1', undefined],
  ['', undefined],
])('%j as an integer is %s', (text, expected) => expect(parseInteger(text)).toBe(expected));
