// Servers that know `availability-zone`: Valkey 8.1 and newer, see KV_TEST_REDIS_SERVER.
import { startRedis } from '@kv/testkit';
import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import type { ClusterNode } from '@kv/testkit/topology/cluster-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedis, type Redis } from '../../src/index.ts';

const zones = await knowsZones();

describe('a cluster whose nodes say in which zone they are', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    if (!zones) return;
    cluster = await startCluster({ primaries: 3, replicas: 1 });
    await Promise.all(cluster.nodes.map((node) => node.askText('CONFIG', 'SET', 'availability-zone', zoneOf(node))));
  }, 60_000);
  afterAll(() => cluster?.close());
  beforeEach(({ skip }) => skip(!zones, 'this server does not know availability-zone'));

  it('reads of az: go to the nodes of that zone, writes and all other reads to the primaries [#171]', async () => {
    await using redis = createRedis(`redis+cluster://${cluster.nodes[0]?.address}`);
    await Promise.all(keys.map((key) => redis.set(key, key)));
    const zone = (name: string) => redis.with({ readFrom: `az:${name}` });
    await expect.poll(() => readers(redis, zone('replicas')), { timeout: 10_000 }).toEqual(new Set(['replica']));
    expect(await readers(redis, zone('primaries'))).toEqual(new Set(['primary']));
    expect(await readers(redis, redis)).toEqual(new Set(['primary']));
  });

  it('a zone without a node of the shard: any replica answers [#171]', async () => {
    await using redis = createRedis(`redis+cluster://${cluster.nodes[0]?.address}`, { readFrom: 'az:nowhere' });
    await expect.poll(() => readers(redis, redis), { timeout: 10_000 }).toEqual(new Set(['replica']));
  });

  const keys = Array.from({ length: 60 }, (_, i) => `zone${i}`);

  function zoneOf({ role }: ClusterNode): string {
    return role === 'primary' ? 'primaries' : 'replicas';
  }

  /** The roles of the nodes that ran a GET for each key. */
  async function readers(writer: Redis, reader: Redis): Promise<Set<string>> {
    await Promise.all(keys.map((key) => writer.touch(key))); // all that was written before is known
    await Promise.all(cluster.nodes.map((node) => node.askText('CONFIG', 'RESETSTAT')));
    await Promise.all(keys.map((key) => reader.get(key)));
    const ran = await Promise.all(cluster.nodes.map(async (node) => ((await gets(node)) > 0 ? [node.role] : [])));
    return new Set(ran.flat());
  }

  async function gets(node: ClusterNode): Promise<number> {
    const text = await node.askText('INFO', 'commandstats');
    return Number(/cmdstat_get:calls=(\d+)/.exec(text)?.[1] ?? 0);
  }
});

async function knowsZones(): Promise<boolean> {
  await using server = await startRedis();
  await using redis = createRedis(server.url);
  return Object.keys(await redis.configGet('availability-zone')).length > 0;
}
