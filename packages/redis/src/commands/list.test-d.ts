import type { Command } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import { lpos, lrange } from './list.ts';
import { blpop, lmpop, lpop, type Popped, type PoppedElements } from './list-pop.ts';

test('results of lists', () => {
  expectTypeOf(lrange('l', 0, -1)).toEqualTypeOf<Command<string[], string>>();
  expectTypeOf(lrange<Uint8Array>('l', 0, -1)).toEqualTypeOf<Command<Uint8Array[], Uint8Array>>();
  expectTypeOf(lpop('l')).toEqualTypeOf<Command<string | null, string>>();
  expectTypeOf(lpop('l', 2)).toEqualTypeOf<Command<string[] | null, string>>();
  expectTypeOf(lpos('l', 'a')).toEqualTypeOf<Command<number | null, string>>();
  expectTypeOf(lpos('l', 'a', { count: 0 })).toEqualTypeOf<Command<number[], string>>();
  expectTypeOf(blpop('l', 1)).toEqualTypeOf<Command<Popped<string> | null, string>>();
  expectTypeOf(lmpop('l', 'left')).toEqualTypeOf<Command<PoppedElements<string> | null, string>>();
});

test('what does not compile', () => {
  // @ts-expect-error a side of its own
  lmpop('l', 'top');
  // @ts-expect-error the timeout is needed
  blpop('l');
  // @ts-expect-error null is no data
  lrange(null, 0, 1);
});
