import { expect, test } from 'vitest';
import { Entry } from './entry.ts';
import { KeyTable } from './key-table.ts';
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

test('a table of keys doubles when it is full, keeps its size while keys come and go, and shrinks when few are left', () => {
  const table = new KeyTable<Entry>();
  const group = { slot: -1, byKey: table, source: undefined };
  const empty = table.bytes;
  let bytes = empty;
  const add = (key: string): void => {
    bytes += table.set(key, new Entry(group, key, 'GET', null, false));
  };
  for (let i = 0; i < 1024; i++) add(`k${i}`);
  const full = bytes;
  expect(full - empty).toBe((1024 - 4) * 28);
  add('one more');
  expect(bytes - full).toBe(1024 * 28);
  for (let i = 0; i < 10_000; i++) {
    bytes += table.delete(i === 0 ? 'one more' : `n${i - 1}`);
    add(`n${i}`);
  }
  expect(bytes - full).toBe(1024 * 28);
  for (let i = 0; i < 1024; i++) bytes += table.delete(`k${i}`);
  expect(bytes).toBeLessThan(full);
  expect(bytes).toBe(table.bytes);
  bytes += table.clear();
  expect(bytes).toBe(empty);
});
