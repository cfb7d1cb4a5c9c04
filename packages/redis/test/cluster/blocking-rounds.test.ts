import { setTimeout as sleep } from 'node:timers/promises';
import { array, bulk, error, nothing } from '@kv/testkit/topology/resp-text';
import { scriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import type { ScriptedNode } from '@kv/testkit/topology/scripted-node';
import { expect, it } from 'vitest';
import { createRedis } from '../../src/index.ts';

it('asks a server to block 10 s at most, round after round, and the last time for what is left [#159]', async () => {
  await using cluster = await scriptedCluster({ nodes: 1 });
  const [node] = cluster.nodes as [ScriptedNode];
  node.answer = ({ name }) => (name === 'BLPOP' ? nothing : undefined);
  await using redis = createRedis(cluster.url, { protocol: 2 });
  const endless = redis.blpop('k', 0);
  await node.asked('BLPOP', 3);
  node.answer = ({ name }) => (name === 'BLPOP' ? array(bulk('k'), bulk('x')) : undefined);
  expect(await endless).toEqual({ key: 'k', element: 'x' });
  const times = (): (string | undefined)[] =>
    node.requests.filter(({ name }) => name === 'BLPOP').map(({ args }) => args.at(-1));
  expect(new Set(times())).toEqual(new Set(['10']));

  node.requests.length = 0;
  node.answer = ({ name }) => (name === 'BLPOP' ? sleep(20).then(() => nothing) : undefined);
  expect(await redis.blpop('k', 0.05)).toBeNull();
  expect(times()).toEqual(['0.05']);
});

it('rewrites the time of every form: seconds in front or behind, milliseconds of streams [#157]', async () => {
  await using cluster = await scriptedCluster({ nodes: 1 });
  const [node] = cluster.nodes as [ScriptedNode];
  const asked = new Set<string>();
  const first = (name: string): boolean => !asked.has(name) && asked.add(name) !== undefined;
  node.answer = ({ name }) => {
    if (!name.startsWith('B') && !name.startsWith('X')) return undefined;
    return first(name) ? sleep(100).then(() => error('CLUSTERDOWN The cluster is down')) : nothing;
  };
  await using redis = createRedis(cluster.url, { protocol: 2 });
  await redis.bzpopmin('z', 5);
  await redis.blmpop(5, ['l'], 'LEFT');
  await redis.blmove('{l}', '{l}2', 'LEFT', 'LEFT', 5);
  await redis.xread({ s: '0' }, { block: 5000, count: 7 });
  const argument = (name: string, at: number): number[] =>
    node.requests.filter((request) => request.name === name).map(({ args }) => Number(args.at(at)));
  for (const [name, at, unit] of [
    ['BZPOPMIN', -1, 1000],
    ['BLMPOP', 0, 1000],
    ['BLMOVE', -1, 1000],
    ['XREAD', 3, 1],
  ] as const) {
    const [before = 0, after = 0] = argument(name, at).map((time) => time * unit);
    expect(before).toBe(5000);
    expect(after).toBeGreaterThan(3000);
    expect(after).toBeLessThan(4950);
  }
});

it('XREAD from `$` is sent once with all its time: what comes between two rounds would be missed [#159]', async () => {
  await using cluster = await scriptedCluster({ nodes: 1 });
  const [node] = cluster.nodes as [ScriptedNode];
  node.answer = ({ name }) => (name === 'XREAD' ? '*-1\r\n' : undefined);
  await using redis = createRedis(cluster.url, { protocol: 2 });
  expect(await redis.xread({ s: '$' }, { block: 25_000 })).toBeNull();
  const times = node.requests.filter(({ name }) => name === 'XREAD').map(({ args }) => Number(args[1]));
  expect(times).toHaveLength(1);
  expect(times[0]).toBeGreaterThan(24_000);
});

it('one that waits to be sent again ends with close, its signal and its deadline, before they are over [#158]', async () => {
  await using cluster = await scriptedCluster({ nodes: 1 });
  const [node] = cluster.nodes as [ScriptedNode];
  node.answer = ({ name }) => (name === 'BLPOP' ? error('CLUSTERDOWN The cluster is down') : undefined);
  const redis = createRedis(cluster.url);
  const ended: string[] = [];
  const end = (call: Promise<unknown>): Promise<unknown> =>
    call.catch(({ code }: { readonly code: string }) => ended.push(code));
  const ending = new AbortController();
  const aborted = end(redis.with({ signal: ending.signal }).blpop('a', 0));
  const late = end(redis.with({ timeout: 100 }).blpop('b', 0));
  const closed = end(redis.blpop('c', 0));
  await node.asked('BLPOP', 9);
  await late;
  ending.abort();
  await aborted;
  expect(ended).toEqual(['TIMEOUT', 'ABORTED']);
  await redis.close();
  expect(ended).toEqual(['TIMEOUT', 'ABORTED', 'CLOSED']);
  await closed;
  const asked = node.countOf('BLPOP');
  await sleep(300);
  expect(node.countOf('BLPOP')).toBe(asked);
});
