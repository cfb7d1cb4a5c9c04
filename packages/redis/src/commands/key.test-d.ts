import type { Command } from '@kv/core';
import { describe, expectTypeOf, test } from 'vitest';
import { copy, del, dump, expire, type KeyPage, migrate, restore, scan, sort, sortRo } from './index.ts';

describe('keys', () => {
  test('one condition for a time to live', () => {
    expectTypeOf(expire('k', 10, { nx: true })).toEqualTypeOf<Command<boolean, string>>();
    // @ts-expect-error two
    expire('k', 10, { nx: true, gt: true });
    // @ts-expect-error no such condition
    expire('k', 10, { if: true });
  });

  test('DUMP is bytes whatever V is, and RESTORE takes nothing else', () => {
    expectTypeOf(dump('k')).toEqualTypeOf<Command<Uint8Array | null, string>>();
    restore('k', 0, new Uint8Array(), { replace: true, idletime: 5 });
    // @ts-expect-error text is not what DUMP gave
    restore('k', 0, 'text');
    // @ts-expect-error either
    restore('k', 0, new Uint8Array(), { idletime: 5, freq: 5 });
  });

  test('SCAN', () => {
    expectTypeOf(scan(0, { match: 'a*', type: 'hash' })).toEqualTypeOf<Command<KeyPage<string>, string>>();
    expectTypeOf(scan<Uint8Array>('17')).toEqualTypeOf<Command<KeyPage<Uint8Array>, Uint8Array>>();
    // @ts-expect-error no such option
    scan(0, { novalues: true });
  });

  test('DEL and COPY', () => {
    expectTypeOf(del('a', ['b', 'c'], 4)).toEqualTypeOf<Command<number, string>>();
    copy('a', 'b', { db: 1, replace: true });
    // @ts-expect-error a destination is needed
    copy('a');
  });
});

describe('SORT', () => {
  test('resolves by its options', () => {
    expectTypeOf(sort('k')).toEqualTypeOf<Command<string[], string>>();
    expectTypeOf(sort('k', { desc: true, limit: { offset: 0, count: 5 } })).toEqualTypeOf<Command<string[], string>>();
    expectTypeOf(sort('k', { get: 'o_*' })).toEqualTypeOf<Command<(string | null)[], string>>();
    expectTypeOf(sort('k', { store: 'd' })).toEqualTypeOf<Command<number, string>>();
    expectTypeOf(sort('k', { get: ['#', 'o_*'], store: 'd' })).toEqualTypeOf<Command<number, string>>();
    // @ts-expect-error one direction
    sort('k', { asc: true, desc: true });
    // @ts-expect-error does not store
    sortRo('k', { store: 'd' });
  });
});

test('MIGRATE takes one login', () => {
  migrate('h', 6379, ['a', 'b'], 0, 1000, { copy: true, auth2: { username: 'u', password: 'p' } });
  // @ts-expect-error two
  migrate('h', 6379, 'a', 0, 1000, { auth: 'p', auth2: { username: 'u', password: 'p' } });
});
