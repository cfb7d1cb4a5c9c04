/** The cache of a client that follows sentinels. */
import { startSentinels } from '@kv/testkit/topology/sentinels';
import { expect, test } from 'vitest';
import { createRedis } from '../../src/index.ts';
import { until } from './support.ts';

test('what is kept ends with the connection to a primary that is replaced, and the new one is tracked [#202]', async () => {
  await using rig = await startSentinels();
  await using redis = createRedis(rig.url, { cache: {}, timeout: 20_000 });
  const cached = redis.cached();
  await redis.set('k', 1);
  expect([await cached.get('k'), await cached.get('k')]).toEqual(['1', '1']);
  expect(redis.stats().cache).toMatchObject({ hits: 1, state: 'on' });
  const old = rig.primary;
  await rig.kill(old);
  await until(() => redis.stats().cache?.entries === 0);
  const { node } = await rig.waitForNewPrimary(old);
  await cached.get('k');
  await node.ask('SET', 'k', '2');
  await until(async () => (await cached.get('k')) === '2');
  await cached.get('k');
  expect(redis.stats().cache?.hits).toBeGreaterThan(1);
}, 60_000);
