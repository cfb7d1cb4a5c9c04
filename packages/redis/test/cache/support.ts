import type { RedisServer } from '@kv/testkit/redis-server';
import { createRedis, type Redis, type RedisClientOptions } from '../../src/index.ts';

/** A client with a cache, its cached view, and another client of the same server, which changes keys. */
export interface Pair extends AsyncDisposable {
  readonly redis: Redis;
  readonly cached: Redis;
  readonly other: Redis;
}

/** Connects both; the server is empty. */
export async function openPair({ url }: RedisServer, options: Omit<RedisClientOptions, 'bytes'> = {}): Promise<Pair> {
  const redis = createRedis(url, { cache: {}, ...options });
  const other = createRedis(url);
  await other.flushall();
  await redis.connect();
  return {
    redis,
    cached: redis.cached(),
    other,
    async [Symbol.asyncDispose]() {
      await Promise.all([redis.close(), other.close()]);
    },
  };
}

/** Resolves when the client has heard all that its server has told it so far. */
export async function heard(redis: Redis): Promise<void> {
  await redis.ping();
}

/** Resolves when a condition holds, within 5 s. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 5000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`this did not become true: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
