/** A consumer of a stream in a real cluster. */
import { startCluster } from '@kv/testkit/topology/cluster';
import { expect, it } from 'vitest';
import { createRedis } from '../../src/index.ts';

it('an entry that fails too often is moved to a stream in the slot of its stream [#160]', async () => {
  await using cluster = await startCluster({ replicas: 0 });
  await using redis = createRedis(cluster.url);
  await redis.xadd('jobs', '*', { n: 7 });
  const worker = redis.consumer({ stream: 'jobs', group: 'g', name: 'n', retryAfter: 10, maxDeliveries: 1, block: 20 });
  const dead = new Promise((resolve) => worker.on('dead', resolve));
  const running = worker.run(() => {
    throw new Error('it never works');
  });
  await dead;
  await worker.stop();
  await running;
  expect(await redis.xrange('{jobs}:dead', '-', '+')).toMatchObject([{ fields: { n: '7' } }]);
  expect(await redis.xpending('jobs', 'g')).toMatchObject({ count: 0 });
});
