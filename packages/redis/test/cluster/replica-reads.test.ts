import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import type { ClusterNode } from '@kv/testkit/topology/cluster-node';
import { array, bulk, error, map, moved, ok } from '@kv/testkit/topology/resp-text';
import { type ScriptedCluster, scriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import type { ScriptedNode } from '@kv/testkit/topology/scripted-node';
import { waitFor } from '@kv/testkit/topology/wait';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedis, type Redis } from '../../src/index.ts';

/** One shard: a primary and two replicas, of which each answers GET with its own name. */
async function shard(): Promise<{ cluster: ScriptedCluster; nodes: [ScriptedNode, ScriptedNode, ScriptedNode] }> {
  const cluster = await scriptedCluster({ nodes: 3 });
  const nodes = cluster.nodes as unknown as [ScriptedNode, ScriptedNode, ScriptedNode];
  cluster.tell({ epoch: 1, ranges: [{ first: 0, last: 16_383, nodes }] });
  for (const [i, node] of nodes.entries()) {
    node.role = i === 0 ? 'master' : 'replica';
    node.answer = ({ name }) => (name === 'GET' ? bulk(NAMES[i] as string) : undefined);
  }
  return { cluster, nodes };
}

const NAMES = ['primary', 'first', 'second'] as const;
const gets = (redis: Redis, count = 6): Promise<(string | null)[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => redis.get(`k${i}`)));

describe('readFrom', () => {
  let cluster: ScriptedCluster;
  let primary: ScriptedNode;
  let first: ScriptedNode;
  let second: ScriptedNode;
  beforeEach(async () => {
    const made = await shard();
    cluster = made.cluster;
    [primary, first, second] = made.nodes;
  });
  afterEach(() => cluster.close());

  it('is the primary unless something else is said; preferReplica takes replicas in turn [#171]', async () => {
    await using redis = createRedis(cluster.url);
    await expect.poll(async () => new Set(await gets(redis))).toEqual(new Set(['primary']));
    const view = redis.with({ readFrom: 'preferReplica' });
    await expect
      .poll(async () => (await gets(view)).sort((a, b) => String(a).localeCompare(String(b))))
      .toEqual(['first', 'first', 'first', 'second', 'second', 'second']);
    expect(new Set(await gets(view.with({ readFrom: 'primary' })))).toEqual(new Set(['primary']));
    await using always = createRedis(cluster.url, { readFrom: 'preferReplica' });
    await expect.poll(() => gets(always)).not.toContain('primary');
  });

  it('takes only reads with keys, one by one: no writes, units, cursors, sessions, blocking reads [#171]', async () => {
    await using redis = createRedis(cluster.url, { readFrom: 'preferReplica', protocol: 2 });
    const page = array(bulk('0'), array());
    primary.answer = ({ name }) =>
      ({
        SET: ok,
        MULTI: ok,
        GET: '+QUEUED\r\n',
        EXEC: array(bulk('primary')),
        HSCAN: page,
        XREAD: array(),
        DBSIZE: ':1\r\n',
      })[name];
    await redis.set('k', 'v');
    const m = redis.multi();
    void m.get('k');
    expect(await m.execute()).toEqual(['primary']);
    await redis.hscan('k', '0');
    await redis.dbsize();
    await redis.xread({ k: '0' }, { block: 10 }).catch(() => undefined);
    await using session = await redis.session({ key: 'k' });
    await session.execute('GET', 'k');
    for (const node of [first, second])
      expect(
        node.requests.filter(({ name }) => !['HELLO', 'CLIENT', 'READONLY', 'ROLE', 'PING', 'CLUSTER'].includes(name)),
      ).toEqual([]);
  });

  it('says READONLY in the handshake of replicas, before any read, and never to primaries [#172] [#100]', async () => {
    await using redis = createRedis(cluster.url, { readFrom: 'preferReplica' });
    await gets(redis);
    await redis.with({ readFrom: 'primary' }).get('k');
    expect(primary.countOf('READONLY')).toBe(0);
    for (const node of [first, second]) {
      const names = node.requests.filter(({ name }) => name === 'READONLY' || name === 'GET').map(({ name }) => name);
      expect(names.slice(0, 2)).toEqual(['READONLY', 'GET']);
    }
  });

  it.each([
    ['LOADING', 'LOADING Redis is loading the dataset in memory'],
    ['MASTERDOWN', "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."],
    ['CLUSTERDOWN', 'CLUSTERDOWN The cluster is down'],
  ])('a replica that answers %s is passed over: the same read goes on to the next one [#173]', async (_word, text) => {
    await using redis = createRedis(cluster.url, { readFrom: 'preferReplica' });
    first.answer = ({ name }) => (name === 'GET' ? error(text) : undefined);
    await expect.poll(async () => new Set(await gets(redis))).toEqual(new Set(['second']));
    const refusedLater = async (): Promise<number> => {
      const began = performance.now();
      await gets(redis);
      const asked = first.countOf('GET');
      await gets(redis);
      // It is passed over for 100 ms at least.
      return performance.now() - began < 100 ? first.countOf('GET') - asked : Number.NaN;
    };
    await expect.poll(refusedLater).toBe(0);
    second.answer = first.answer;
    await expect.poll(async () => new Set(await gets(redis))).toEqual(new Set(['primary']));
    first.answer = ({ name }) => (name === 'GET' ? bulk('first') : undefined);
    await expect.poll(() => redis.get('k')).toBe('first');
  });

  it('a replica that answers MOVED is passed over as well [#173]', async () => {
    await using redis = createRedis(cluster.url, { readFrom: 'preferReplica' });
    for (const node of [first, second])
      node.answer = ({ name }) => (name === 'GET' ? moved(12_539, primary) : undefined);
    await expect.poll(async () => new Set(await gets(redis))).toEqual(new Set(['primary']));
  });

  it('reads that wait for a replica which cannot be reached go on to the next, last to the primary [#173]', async () => {
    await first.stop();
    await using redis = createRedis(cluster.url, { readFrom: 'preferReplica', timeout: 2000 });
    await expect.poll(async () => new Set(await gets(redis))).toEqual(new Set(['second']));
    await second.stop();
    await expect.poll(async () => new Set(await gets(redis))).toEqual(new Set(['primary']));
    await first.start();
    await expect.poll(() => redis.get('k')).toBe('first');
  });

  it('a replica that accepts connections and says nothing holds reads up for half a second only [#173]', async () => {
    for (const node of [first, second]) node.answer = ({ name }) => (name === 'HELLO' ? '' : undefined);
    await using redis = createRedis(cluster.url, { readFrom: 'preferReplica', timeout: 3000 });
    await expect.poll(async () => new Set(await gets(redis))).toEqual(new Set(['primary']));
  });

  it('a replica that refuses the login is passed over, and tried again [#173]', async () => {
    const usual = first.answer;
    first.answer = ({ name }) =>
      name === 'HELLO' ? error('WRONGPASS invalid username-password pair or user is disabled.') : undefined;
    await using redis = createRedis(cluster.url, { readFrom: 'preferReplica', password: 'secret' });
    for (let i = 0; i < 3; i++) await expect.poll(async () => new Set(await gets(redis))).toEqual(new Set(['second']));
    first.answer = usual;
    await expect.poll(() => redis.get('k')).toBe('first');
  });

  it('without replicas the primary answers [#174]', async () => {
    cluster.tell({ epoch: 1, ranges: [{ first: 0, last: 16_383, nodes: [primary] }] });
    await using redis = createRedis(cluster.url);
    for (const readFrom of ['preferReplica', 'nearest', 'az:here'] as const)
      expect(new Set(await gets(redis.with({ readFrom })))).toEqual(new Set(['primary']));
  });

  it('nearest takes the server with the shortest round trip, the primary included [#171]', async () => {
    const slow = (node: ScriptedNode, name: string, wait: number): void => {
      node.answer = (request) => {
        if (request.name === 'GET') return bulk(name);
        return ['PING', 'READONLY'].includes(request.name) ? sleep(wait).then(() => undefined) : undefined;
      };
    };
    slow(primary, 'primary', 60);
    slow(first, 'first', 120);
    slow(second, 'second', 0);
    await using redis = createRedis(cluster.url, { readFrom: 'nearest' });
    await expect.poll(() => gets(redis)).toEqual(Array(6).fill('second'));
    await second.stop();
    await expect.poll(() => gets(redis)).toEqual(Array(6).fill('primary'));
  });

  it('az: takes replicas of the zone, then the primary if it is there, else any replica [#171]', async () => {
    const zoned = (node: ScriptedNode, name: string, zone: string): void => {
      const info = bulk(`# Server\r\navailability_zone:${zone}\r\n`);
      node.answer = (request) => ({ GET: bulk(name), INFO: info })[request.name];
    };
    zoned(primary, 'primary', 'b');
    zoned(first, 'first', 'a');
    zoned(second, 'second', 'c');
    await using redis = createRedis(cluster.url);
    await expect.poll(() => gets(redis.with({ readFrom: 'az:a' }))).toEqual(Array(6).fill('first'));
    await expect.poll(() => gets(redis.with({ readFrom: 'az:b' }))).toEqual(Array(6).fill('primary'));
    await expect
      .poll(async () => new Set(await gets(redis.with({ readFrom: 'az:z' }))))
      .toEqual(new Set(['first', 'second']));
    expect(redis.nodes().map(({ az }) => az)).toEqual(['b', 'a', 'c']);
  });

  it('zones are taken from HELLO where servers tell them [#171]', async () => {
    first.answer = ({ name, protocol }) =>
      name === 'HELLO'
        ? map(protocol, {
            server: bulk('valkey'),
            proto: `:${protocol}\r\n`,
            id: ':1\r\n',
            availability_zone: bulk('here'),
          })
        : name === 'GET'
          ? bulk('first')
          : undefined;
    await using redis = createRedis(cluster.url, { readFrom: 'preferReplica' });
    await gets(redis);
    expect(redis.nodes().map(({ az }) => az)).toEqual([undefined, 'here', undefined]);
  });

  it('is checked when it is given [#171]', () => {
    expect(() => createRedis(cluster.url, { readFrom: 'replica' as 'primary' })).toThrow('readFrom');
    const redis = createRedis(cluster.url);
    expect(() => redis.with({ readFrom: 'az:' })).toThrow('readFrom');
    expect(() => redis.with({ route: 'x' } as object)).toThrow('route');
  });
});

describe('reads from replicas of a real cluster', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ primaries: 3, replicas: 1 });
  }, 60_000);
  afterAll(() => cluster.close());

  it('go on when a replica is killed or changes its role with the primary, and are spread again [#173]', async () => {
    await cluster.settled();
    // A replica that was away is in the map again: how soon the client sees it there is a matter of this interval.
    await using redis = createRedis(cluster.url, { readFrom: 'preferReplica', refreshInterval: 200 });
    await redis.set('s', 'v');
    const owner = await cluster.slotOwner(await cluster.slotOf('s'));
    const replica = cluster.replicas.find(({ primaryId }) => primaryId === owner.id) ?? expect.fail('no replica');
    const gets = async (node: ClusterNode): Promise<number> =>
      Number(/cmdstat_get:calls=(\d+)/.exec(await node.askText('INFO', 'commandstats'))?.[1] ?? 0);
    const readsReach = async (node: ClusterNode): Promise<void> => {
      const before = await gets(node);
      await waitFor('a read there', async () => {
        expect(await redis.get('s')).toBe('v');
        return (await gets(node)) > before || undefined;
      });
    };
    await readsReach(replica);
    await cluster.kill(replica);
    for (let i = 0; i < 50; i++) expect(await redis.get('s')).toBe('v');
    await cluster.restart(replica);
    await cluster.settled();
    await readsReach(replica);
    await cluster.failover(replica);
    await cluster.settled();
    await readsReach(owner);
  }, 60_000);

  it('go on while the primary is dead, and after one replica has taken its place [#175]', async () => {
    await using redis = createRedis(cluster.url, { readFrom: 'preferReplica' });
    await redis.set('k', 'v');
    await expect.poll(() => redis.get('k')).toBe('v');
    const old = await cluster.slotOwner(await cluster.slotOf('k'));
    await cluster.kill(old);
    let reads = 0;
    const promoted = cluster.waitForPromotion(old);
    let over = false;
    void promoted.then(() => {
      over = true;
    });
    while (!over) {
      expect(await redis.get('k')).toBe('v');
      reads++;
      await sleep(5);
    }
    expect(reads).toBeGreaterThan(20);
    await expect.poll(() => redis.set('k', 'w').catch(() => undefined), { timeout: 10_000 }).toBe('OK');
    await cluster.restart(old);
  }, 30_000);
});
