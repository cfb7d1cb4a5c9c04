import { error } from '@kv/testkit/topology/resp-text';
import { scriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import type { ScriptedNode } from '@kv/testkit/topology/scripted-node';
import { expect, it } from 'vitest';
import { createRedis, type KvError } from '../../src/index.ts';

it('a call that waits to be sent again ends when the client is closed [#126]', async () => {
  await using cluster = await scriptedCluster({ nodes: 1 });
  const [node] = cluster.nodes as [ScriptedNode];
  node.answer = ({ name }) =>
    name === 'GET' ? error('TRYAGAIN Multiple keys request during rehashing of slot') : undefined;
  const redis = createRedis(cluster.url);
  const ended: string[] = [];
  const calls = Array.from({ length: 20 }, (_, i) => redis.get(`k${i}`).catch(({ code }: KvError) => ended.push(code)));
  await node.asked('GET', 120); // pauses are long by now: most of them wait
  await redis.close({ timeout: 0 });
  await Promise.all(calls);
  expect(ended).toEqual(calls.map(() => 'CLOSED'));
});
