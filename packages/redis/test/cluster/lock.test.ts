import { startCluster } from '@kv/testkit/topology/cluster';
import { expect, it } from 'vitest';
import { createRedis } from '../../src/index.ts';

it('locks in a cluster are taken, extended and released on the server of their slot', async () => {
  await using cluster = await startCluster({ replicas: 0 });
  await using redis = createRedis(cluster.url);
  const keys = ['a', 'b', 'c', '{tag}d', 'e'];
  const locks = await Promise.all(keys.map((key) => redis.lock(key, { ttl: 5000 })));
  await Promise.all(locks.map((lock) => lock.extend()));
  await expect(redis.lock('a', { wait: 0 })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await Promise.all(locks.map((lock) => lock.release()))).toEqual(keys.map(() => true));
  const again = await redis.lock('a');
  expect(again.token).toBeGreaterThan(locks[0]?.token ?? 0);
  await again.release();
});
