import type { Command } from '@kv/core';
import { describe, expectTypeOf, it } from 'vitest';
import { keyValue } from '../client/key-value.ts';
import { createSsdb } from '../client/ssdb.ts';
import { multiHset, multiSet, multiZset } from './index.ts';

interface User {
  name: string;
  age: number;
}

interface Ranking {
  ada: number;
  alan: bigint;
}

declare const user: User;
declare const ranking: Ranking;

describe('values of an interface', () => {
  it('are entries of every command that takes names with values', () => {
    expectTypeOf(multiSet(user)).toEqualTypeOf<Command<number, string>>();
    expectTypeOf(multiHset('h', user)).toEqualTypeOf<Command<number, string>>();
    expectTypeOf(multiZset('z', ranking)).toEqualTypeOf<Command<number, string>>();
    // @ts-expect-error text is no score
    multiZset('z', user);
  });

  it('are accepted by clients, pipelines and key-values', () => {
    const ssdb = createSsdb();
    expectTypeOf(ssdb.multiSet(user)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(ssdb.with({ bytes: true }).multiZset('z', ranking)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(ssdb.pipeline().multiHset('h', user)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(keyValue(ssdb).setMany(user)).toEqualTypeOf<Promise<void>>();
  });
});
