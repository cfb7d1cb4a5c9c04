import type { Command, Results } from '@kv/core';
import { describe, expectTypeOf, test } from 'vitest';
import { get, getex, incr, type LcsMatches, lcs, mget, mset, msetnx, set, setrange } from './index.ts';

describe('SET', () => {
  test('what it resolves to follows from the options', () => {
    expectTypeOf(set('k', 'v')).toEqualTypeOf<Command<'OK', string>>();
    expectTypeOf(set('k', 1, { ex: 10 })).toEqualTypeOf<Command<'OK', string>>();
    expectTypeOf(set('k', 'v', { nx: true })).toEqualTypeOf<Command<'OK' | null, string>>();
    expectTypeOf(set('k', 'v', { xx: true, px: 5n })).toEqualTypeOf<Command<'OK' | null, string>>();
    expectTypeOf(set('k', 'v', { get: true })).toEqualTypeOf<Command<string | null, string>>();
    expectTypeOf(set<Uint8Array>('k', 'v', { get: true })).toEqualTypeOf<Command<Uint8Array | null, Uint8Array>>();
  });

  test('takes options that are only known at run time', () => {
    const ttl = 5 as number | undefined;
    const isNew = true as boolean;
    expectTypeOf(set('k', 'v', { ex: ttl })).toEqualTypeOf<Command<'OK', string>>();
    expectTypeOf(set('k', 'v', { nx: isNew })).toEqualTypeOf<Command<'OK' | null, string>>();
  });

  test('refuses what the server refuses', () => {
    // @ts-expect-error two times
    set('k', 'v', { ex: 1, px: 1 });
    // @ts-expect-error a time and KEEPTTL
    set('k', 'v', { exat: 1, keepttl: true });
    // @ts-expect-error NX and XX
    set('k', 'v', { nx: true, xx: true });
    // @ts-expect-error no such option
    set('k', 'v', { EX: 1 });
    // @ts-expect-error a time is a number
    set('k', 'v', { ex: '1' });
  });

  test('takes data only', () => {
    set(new Uint8Array(), 5n);
    // @ts-expect-error undefined
    set('k', undefined);
    // @ts-expect-error objects are not turned into text
    set('k', { a: 1 });
    // @ts-expect-error nor dates
    set('k', new Date());
    // @ts-expect-error nor booleans
    set('k', true);
    // @ts-expect-error a value is missing
    set('k');
  });
});

describe('other options', () => {
  test('GETEX takes one of them', () => {
    expectTypeOf(getex('k', { persist: true })).toEqualTypeOf<Command<string | null, string>>();
    // @ts-expect-error two
    getex('k', { persist: true, ex: 1 });
  });

  test('LCS resolves by its options', () => {
    expectTypeOf(lcs('a', 'b')).toEqualTypeOf<Command<string, string>>();
    expectTypeOf(lcs('a', 'b', { len: true })).toEqualTypeOf<Command<number, string>>();
    expectTypeOf(lcs('a', 'b', { idx: true, minmatchlen: 4 })).toEqualTypeOf<Command<LcsMatches, string>>();
    // @ts-expect-error either length or positions
    lcs('a', 'b', { len: true, idx: true });
    // @ts-expect-error only with positions
    lcs('a', 'b', { len: true, withmatchlen: true });
  });
});

describe('lists and pairs', () => {
  test('in every form', () => {
    const names: readonly string[] = ['a'];
    expectTypeOf(mget('a', 'b')).toEqualTypeOf<Command<(string | null)[], string>>();
    mget(names);
    mget(...names, names);
    mset({ a: 1, b: new Uint8Array() });
    mset(new Map([['a', 1]]));
    mset([['a', 1]]);
    mset('a', 1, 'b', 2);
    expectTypeOf(msetnx('a', 1)).toEqualTypeOf<Command<boolean, string>>();
    // @ts-expect-error a name alone
    mset('a');
    // @ts-expect-error values are data
    mset({ a: undefined });
    // @ts-expect-error null is no key
    mget('a', null);
  });
});

test('results of a list of commands, position by position', () => {
  const commands = [set('a', 1), get('a'), incr('b')] as const;
  expectTypeOf<Results<typeof commands>>().toEqualTypeOf<['OK', string | null, number]>();
});

test('offsets are whole numbers', () => {
  setrange('k', 5n, 'x');
  // @ts-expect-error text
  setrange('k', '5', 'x');
});
