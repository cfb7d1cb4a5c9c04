import { expectTypeOf, test } from 'vitest';
import { createRedis } from './create-redis.ts';
import { createPool } from './pool.ts';
import type { RedisSession } from './session.ts';

test('a session has the type that its options ask for', async () => {
  const redis = createRedis();
  expectTypeOf(redis.session()).resolves.toEqualTypeOf<RedisSession>();
  expectTypeOf(redis.session({ bytes: true })).resolves.toEqualTypeOf<RedisSession<Uint8Array>>();
  expectTypeOf(redis.with({ bytes: true }).session()).resolves.toEqualTypeOf<RedisSession<Uint8Array>>();
  const pool = await createPool();
  expectTypeOf(pool.acquire({ timeout: 5 })).resolves.toEqualTypeOf<RedisSession>();
  expectTypeOf(pool.acquire({ bytes: true })).resolves.toEqualTypeOf<RedisSession<Uint8Array>>();
});
