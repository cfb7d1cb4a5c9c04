import { expect, test } from 'vitest';
import { sizeOf } from './memory.ts';

test('text counts one byte per Latin letter and two per other letter, in whole words', () => {
  expect(sizeOf('')).toBe(16);
  expect(sizeOf('12345678')).toBe(24);
  expect(sizeOf('123456789')).toBe(32);
  expect(sizeOf('é'.repeat(8))).toBe(24);
  expect(sizeOf('ж'.repeat(8))).toBe(32);
  expect(sizeOf('a'.repeat(1000))).toBe(1016);
  expect(sizeOf(`${'a'.repeat(999)}ж`)).toBe(2016);
});

test('what holds others counts them, too', () => {
  const text = sizeOf('value');
  expect(sizeOf(['value', 'value'])).toBe(48 + 2 * (8 + text));
  expect(sizeOf(new Map([['value', 'value']]))).toBeGreaterThan(2 * text);
  expect(sizeOf(new Set(['value']))).toBeGreaterThan(text);
  expect(sizeOf(new Uint8Array(100))).toBeGreaterThan(100);
  expect([sizeOf(null), sizeOf(true), sizeOf(7)]).toEqual([0, 0, 0]);
});
