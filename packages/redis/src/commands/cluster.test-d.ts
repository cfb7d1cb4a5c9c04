import type { Command } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import { clusterFailover, clusterGetkeysinslot, clusterKeyslot, clusterNodes, clusterReset } from './index.ts';

test('slots and keys', () => {
  expectTypeOf(clusterKeyslot('k')).toEqualTypeOf<Command<number, string>>();
  expectTypeOf(clusterGetkeysinslot<Uint8Array>(1, 10)).toEqualTypeOf<Command<Uint8Array[], Uint8Array>>();
  expectTypeOf(clusterNodes<Uint8Array>()).toEqualTypeOf<Command<string, Uint8Array>>();
});

test('modes', () => {
  clusterReset('hard');
  clusterFailover('force');
  // @ts-expect-error no such mode
  clusterReset('gentle');
  // @ts-expect-error no such mode
  clusterFailover('now');
});
