/** All keys of a real cluster, while slots move and primaries are replaced. */
import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import type { ClusterNode } from '@kv/testkit/topology/cluster-node';
import { startMover } from '@kv/testkit/topology/mover';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRedis, type Redis } from '../../src/index.ts';
import { keySlot } from '../../src/topology/slot.ts';
import { ownerOf } from './support.ts';

let cluster: Cluster;
let redis: Redis;
const names = Array.from({ length: 2000 }, (_, i) => `key:${i}`);
beforeAll(async () => {
  cluster = await startCluster();
  redis = createRedis(cluster.url, { timeout: 20_000 });
  await Promise.all(names.map((name) => redis.set(name, 1)));
});
afterAll(async () => {
  await redis.close();
  await cluster.close();
});

async function all<T>(keys: AsyncIterable<T>): Promise<Set<T>> {
  const found = new Set<T>();
  for await (const key of keys) found.add(key);
  return found;
}

it('scanIterator gives the keys of all primaries, and its options hold on each [#150]', async () => {
  await Promise.all([redis.sadd('set:1', 'a'), redis.sadd('set:2', 'a'), redis.set('string:1', 1)]);
  expect([...(await all(redis.scanIterator({ match: 'key:*' })))].toSorted()).toEqual(names.toSorted());
  expect(await all(redis.scanIterator({ type: 'set' }))).toEqual(new Set(['set:1', 'set:2']));
  const bytes = await all(redis.with({ bytes: true }).scanIterator({ match: 'string:?' }));
  expect([...bytes].map((key) => Buffer.from(key).toString())).toEqual(['string:1']);
  await expect(all(redis.scanIterator({ count: 0 }))).rejects.toMatchObject({ code: 'ARGUMENT' });
});

it('a slot that is half way to another server is read on both, with prefix, MATCH and TYPE [#150]', async () => {
  const own = redis.with({ keyPrefix: 'tenant:' });
  const keys = Array.from({ length: 40 }, (_, i) => `{open}:${i}`);
  await Promise.all(keys.map((key, i) => (i % 2 === 0 ? own.set(key, 1) : own.sadd(key, 'a'))));
  const slot = keySlot('{open}');
  const source = await ownerOf(cluster, '{open}');
  const target = cluster.primaries.find((node) => node !== source) as ClusterNode;
  await cluster.importing(slot, target, source);
  await cluster.migrating(slot, source, target);
  await cluster.migrateKeys(slot, source, target, 15);
  const strings = keys.filter((_, i) => i % 2 === 0);
  expect([...(await all(own.scanIterator({ type: 'string' })))].toSorted()).toEqual(strings.toSorted());
  expect([...(await all(own.scanIterator({ match: '{open}:1*' })))].toSorted()).toEqual(
    keys.filter((key) => key.startsWith('{open}:1')).toSorted(),
  );
  while ((await cluster.migrateKeys(slot, source, target, 15)) > 0);
  await cluster.setNode(slot, target);
});

it('every key that is there all the time comes, while slots move without a pause [#150] [#99]', async () => {
  const slots = [...new Set(names.map(keySlot))].slice(0, 40);
  const mover = startMover(cluster, { slots, duration: 20_000, keys: 1, pause: 1 });
  for (let round = 0; round < 5; round++) {
    const found = await all(redis.scanIterator({ match: 'key:*', count: 20 }));
    expect(names.filter((name) => !found.has(name))).toEqual([]);
  }
  expect((await mover.stop()).moves).toBeGreaterThan(0);
});

it('a primary that is lost meanwhile is read again at its successor [#150]', async () => {
  const dead = await ownerOf(cluster, 'key:0');
  await dead.ask('WAIT', 1, 5000);
  const found = new Set<string>();
  let killed = false;
  for await (const key of redis.scanIterator({ match: 'key:*', count: 10 })) {
    found.add(key);
    if (killed || !dead.serves(keySlot(key))) continue;
    killed = true;
    await cluster.kill(dead);
  }
  expect(killed).toBe(true);
  expect(names.filter((name) => !found.has(name))).toEqual([]);
  await cluster.restart(dead);
  await cluster.settled();
});
