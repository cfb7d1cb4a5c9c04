/** The cache of a client of a cluster. */
import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import type { ClusterNode } from '@kv/testkit/topology/cluster-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRedis, type Redis } from '../../src/index.ts';
import { keySlot } from '../../src/topology/slot.ts';
import { otherPrimary, slotMoved } from '../cluster/moves.ts';
import { until } from './support.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ primaries: 3, replicas: 1 });
}, 60_000);
afterAll(() => cluster?.close());

let redis: Redis;
let cached: Redis;
let other: Redis;
beforeEach(async () => {
  await cluster.settled();
  redis = createRedis(cluster.url, { cache: {} });
  cached = redis.cached();
  other = createRedis(cluster.url);
  await other.flushall();
  await redis.connect();
});
afterEach(async () => {
  await Promise.all([redis.close(), other.close()]);
});

/** Resolves when the client has heard all that the servers have told it so far. */
async function heardAll(): Promise<void> {
  await Promise.all(redis.nodes('primary').map(({ client }) => client.ping()));
}

test('keys of all slots are kept, and end when somebody changes them [#193]', async () => {
  const keys = Array.from({ length: 50 }, (_, i) => `k${i}`);
  for (let round = 0; round < 2; round++) {
    await Promise.all(keys.map((key) => other.set(key, `${key}:${round}`)));
    await heardAll();
    for (let i = 0; i < 2; i++)
      expect(await Promise.all(keys.map((key) => cached.get(key)))).toEqual(keys.map((key) => `${key}:${round}`));
    expect(await cached.mget(keys)).toEqual(keys.map((key) => `${key}:${round}`));
    expect(await cached.mget(keys)).toEqual(keys.map((key) => `${key}:${round}`));
  }
  expect(redis.stats().cache).toMatchObject({ hits: 200, misses: 200, stored: 200, entries: 100 });
});

test('keys of bytes that are no UTF-8 end in their own slots', async () => {
  const keys = Array.from({ length: 50 }, (_, i) => Uint8Array.of(0xff, i));
  for (let round = 0; round < 2; round++) {
    await Promise.all(keys.map((key) => other.set(key, round)));
    await heardAll();
    expect(await Promise.all(keys.map((key) => cached.get(key)))).toEqual(keys.map(() => String(round)));
  }
});

test('FLUSHALL of another client, or of this one, ends everything [#197]', async () => {
  await Promise.all(Array.from({ length: 30 }, (_, i) => cached.get(`k${i}`)));
  await other.flushall();
  await heardAll();
  expect(redis.stats().cache?.entries).toBe(0);
  await cached.get('k1');
  await redis.flushall();
  expect(redis.stats().cache?.entries).toBe(0);
});

test('reads are tracked on the primary although readFrom prefers replicas [#195]', async () => {
  await using reader = createRedis(cluster.url, { cache: {}, readFrom: 'preferReplica' });
  const view = reader.cached();
  for (let i = 0; i < 50; i++) {
    await reader.set('k', i);
    expect([await view.get('k'), await view.get('k')]).toEqual([String(i), String(i)]);
  }
  expect(reader.stats().cache).toMatchObject({ hits: 50, misses: 50 });
});

describe('a slot that moves', () => {
  test('ends what is kept of it when the client learns so, and of no other slot [#111] [#203]', async () => {
    await other.set('moving', 1);
    await cached.get('moving');
    await cached.get('missing{moving}');
    await cached.get('stays');
    expect(redis.stats().cache?.entries).toBe(3);
    await slotMoved(cluster, 'moving');
    await redis.exists('moving'); // MOVED
    expect(redis.stats().cache?.entries).toBe(1);
    await other.set('missing{moving}', 'there');
    expect([await cached.get('moving'), await cached.get('missing{moving}')]).toEqual(['1', 'there']);
    expect(redis.stats().cache?.hits).toBe(0);
    await cached.get('moving');
    expect(redis.stats().cache?.hits).toBe(1); // tracked by the new owner
    await other.set('moving', 2);
    await heardAll();
    expect(await cached.get('moving')).toBe('2');
  });

  test('takes a read that is to be kept along as a whole [#195] [#203]', async () => {
    await other.set('moved', 1);
    await slotMoved(cluster, 'moved');
    expect(await cached.get('moved')).toBe('1'); // by MOVED
    await cached.get('moved');
    await other.set('moved', 2);
    await heardAll();
    expect(await cached.get('moved')).toBe('2');
  });

  test('gives nothing to keep while the reply comes by ASK [#203]', async () => {
    const key = 'asked';
    const slot = keySlot(key);
    const source = await cluster.slotOwner(slot);
    const target = await otherPrimary(cluster, key);
    await cluster.importing(slot, target, source);
    await cluster.migrating(slot, source, target);
    try {
      for (const value of ['one', 'two', 'three']) {
        await other.set(key, value); // at the target, which tells this client of nothing
        await heardAll();
        expect(await cached.get(key)).toBe(value);
        expect(await cached.mget(key, `{${key}}:2`)).toEqual([value, null]);
      }
      expect(redis.stats().cache).toMatchObject({ hits: 0, entries: 0 });
    } finally {
      await cluster.moveSlot(slot, target);
    }
    expect(await cached.get(key)).toBe('three');
  });

  test('shows a key that was missing, although no server tells that it appears behind the move [#204]', async () => {
    expect(await cached.get('late')).toBeNull();
    await slotMoved(cluster, 'late');
    await other.set('late', 'there');
    await until(async () => (await cached.get('late')) === 'there'); // long before the next look at the map
  });

  test('ends at the next look at the map even when no call asks for it [#204]', async () => {
    await using quick = createRedis(cluster.url, { cache: {}, refreshInterval: 100 });
    const view = quick.cached();
    expect(await view.get('silent')).toBeNull();
    await slotMoved(cluster, 'silent');
    await other.set('silent', 'there'); // the old owner says nothing: the key was missing there
    await until(async () => (await view.get('silent')) === 'there');
  });
});

test('a primary that is killed takes its entries along, and its replica is tracked [#202]', async () => {
  const victim = (await cluster.slotOwner(keySlot('k'))) as ClusterNode;
  const [elsewhere] = Array.from({ length: 100 }, (_, i) => `e${i}`).filter((key) => !victim.serves(keySlot(key)));
  await other.set('k', 1);
  await cached.get('k');
  await cached.get(elsewhere as string);
  await victim.kill();
  await until(() => redis.stats().cache?.entries === 1);
  await cluster.waitForPromotion(victim, { timeout: 30_000 });
  await other.with({ timeout: 20_000 }).set('k', 2);
  const patient = cached.with({ timeout: 20_000 });
  await until(async () => (await patient.get('k')) === '2');
  await patient.get('k');
  await other.set('k', 3);
  await heardAll();
  expect(await patient.get('k')).toBe('3');
  await cluster.restart(victim);
}, 60_000);

test('in broadcast mode every primary tells of its keys [#206]', async () => {
  await using client = createRedis(cluster.url, { cache: { mode: 'broadcast', prefixes: ['b:'] } });
  const view = client.cached();
  const keys = Array.from({ length: 20 }, (_, i) => `b:${i}`);
  for (let round = 0; round < 3; round++) {
    await Promise.all(keys.map((key) => other.set(key, round)));
    for (const key of keys) await until(async () => (await view.get(key)) === String(round));
  }
  expect(client.stats().cache).toMatchObject({ state: 'on', entries: keys.length });
});
