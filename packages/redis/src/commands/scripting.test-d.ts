import type { Command } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import { clusterGetkeysinslot, clusterSetslot, clusterSlotStats } from './cluster-slots.ts';
import { fcall, functionDump } from './function.ts';
import { pubsubNumsub } from './pubsub.ts';
import { eval as evaluate, scriptExists } from './scripting.ts';

test('results of scripts, functions, publishing and clusters', () => {
  expectTypeOf(evaluate('return 1')).toEqualTypeOf<Command<unknown, string>>();
  expectTypeOf(functionDump()).toEqualTypeOf<Command<Uint8Array, string>>();
  expectTypeOf(scriptExists('a')).toEqualTypeOf<Command<boolean[], string>>();
  expectTypeOf(pubsubNumsub('a')).toEqualTypeOf<Command<Record<string, number>, string>>();
  expectTypeOf(clusterGetkeysinslot<Uint8Array>(0, 1)).toEqualTypeOf<Command<Uint8Array[], Uint8Array>>();
});

test('what does not compile', () => {
  // @ts-expect-error keys are counted for you
  evaluate('return 1', 0);
  // @ts-expect-error keys are counted for you
  fcall('f', 1, 'k');
  // @ts-expect-error one state
  clusterSetslot(0, { importing: 'a', node: 'b' });
  // @ts-expect-error a state
  clusterSetslot(0, {});
  // @ts-expect-error a range has no limit
  clusterSlotStats({ slotsrange: [0, 1], limit: 1 });
});
