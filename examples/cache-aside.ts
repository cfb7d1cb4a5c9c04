// A cache in front of something slow: read the cache, else compute and store. A lock lets one task compute while the
// others wait for its result, so that a popular entry that ends does not start a stampede.
//
//   npm run example examples/cache-aside.ts          (REDIS_URL=redis://localhost for a server of your own)
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedis, keyValue, type Redis } from '@kv/redis';
import { del } from '@kv/redis/commands';

const { REDIS_URL = 'embedded:' } = process.env;
await using redis = createRedis(REDIS_URL, { keyPrefix: 'example-cache:' });
const cache = keyValue(redis, { prefix: 'report:' });

let computed = 0;
async function slowReport(month: string): Promise<string> {
  computed += 1;
  await sleep(200);
  return `report of ${month}`;
}

/** The cached value, or the computed one, which is then there for `ttl` ms. */
async function cached(key: string, ttl: number, compute: () => Promise<string>): Promise<string> {
  const patience = AbortSignal.timeout(10_000);
  for (;;) {
    const value = await cache.get(key);
    if (value !== null) return value;
    const token = await lock(redis, `lock:${key}`, 5_000);
    if (token === null) {
      await sleep(20, undefined, { signal: patience }); // somebody computes: look again
      continue;
    }
    try {
      const fresh = (await cache.get(key)) ?? (await compute()); // it may have come while we took the lock
      await cache.set(key, fresh, { ttl });
      return fresh;
    } finally {
      await unlock(redis, `lock:${key}`, token);
    }
  }
}

/** Takes a lock that ends by itself, in case its owner dies. The token proves ownership; `null` = somebody else has it. */
async function lock(client: Redis, name: string, ms: number): Promise<string | null> {
  const token = randomUUID();
  return (await client.set(name, token, { nx: true, px: ms })) === 'OK' ? token : null;
}

/** Gives the lock back, unless it ended meanwhile and belongs to somebody else. */
async function unlock(client: Redis, name: string, token: string): Promise<void> {
  await client.transaction([name], async (session) => ((await session.get(name)) === token ? [del(name)] : []));
}

const answers = await Promise.all(Array.from({ length: 50 }, () => cached('may', 60_000, () => slowReport('May'))));
console.log(`50 tasks asked and got "${answers[0]}"; it was computed ${computed} time(s)`);
const begin = performance.now();
await cached('may', 60_000, () => slowReport('May'));
console.log(`asked again: ${(performance.now() - begin).toFixed(1)} ms, from the cache`);
await cache.clear('');
