/** Calls without keys go to each primary once, whatever becomes of slots before they are written. */
import { bulk, error, integer, moved, ok } from '@kv/testkit/topology/resp-text';
import { evenly, type ScriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import type { Answer, ScriptedNode, ScriptedRequest } from '@kv/testkit/topology/scripted-node';
import { expect, test } from 'vitest';
import { keySlot } from '../../src/topology/slot.ts';
import { answers, deferred, failureOf, mapsAsked, openAt, two, until } from './scripted.ts';

/** Its slot is the first of all, 0. */
const FIRST = '06S';

/** Counts keys: DBSIZE at the first node is 2, at the second 3. */
async function counting(): Promise<{
  cluster: ScriptedCluster;
  a: ScriptedNode;
  b: ScriptedNode;
  /** DBSIZE, whose part for the first node is not written before `connect` is called. */
  sizeBefore(): Promise<{ readonly size: Promise<unknown>; connect(): void }>;
  /** Resolves when a map that is told now is known to the client. */
  known(): Promise<void>;
}> {
  const { cluster, a, b } = await two();
  const redis = openAt(b, { refreshInterval: 20 });
  const hello = deferred<Answer>();
  a.answer = answers({ HELLO: () => hello.promise as Promise<undefined>, DBSIZE: integer(2), GET: bulk('a') });
  b.answer = answers({ DBSIZE: integer(3), GET: bulk('b') });
  return {
    cluster,
    a,
    b,
    sizeBefore: async () => {
      await redis.connect();
      const size = failureOf(redis.dbsize());
      await b.asked('DBSIZE');
      return { size, connect: () => hello.resolve(undefined) };
    },
    known: async () => {
      const asked = mapsAsked(b);
      await until('two more maps', () => mapsAsked(b) > asked + 2);
    },
  };
}

test('the key of these tests is in the first slot', () => {
  expect(keySlot(FIRST)).toBe(0);
});

test('a part whose slot gets another owner before it is written still speaks of its server [#148]', async () => {
  const { cluster, a, b, sizeBefore, known } = await counting();
  const { size, connect } = await sizeBefore();
  cluster.tell({
    epoch: 2,
    ranges: [
      { first: 0, last: 4000, nodes: [b] },
      { first: 4001, last: 8191, nodes: [a] },
      { first: 8192, last: 16_383, nodes: [b] },
    ],
  });
  await known();
  connect();
  expect(await size).toBe(5);
  expect([a.countOf('DBSIZE'), b.countOf('DBSIZE')]).toEqual([1, 1]);
});

test('a server that has left all its slots to another one is not counted twice [#148]', async () => {
  const { cluster, b, sizeBefore, known } = await counting();
  const { size } = await sizeBefore();
  cluster.tell({ ...evenly([b]), epoch: 2 });
  await known();
  expect(await size).toBe(3);
  expect(b.countOf('DBSIZE')).toBe(1);
});

test('a part whose server is replaced before it is written runs on the successor [#148]', async () => {
  const { cluster, b, sizeBefore, known } = await counting();
  const { cluster: others, a: successor } = await two();
  successor.answer = answers({ DBSIZE: integer(20) });
  const { size } = await sizeBefore();
  for (const node of [b, ...others.nodes]) node.view = { ...evenly([successor, b]), epoch: 2 };
  cluster.tell({ ...evenly([successor, b]), epoch: 2 });
  await known();
  expect(await size).toBe(23);
  expect([successor.countOf('DBSIZE'), b.countOf('DBSIZE')]).toEqual([1, 1]);
});

test('right after a redirect each server still gets its part, the first slot being on another by now [#147]', async () => {
  const { a, b, redis } = await two();
  await redis.connect();
  a.answer = answers({ SET: moved(0, b), DBSIZE: integer(2) });
  b.answer = answers({ SET: ok, DBSIZE: integer(3) });
  await redis.set(FIRST, 1);
  expect(await redis.dbsize()).toBe(5);
  expect([a.countOf('DBSIZE'), b.countOf('DBSIZE')]).toEqual([1, 1]);
});

test('while no slot has an owner they wait, and then go to all servers [#142] [#147]', async () => {
  const { cluster, a, b, redis } = await two();
  cluster.tell({ epoch: 1, ranges: [] });
  a.answer = answers({ DBSIZE: integer(2) });
  b.answer = answers({ DBSIZE: integer(3) });
  const size = redis.dbsize();
  await until('a second look at the map', () => mapsAsked(a) > 1);
  cluster.tell({ ...evenly([a, b]), epoch: 2 });
  expect(await size).toBe(5);
});

test('a primary whose address is not known is not left out: the call waits for it [#147]', async () => {
  const { cluster, a, b } = await two();
  const redis = openAt(a, { timeout: 300 });
  b.endpoint = '?';
  cluster.tell(evenly([a, b]));
  a.answer = answers({ DBSIZE: integer(2) });
  const failure = await failureOf(redis.dbsize());
  expect(failure).toMatchObject({
    code: 'BATCH',
    parts: [{ value: 2 }, { error: { code: 'TIMEOUT', outcome: 'notSent' } }],
  });
});

test('two that change places before the call is written are asked once each [#148]', async () => {
  const { cluster, a, b, sizeBefore, known } = await counting();
  const { size, connect } = await sizeBefore();
  cluster.tell({ ...evenly([b, a]), epoch: 2 });
  await known();
  connect();
  expect(await size).toBe(5);
  expect([a.countOf('DBSIZE'), b.countOf('DBSIZE')]).toEqual([1, 1]);
});

test.each(['LOADING', 'CLUSTERDOWN'])(
  'a part that is refused with %s runs where it was refused, once [#132]',
  async (word) => {
    const { a, b, redis } = await two();
    await redis.connect();
    let asked = 0;
    const first = ({ name }: ScriptedRequest): Answer =>
      name !== 'DBSIZE' ? undefined : asked++ === 0 ? error(`${word} not now`) : integer(2);
    a.answer = first;
    b.answer = answers({ DBSIZE: integer(3) });
    expect(await redis.dbsize()).toBe(5);
    expect([a.countOf('DBSIZE'), b.countOf('DBSIZE')]).toEqual([2, 1]);
  },
);
