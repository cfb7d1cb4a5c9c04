import type { Command } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import { sadd, sintercard, sismember, smismember, spop, srandmember, sscan, sunion } from './index.ts';

test('members are the data of the client', () => {
  expectTypeOf(sunion('a', ['b'])).toEqualTypeOf<Command<string[], string>>();
  expectTypeOf(sunion<Uint8Array>('a')).toEqualTypeOf<Command<Uint8Array[], Uint8Array>>();
  expectTypeOf(sadd('k', 'a', 1, ['b', 2n])).toEqualTypeOf<Command<number, string>>();
  // @ts-expect-error no data
  sadd('k', { a: 1 });
});

test('0 and 1 are booleans', () => {
  expectTypeOf(sismember('k', 'm')).toEqualTypeOf<Command<boolean, string>>();
  expectTypeOf(smismember('k', 'm', 'n')).toEqualTypeOf<Command<boolean[], string>>();
});

test('one member or many', () => {
  expectTypeOf(spop('k')).toEqualTypeOf<Command<string | null, string>>();
  expectTypeOf(spop('k', 2)).toEqualTypeOf<Command<string[], string>>();
  expectTypeOf(srandmember('k')).toEqualTypeOf<Command<string | null, string>>();
  expectTypeOf(srandmember('k', -2)).toEqualTypeOf<Command<string[], string>>();
});

test('options', () => {
  sintercard(['a', 'b'], { limit: 5 });
  // @ts-expect-error no such option
  sintercard(['a', 'b'], { max: 5 });
  // @ts-expect-error the type is an option of SCAN only
  sscan('k', '0', { type: 'set' });
});
