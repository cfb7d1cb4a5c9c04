/** Replicas of a cluster that answer, but have not the data of their primary: just restarted, or cut off from it. */
import { array, bulk, error, integer } from '@kv/testkit/topology/resp-text';
import { type ScriptedCluster, scriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import type { ScriptedNode } from '@kv/testkit/topology/scripted-node';
import { describe, expect, it } from 'vitest';
import { createRedis, type Redis } from '../../src/index.ts';

/** A server, and the state of its link to the primary as ROLE tells it. */
interface Replica {
  readonly node: ScriptedNode;
  link: string;
}

/** A primary with two replicas. Each answers GET with its own address. */
async function withShard(
  run: (cluster: ScriptedCluster, primary: ScriptedNode, replicas: readonly [Replica, Replica]) => Promise<void>,
): Promise<void> {
  await using cluster = await scriptedCluster({ nodes: 3 });
  const [primary, ...others] = cluster.nodes as [ScriptedNode, ScriptedNode, ScriptedNode];
  cluster.tell({ epoch: 1, ranges: [{ first: 0, last: 16_383, nodes: cluster.nodes }] });
  primary.answer = ({ name }) => (name === 'GET' ? bulk(primary.address) : undefined);
  const replicas = others.map((node) => replicaOf(primary, node)) as unknown as readonly [Replica, Replica];
  await run(cluster, primary, replicas);
}

function replicaOf(primary: ScriptedNode, node: ScriptedNode): Replica {
  const replica: Replica = { node, link: 'connected' };
  node.role = 'replica';
  node.answer = ({ name }) => {
    if (name === 'GET') return bulk(node.address);
    if (name !== 'ROLE') return undefined;
    return array(bulk('slave'), bulk(primary.host), integer(primary.port), bulk(replica.link), integer(-1));
  };
  return replica;
}

/** The addresses of the servers that answered. */
async function readers(redis: Redis): Promise<string[]> {
  const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => redis.get(`k${i}`)));
  return [...new Set(answers.map(String))].sort();
}

const addresses = (...nodes: readonly ScriptedNode[]): string[] => nodes.map(({ address }) => address).sort();

describe('reads from replicas of a cluster', () => {
  it.each([
    ['connect', 2],
    ['connecting', 3],
    ['sync', 3],
  ] as const)(
    'do not go to one that was restarted and has no data yet: its link is in the state %s (RESP%i) [#172] [#173]',
    (link, protocol) =>
      withShard(async (cluster, _, [restarted, other]) => {
        restarted.link = link;
        await using redis = createRedis(cluster.url, { readFrom: 'preferReplica', protocol });
        await readers(redis);
        await restarted.node.asked('ROLE');
        for (let i = 0; i < 3; i++) await expect.poll(() => readers(redis)).toEqual(addresses(other.node));
        expect(restarted.node.countOf('GET')).toBe(0);
        restarted.link = 'connected';
        await expect.poll(() => readers(redis)).toEqual(addresses(restarted.node, other.node));
      }),
  );

  it('do not go to one that was restarted while it was read from, until its data is there [#173]', () =>
    withShard(async (cluster, _, [restarted, other]) => {
      await using redis = createRedis(cluster.url, { readFrom: 'preferReplica' });
      await expect.poll(() => readers(redis)).toEqual(addresses(restarted.node, other.node));
      await restarted.node.stop();
      restarted.link = 'sync';
      const read = restarted.node.countOf('GET');
      await restarted.node.start();
      await expect
        .poll(async () => {
          expect(await readers(redis)).not.toContain(restarted.node.address);
          return restarted.node.countOf('ROLE');
        })
        .toBeGreaterThan(2);
      expect(restarted.node.countOf('GET')).toBe(read);
      restarted.link = 'connected';
      await expect.poll(() => readers(redis)).toEqual(addresses(restarted.node, other.node));
    }));

  it('leave one that loses its link while the primary answers, and return to it when the primary dies [#173] [#175]', () =>
    withShard(async (cluster, primary, [first, second]) => {
      await using redis = createRedis(cluster.url, { readFrom: 'preferReplica' });
      await expect.poll(() => readers(redis)).toEqual(addresses(first.node, second.node));
      first.link = 'connect';
      await expect.poll(() => readers(redis)).toEqual(addresses(second.node));
      second.link = 'connecting';
      await expect.poll(() => readers(redis)).toEqual(addresses(primary));
      await primary.stop();
      await expect.poll(() => readers(redis)).toEqual(addresses(first.node, second.node));
    }));

  it('go on to replicas without their link when the primary dies that had them, sent or not [#173] [#175]', () =>
    withShard(async (cluster, primary, [first, second]) => {
      await using redis = createRedis(cluster.url, { readFrom: 'preferReplica', timeout: 0 });
      await expect.poll(() => readers(redis)).toEqual(addresses(first.node, second.node));
      for (const replica of [first, second]) replica.link = 'connect';
      await expect.poll(() => readers(redis)).toEqual(addresses(primary));
      primary.answer = ({ name }) => (name === 'GET' ? '' : undefined);
      const asked = primary.countOf('GET');
      const reads = readers(redis);
      await primary.asked('GET', asked + 6);
      await primary.stop();
      expect(await reads).toEqual(addresses(first.node, second.node));
    }));

  it('go to one whose user may not ask for the role [#173]', () =>
    withShard(async (cluster, _, [first, second]) => {
      const usual = first.node.answer;
      first.node.answer = (request) =>
        request.name === 'ROLE'
          ? error("NOPERM this user has no permissions to run the 'role' command")
          : usual(request);
      await using redis = createRedis(cluster.url, { readFrom: 'preferReplica' });
      await expect.poll(() => readers(redis)).toEqual(addresses(first.node, second.node));
    }));

  it('are answered by the client of one server even if it has no data of its primary [#151]', () =>
    withShard(async (cluster, _, [first]) => {
      first.link = 'sync';
      await using redis = createRedis(cluster.url, { readFrom: 'preferReplica' });
      await readers(redis);
      const node = redis.nodes('replica').find(({ address }) => address === first.node.address);
      expect(await node?.client.get('k')).toBe(first.node.address);
    }));
});
