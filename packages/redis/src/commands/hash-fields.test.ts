import { Flag } from '@kv/core';
import { expect, it } from 'vitest';
import { hgetdel, hgetex, hsetex } from './index.ts';

it('HGETDEL counts its fields, in every form of a list', () => {
  expect(hgetdel('h', 'a', ['b', 1]).args).toEqual(['h', 'FIELDS', '3', 'a', 'b', '1']);
  expect(() => hgetdel('h')).toThrow('fields: expected at least one, got none');
});

it('HGETEX puts the time before the fields', () => {
  expect(hgetex('h', ['a', 'b'], { exat: 99 }).args).toEqual(['h', 'EXAT', '99', 'FIELDS', '2', 'a', 'b']);
  expect(hgetex('h', 'a', { persist: true }).args).toEqual(['h', 'PERSIST', 'FIELDS', '1', 'a']);
  expect(() => hgetex('h', 'a', { ex: 1, persist: true } as never)).toThrow(
    'options.persist: cannot be combined with ex',
  );
  expect(() => hgetex('h', 'a', { px: 0 })).toThrow('options.px: expected at least 1');
  expect(() => hgetex('h', [])).toThrow('fields: expected at least one, got none');
});

it('HSETEX puts condition and time before the fields, and counts pairs', () => {
  const call = hsetex('h', { a: 1, b: 'x' }, { fnx: true, pxat: 99 });
  expect(call.args).toEqual(['h', 'FNX', 'PXAT', '99', 'FIELDS', '2', 'a', '1', 'b', 'x']);
  expect(hsetex('h', [['a', 1]], { keepttl: true }).args).toEqual(['h', 'KEEPTTL', 'FIELDS', '1', 'a', '1']);
  expect(() => hsetex('h', {})).toThrow('entries: expected at least one pair');
  expect(() => hsetex('h', { a: 1 }, { fnx: true, fxx: true } as never)).toThrow(
    'options.fxx: cannot be combined with fnx',
  );
});

it('HSETEX leaves the same state when repeated, unless it has a condition', () => {
  expect([hsetex('h', { a: 1 }).flags, hsetex('h', { a: 1 }, { fxx: true }).flags]).toEqual([Flag.idempotent, 0]);
});
