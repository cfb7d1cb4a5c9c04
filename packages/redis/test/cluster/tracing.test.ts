/** What spans tell of a cluster. */

import { SpanRecorder } from '@kv/testkit/span-recorder';
import { array, ask, bulk, moved, ok } from '@kv/testkit/topology/resp-text';
import { type ScriptedCluster, scriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import type { ScriptedNode, ScriptedRequest } from '@kv/testkit/topology/scripted-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRedis, type Redis } from '../../src/index.ts';
import { keySlot } from '../../src/topology/slot.ts';

const KEY = 'a1'; // of the first node
const OTHER = 'a'; // of the second
const SLOT = keySlot(KEY);

let cluster: ScriptedCluster;
let redis: Redis;
let recorder: SpanRecorder;
let nodes: [ScriptedNode, ScriptedNode];
beforeEach(async () => {
  cluster = await scriptedCluster({ nodes: 2 });
  nodes = cluster.nodes as [ScriptedNode, ScriptedNode];
  redis = createRedis(`redis+cluster://${nodes[0].address}`, { name: 'cluster' });
  recorder = new SpanRecorder();
});
afterEach(async () => {
  recorder[Symbol.dispose]();
  await redis.close();
  await cluster[Symbol.asyncDispose]();
});

it('a redirected command tells the server that answered it, and how often it was redirected', async () => {
  const [a, b] = nodes;
  a.answer = ({ name }) => (name === 'GET' ? moved(SLOT, b) : undefined);
  b.answer = ({ name }) => (name === 'GET' ? bulk('there') : undefined);
  await recorder.run('caller', () => redis.get(KEY));
  const [span] = recorder.of('kv:command');
  expect(span?.parent?.operation).toBe('caller');
  expect(span?.begin).toMatchObject({ address: redis.address, redirects: 0 });
  expect(span?.end).toMatchObject({ address: b.address, redirects: 1, attempt: 1, error: undefined });
  expect(recorder.strays).toBe(0);
});

it('a command over several servers has one span', async () => {
  for (const node of nodes) node.answer = ({ name, args }) => (name === 'MGET' ? array(...args.map(bulk)) : undefined);
  await redis.mget([KEY, OTHER]);
  expect(recorder.of('kv:command').map(({ end }) => [end?.['command'], end?.['address']])).toEqual([
    ['MGET', redis.address],
  ]);
});

it('a pipeline over several servers has the address of the client, one on a server that of the server', async () => {
  const value = ({ name }: ScriptedRequest): string | undefined => (name === 'GET' ? bulk('v') : undefined);
  for (const node of nodes) node.answer = value;
  for (const keys of [
    [KEY, OTHER],
    [OTHER, OTHER],
  ]) {
    const pipeline = redis.pipeline();
    for (const key of keys) void pipeline.get(key);
    await pipeline.execute();
  }
  const batches = recorder.of('kv:batch').map(({ end }) => end?.['address']);
  expect(batches).toEqual([redis.address, nodes[1].address]);
});

it('the pipeline of a session has a span, also where its slot is on the way to another server', async () => {
  const [a, b] = nodes;
  a.answer = ({ name }) => (name === 'GET' ? ask(SLOT, b) : undefined);
  b.answer = ({ name }) => (name === 'ASKING' ? ok : name === 'GET' ? bulk('v') : undefined);
  await using session = await redis.session({ key: KEY });
  const pipeline = session.pipeline();
  void pipeline.get(KEY).catch(() => undefined);
  await recorder.run('caller', () => pipeline.execute()).catch(() => undefined);
  const [batch] = recorder.of('kv:batch');
  expect([batch?.parent?.operation, batch?.end?.['commands']]).toEqual(['caller', ['GET']]);
});
