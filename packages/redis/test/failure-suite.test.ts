import { redisUnderTest } from '@kv/testkit';
import type { Calls, FailureBackend } from '@kv/testkit/failure-backend';
import { failureClient, failurePool } from '@kv/testkit/failure-facade';
import { failureSuite } from '@kv/testkit/failure-suite';
import { describe, vi } from 'vitest';
import { createPool, createRedis, type Redis, type RedisPool, type RedisSession } from '../src/index.ts';

/** The cases about a frozen process move the clock. */
vi.mock('../../core/src/timers.ts', () => import('@kv/testkit/faked-timers'));

function calls(redis: Redis | RedisPool | RedisSession): Calls {
  return {
    read: (key) => redis.get(key),
    write: (key, value) => redis.set(key, value),
    count: (key) => redis.incr(key),
  };
}

const host = '127.0.0.1';

describe.each([2, 3] as const)('on a real server, RESP%i', (protocol) => {
  failureSuite(async () => {
    const server = await redisUnderTest();
    return {
      server,
      large: 16_000_000,
      open: (port, options) =>
        failureClient(createRedis({ host, port }, { ...options, protocol }), {
          calls,
          view: (redis, call) => redis.with(call),
          figures: (redis) => redis.stats(),
        }),
      openPool: async (port, options) => {
        const pool = await createPool({ host, port }, { ...options, protocol });
        return failurePool<RedisSession>(pool, calls(pool), (call) => pool.acquire(call), calls);
      },
      close: () => server.stop(),
    } satisfies FailureBackend;
  });
});
