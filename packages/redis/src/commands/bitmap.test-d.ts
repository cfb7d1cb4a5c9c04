import type { Command } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import { bitcount, bitfield, bitfieldRo, bitop, pfadd, pfcount, pfdebug, setbit } from './index.ts';

test('bits are 0 or 1', () => {
  expectTypeOf(setbit('k', 7, 1)).toEqualTypeOf<Command<0 | 1, string>>();
  // @ts-expect-error not a bit
  setbit('k', 7, 2);
  // @ts-expect-error not a unit
  bitcount('k', 0, 1, 'kb');
  // @ts-expect-error not an operation
  bitop('nand', 'd', 'a');
});

test('BITFIELD takes typed steps', () => {
  const steps = bitfield('k', [
    { op: 'overflow', mode: 'fail' },
    { op: 'incrby', encoding: 'u8', offset: '#2', increment: 1 },
  ]);
  expectTypeOf(steps).toEqualTypeOf<Command<(number | null)[], string>>();
  // @ts-expect-error a value is needed
  bitfield('k', [{ op: 'set', encoding: 'u8', offset: 0 }]);
  // @ts-expect-error no such encoding
  bitfield('k', [{ op: 'get', encoding: 'f8', offset: 0 }]);
  // @ts-expect-error reads only
  bitfieldRo('k', [{ op: 'set', encoding: 'u8', offset: 0, value: 1 }]);
});

test('HyperLogLog', () => {
  expectTypeOf(pfadd('k', 'a', ['b'])).toEqualTypeOf<Command<boolean, string>>();
  expectTypeOf(pfcount('k')).toEqualTypeOf<Command<number, string>>();
  expectTypeOf(pfdebug('getreg', 'k')).toEqualTypeOf<Command<number[], string>>();
  // @ts-expect-error no such subcommand
  pfdebug('help', 'k');
});
