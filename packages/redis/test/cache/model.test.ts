/** Two clients write and read the same keys at random, while connections are killed and slots move: no read is old. */
import { seeded } from '@kv/testkit/random';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import { startMoverProcess } from '@kv/testkit/topology/mover-process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CacheOptions, createRedis, type Redis } from '../../src/index.ts';
import { keySlot } from '../../src/topology/slot.ts';
import { Model } from './model.ts';

/** How many operations are run in all; more by hand: KV_CACHE_OPERATIONS=2000000 takes some minutes. */
const OPERATIONS = Number(process.env['KV_CACHE_OPERATIONS'] ?? 200_000);
const EACH = Math.ceil(OPERATIONS / 6);
/** Connections are killed after so many. */
const KILL_AFTER = 250;
const TIMEOUT = 120_000 + OPERATIONS * 5;

const modes: readonly CacheOptions[] = [{}, { mode: 'broadcast' }, { maxBytes: 5000, ttl: 50 }, { exactExpiry: true }];

describe('one server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  test.each(modes)(
    '%j: with connections that are killed, no read is older than what its client knows',
    async (cache) => {
      const clients = [createRedis(server.url, { cache }), createRedis(server.url, { cache })];
      await using admin = createRedis(server.url);
      await admin.flushall();
      const model = new Model(clients, seeded(7), {
        hear: (redis) => redis.ping(),
        breaks: { every: KILL_AFTER, now: () => admin.clientKill({ type: 'normal', skipme: true }) },
      });
      await model.run(EACH);
      await Promise.all(clients.map((client) => client.close()));
      expect([model.violations, model.lostByServer]).toEqual([[], 0]);
      expect(model.operations).toBeGreaterThanOrEqual(EACH);
      expect(model.hits).toBeGreaterThan(model.operations / 50);
      expect(model.lost).toBeGreaterThan(0);
    },
    TIMEOUT,
  );
});

describe('a cluster', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ primaries: 3, replicas: 0 });
  }, 60_000);
  afterAll(() => cluster?.close());

  test.each([{}, { mode: 'broadcast' }] as const)(
    '%j: with slots that move and connections that are killed, too',
    async (cache) => {
      const clients = [createRedis(cluster.url, { cache }), createRedis(cluster.url, { cache })];
      const [first] = clients as [Redis];
      await Promise.all(clients.map((client) => client.connect()));
      const model = new Model(clients, seeded(11), {
        hear: pingAll,
        breaks: { every: KILL_AFTER, now: () => killOne(cluster, first) },
      });
      // That a missing key appears behind a move is told by nobody, and has a test of its own.
      await Promise.all(model.keys.map((key) => first.set(key, 0)));
      const mover = await startMoverProcess(cluster, {
        slots: model.keys.map((key) => keySlot(key)),
        duration: TIMEOUT,
      });
      await model.run(EACH);
      const { moves } = await mover.stop();
      await Promise.all(clients.map((client) => client.close()));
      expect([model.violations, model.lostByServer]).toEqual([[], 0]);
      expect(model.operations).toBeGreaterThanOrEqual(EACH);
      expect(model.hits).toBeGreaterThan(model.operations / 50);
      expect(moves).toBeGreaterThan(0);
    },
    TIMEOUT,
  );
});

test('the model notices a cache that forgets to drop what was written', async () => {
  await using server = await startRedis();
  const clients = [createRedis(server.url), createRedis(server.url)];
  const stale = clients.map((client) => withStaleReads(client));
  const model = new Model(stale, seeded(3), { hear: (redis) => redis.ping() });
  await model.run(2000);
  await Promise.all(clients.map((client) => client.close()));
  expect(model.violations.length).toBeGreaterThan(0);
});

function pingAll(redis: Redis): Promise<unknown> {
  return Promise.all(redis.nodes('primary').map(({ client }) => client.ping()));
}

/** Ends the shared connection of a client to one of its servers. */
async function killOne(cluster: Cluster, client: Redis): Promise<unknown> {
  const nodes = client.nodes('primary');
  const node = nodes[Math.floor(performance.now()) % nodes.length];
  const id = await node?.client.clientId().catch(() => undefined);
  const server = cluster.nodes.find(({ port }) => node?.address.endsWith(`:${port}`) === true);
  return id === undefined ? undefined : server?.ask('CLIENT', 'KILL', 'ID', String(id)).catch(() => undefined);
}

/** The same client, whose cached view never drops what it has read. */
function withStaleReads(client: Redis): Redis {
  const kept = new Map<string, string | null>();
  const view = new Proxy(client, {
    get: (target, name) => {
      if (name !== 'get') return Reflect.get(target, name);
      return async (key: string) => {
        const value = kept.get(key) ?? (await target.get(key));
        kept.set(key, value);
        return value;
      };
    },
  });
  return new Proxy(client, {
    get: (target, name) => (name === 'cached' ? () => view : Reflect.get(target, name)),
  });
}
