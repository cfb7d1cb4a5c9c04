import type { Reply } from '@kv/resp-parser';
import { expectTypeOf, test } from 'vitest';
import { createRedis } from '../client/create-redis.ts';

test('a script has the type of its replies that it is made with, also in a batch', () => {
  const redis = createRedis();
  const untyped = redis.script('return 1', { keys: 0 });
  expectTypeOf(untyped()).resolves.toEqualTypeOf<Reply>();
  const typed = redis.script<[number, string | null]>('return { 1, false }', { keys: 0 });
  expectTypeOf(typed('a')).resolves.toEqualTypeOf<[number, string | null]>();
  expectTypeOf(redis.sendAll([typed.command()])).resolves.toEqualTypeOf<[[number, string | null]]>();
  // @ts-expect-error not what a server can answer
  redis.script<() => void>('return 1', { keys: 0 });
});
