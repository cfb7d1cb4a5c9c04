import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareBytes } from './byte-order.ts';

const encoder = new TextEncoder();
const text = fc.string({ unit: 'binary' });

it('orders text, bytes and one with the other as their bytes', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [left, right] = [encoder.encode(a), encoder.encode(b)];
      const expected = Math.sign(Buffer.compare(left, right));
      const orders = [compareBytes(a, b), compareBytes(left, right), compareBytes(a, right), compareBytes(left, b)];
      expect(orders.map(Math.sign)).toEqual(Array(4).fill(expected));
    }),
  );
});

it.each([
  ['\uffff', '\u{10000}'],
  ['\ud7ff', '\ue000'],
  ['a\ue000', 'a\u{1f600}'],
  ['', 'a'],
  ['Z', 'a'],
])('%j comes before %j', (first, second) => {
  expect(compareBytes(first, second)).toBeLessThan(0);
  expect(compareBytes(second, first)).toBeGreaterThan(0);
  expect(compareBytes(first, first)).toBe(0);
});
