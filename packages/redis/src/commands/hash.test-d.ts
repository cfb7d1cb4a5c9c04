import type { Command } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import {
  type FieldPage,
  type HashEntry,
  type HashPage,
  hexpire,
  hget,
  hgetall,
  hgetdel,
  hgetex,
  hkeys,
  hrandfield,
  hscan,
  hset,
  hsetex,
  httl,
  hvals,
} from './index.ts';

test('V is where values are, fields are text', () => {
  expectTypeOf(hget<Uint8Array>('h', 'f')).toEqualTypeOf<Command<Uint8Array | null, Uint8Array>>();
  expectTypeOf(hgetall<Uint8Array>('h')).toEqualTypeOf<Command<Record<string, Uint8Array>, Uint8Array>>();
  expectTypeOf(hkeys<Uint8Array>('h')).toEqualTypeOf<Command<string[], Uint8Array>>();
  expectTypeOf(hvals<Uint8Array>('h')).toEqualTypeOf<Command<Uint8Array[], Uint8Array>>();
});

test('HSET in every form', () => {
  expectTypeOf(hset('h', { f: 1 })).toEqualTypeOf<Command<number, string>>();
  hset('h', 'f', 1);
  hset('h', 'f', 1, 'g', 2);
  hset('h', new Map([['f', 1]]));
  // @ts-expect-error a field without value
  hset('h', 'f');
  // @ts-expect-error bytes are a value, not fields
  hset('h', new Uint8Array());
});

test('HRANDFIELD resolves by its arguments', () => {
  expectTypeOf(hrandfield('h')).toEqualTypeOf<Command<string | null, string>>();
  expectTypeOf(hrandfield('h', 2)).toEqualTypeOf<Command<string[], string>>();
  expectTypeOf(hrandfield('h', 2, { withvalues: true })).toEqualTypeOf<Command<HashEntry<string>[], string>>();
});

test('HSCAN resolves by its options', () => {
  expectTypeOf(hscan('h', 0)).toEqualTypeOf<Command<HashPage<string>, string>>();
  expectTypeOf(hscan('h', 0, { count: 5 })).toEqualTypeOf<Command<HashPage<string>, string>>();
  expectTypeOf(hscan('h', 0, { novalues: true })).toEqualTypeOf<Command<FieldPage, string>>();
});

test('times of fields', () => {
  expectTypeOf(httl('h', 'a', 'b')).toEqualTypeOf<Command<number[], string>>();
  hexpire('h', 10, ['a', 'b'], { gt: true });
  // @ts-expect-error fields are needed
  hexpire('h', 10);
  // @ts-expect-error two conditions
  hexpire('h', 10, 'a', { gt: true, lt: true });
});

test('fields with their times', () => {
  expectTypeOf(hgetdel<Uint8Array>('h', 'a')).toEqualTypeOf<Command<(Uint8Array | null)[], Uint8Array>>();
  expectTypeOf(hgetex('h', ['a', 'b'], { ex: 5 })).toEqualTypeOf<Command<(string | null)[], string>>();
  expectTypeOf(hsetex('h', { f: 1 }, { fnx: true, ex: 5 })).toEqualTypeOf<Command<boolean, string>>();
  // @ts-expect-error two times
  hgetex('h', 'a', { ex: 5, px: 5 });
  // @ts-expect-error two conditions
  hsetex('h', { f: 1 }, { fnx: true, fxx: true });
  // @ts-expect-error a time, and that it is kept
  hsetex('h', { f: 1 }, { ex: 5, keepttl: true });
});
