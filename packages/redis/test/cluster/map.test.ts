/** How a client finds the map of a cluster, and finds it again, on servers whose every answer the test decides. */
import { createServer } from 'node:net';
import { bulk, error, moved, ok } from '@kv/testkit/topology/resp-text';
import { evenly, scriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import type { Answer, ScriptedNode } from '@kv/testkit/topology/scripted-node';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { RedisClientOptions } from '../../src/client/options.ts';
import { createRedis, type Redis } from '../../src/index.ts';
import { answers, deferred, failureOf, KEY, mapAsked, mapsAsked, openAt, SLOT, two, until } from './scripted.ts';

function open(seeds: readonly string[], options: Omit<RedisClientOptions, 'bytes'> = {}): Redis {
  const redis = createRedis({ cluster: seeds }, { timeout: 5000, ...options });
  onTestFinished(() => redis.close());
  return redis;
}

/** Accepts connections and says nothing. */
async function silent(): Promise<string> {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

async function five(): Promise<readonly ScriptedNode[]> {
  const cluster = await scriptedCluster({ nodes: 5 });
  onTestFinished(() => cluster.close());
  for (const [i, node] of cluster.nodes.entries()) node.answer = answers({ GET: bulk(String(i)) });
  return cluster.nodes;
}

const asksOf = (nodes: readonly ScriptedNode[]): number[] => nodes.map((node) => mapsAsked(node));

describe('first use', () => {
  beforeAll(() => import('../../src/topology/make-router.ts')); // which takes its time

  test('asks all seeds at once, and takes the first answer: dead, silent and foreign ones do not matter [#137]', async () => {
    const { a, b } = await two();
    await b.stop();
    const redis = open([await silent(), b.address, a.address], { connectTimeout: 60_000, timeout: 20_000 });
    a.view = evenly([a]);
    a.answer = answers({ GET: bulk('a') });
    expect(await redis.get(KEY)).toBe('a');
  });

  test('with a password that the seeds refuse ends calls at once, and later ones may go through [#137]', async () => {
    const { a } = await two();
    a.view = evenly([a]);
    a.answer = answers({
      HELLO: error('WRONGPASS invalid username-password pair or user is disabled.'),
      GET: bulk('a'),
    });
    const redis = open([a.address], { password: 'wrong', timeout: 0 });
    expect(await failureOf(redis.get(KEY))).toMatchObject({ outcome: 'notSent', cause: { prefix: 'WRONGPASS' } });
    a.answer = answers({ GET: bulk('a') });
    await expect.poll(() => redis.get(KEY).catch(() => undefined)).toBe('a');
  });

  test('tells each time when no server gives a map, with the reason', async () => {
    const { a } = await two();
    await a.stop();
    a.view = evenly([a]);
    a.answer = answers({ GET: bulk('a') });
    const redis = open([a.address], { timeout: 20_000 });
    const told: string[] = [];
    redis.on('discoveryFailed', ({ cause }) => told.push(cause.message));
    const got = redis.get(KEY);
    await expect.poll(() => told.length).toBeGreaterThan(1);
    await a.start();
    expect(await got).toBe('a');
    expect(told).toEqual(told.map(() => expect.stringContaining(a.address)));
  });

  test('of a cluster without slots holds calls, and their errors say so', async () => {
    const { cluster, a } = await two();
    cluster.tell({ epoch: 1, ranges: [] });
    const redis = openAt(a, { timeout: 300 });
    const cause = { message: 'The map of the cluster has no address of an owner of the slot' };
    for (const failure of await Promise.all([failureOf(redis.get(KEY)), failureOf(redis.dbsize())]))
      expect(failure).toMatchObject({ outcome: 'notSent', cause });
    expect(await failureOf(redis.connect())).toMatchObject({ message: 'The cluster has no server with slots' });
    cluster.tell(evenly([a]));
    await redis.connect();
  });

  test('that leaves a slot out holds its calls, and their errors say so', async () => {
    const { cluster, a } = await two();
    cluster.tell({ epoch: 1, ranges: [{ first: SLOT + 1, last: 16_383, nodes: [a] }] });
    a.answer = answers({ SSUBSCRIBE: '' });
    const redis = openAt(a, { timeout: 300 });
    const reason = 'The map of the cluster has no address of an owner of the slot';
    await redis.connect();
    const other = failureOf(redis.ssubscribe('a')); // of a slot with an owner
    for (const failure of await Promise.all([failureOf(redis.get(KEY)), failureOf(redis.get(KEY))])) {
      expect(failure).toMatchObject({ outcome: 'notSent', cause: { message: reason } });
      expect((failure as Error).message).toContain(`(not sent: ${reason}`);
    }
    expect(await other).toMatchObject({ code: 'TIMEOUT' });
    expect(await other).not.toHaveProperty('cause');
  });

  test('tells calls what is true by now: no server could be asked at first, then the map leaves their slot out', async () => {
    const { cluster, a, redis } = await two();
    cluster.tell({ epoch: 1, ranges: [{ first: SLOT + 1, last: 16_383, nodes: [a] }] });
    await redis.connect();
    a.answer = answers({ CLUSTER: error('ERR not now') });
    const told = new Promise((resolve) => redis.on('discoveryFailed', resolve));
    const call = failureOf(redis.with({ timeout: 1500 }).get(KEY));
    await told;
    a.answer = () => undefined;
    const message = 'The map of the cluster has no address of an owner of the slot';
    expect(await call).toMatchObject({ outcome: 'notSent', cause: { message } });
  });

  test('by subscriptions tells each of them why there is no map', async () => {
    const { a, redis } = await two({ timeout: 300 });
    a.answer = answers({ CLUSTER: bulk('no map') });
    const cause = { message: 'CLUSTER SLOTS: unexpected reply (expected a list)' };
    for (let i = 0; i < 3; i++)
      expect(await failureOf(redis.subscribe('news'))).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent', cause });
  });

  test('tries all addresses of a name [#137]', async () => {
    const { a } = await two(); // on 127.0.0.1 only; the name may lead to ::1 first
    a.view = evenly([a]);
    a.answer = answers({ GET: bulk('a') });
    expect(await open([`localhost:${a.port}`]).get(KEY)).toBe('a');
  });
});

describe('a new map is asked for', () => {
  test('when the connection to a primary is lost, also while no one calls [#138]', async () => {
    const { cluster, a, b, redis } = await two();
    a.answer = answers({ GET: bulk('a') });
    b.answer = answers({ GET: bulk('b') });
    expect([await redis.get(KEY), await redis.get('a')]).toEqual(['a', 'b']);
    const asked = mapsAsked(b);
    cluster.tell({ ...evenly([b]), epoch: 2 });
    await a.stop();
    await until('a question to the other node', () => mapsAsked(b) > asked);
    expect(await redis.get(KEY)).toBe('b');
  });

  test('when a primary says nothing while calls wait for it [#138]', async () => {
    const { cluster, a, b, redis } = await two();
    b.role = 'replica';
    cluster.tell({ epoch: 1, ranges: [{ first: 0, last: 16_383, nodes: [a, b] }] });
    a.answer = answers({ GET: bulk('a') });
    b.answer = answers({ GET: bulk('b') });
    expect(await redis.get(KEY)).toBe('a');
    a.answer = () => new Promise(() => undefined); // frozen
    b.role = 'master';
    cluster.tell({ epoch: 2, ranges: [{ first: 0, last: 16_383, nodes: [b, a] }] });
    expect(await redis.get(KEY)).toBe('b');
  });
});

test('an empty map, which a server has that was taken out of the cluster, is no answer: nothing is connected again', async () => {
  const { a, b, redis } = await two({ refreshInterval: 20 });
  a.answer = answers({ GET: bulk('a') });
  b.answer = answers({ GET: bulk('b') });
  expect(await Promise.all([redis.get(KEY), redis.get('a')])).toEqual(['a', 'b']);
  const connections = (): number => a.countOf('HELLO') + b.countOf('HELLO');
  const before = connections();
  b.view = { epoch: 1, ranges: [] };
  const emptyFirst = mapAsked(b, mapsAsked(b) + 1).then(() => undefined);
  a.answer = answers({ CLUSTER: emptyFirst });
  await mapAsked(b, mapsAsked(b) + 4);
  expect(await redis.get('a')).toBe('b');
  expect(connections()).toBe(before);
});

test('an empty map that all servers have is taken: calls wait, not sent, until a map has slots [#142]', async () => {
  const { cluster, a, b, redis } = await two({ refreshInterval: 20 });
  a.answer = answers({ GET: bulk('a') });
  b.answer = answers({ GET: bulk('b') });
  expect(await Promise.all([redis.get(KEY), redis.get('a')])).toEqual(['a', 'b']);
  cluster.tell({ epoch: 2, ranges: [] });
  await until('a map without servers', () => redis.nodes().length === 0);
  const calls = Promise.all([redis.get(KEY), redis.get('a')]);
  await mapAsked(a, mapsAsked(a) + 3);
  expect([a.countOf('GET'), b.countOf('GET')]).toEqual([1, 1]);
  cluster.tell({ ...evenly([b]), epoch: 3 });
  expect(await calls).toEqual(['b', 'b']);
});

test('after an empty map the servers that were known are still asked, the seed being no part of the cluster', async () => {
  const { a: seed, b, redis } = await two({ refreshInterval: 20 });
  seed.view = evenly([b]);
  b.view = seed.view;
  b.answer = answers({ GET: bulk('b') });
  expect(await redis.get(KEY)).toBe('b');
  seed.view = { epoch: 1, ranges: [] };
  await b.stop();
  await until('a map without servers', () => redis.nodes().length === 0);
  await b.start();
  expect(await redis.get(KEY)).toBe('b');
});

test('calls to a server that answers go on while a look at the map gets no answer from another [#139]', async () => {
  const { a, b, redis } = await two();
  let asked = 0;
  const never = new Promise<string>(() => undefined);
  a.answer = answers({
    GET: bulk('a'),
    SET: () => {
      asked = a.countOf('CLUSTER'); // it is silent to what comes from now on, which this redirect causes
      return moved(SLOT, b);
    },
    CLUSTER: () => (asked > 0 ? never : undefined),
  });
  b.answer = answers({ GET: bulk('b'), SET: ok });
  expect([await redis.get(KEY), await redis.get('a')]).toEqual(['a', 'b']);
  await redis.set(KEY, 1);
  await a.asked('CLUSTER', asked + 1);
  for (let i = 0; i < 200; i++) expect(await redis.get('a')).toBe('b');
});

describe('servers are asked', () => {
  test('three at a time, while one of them answers [#140]', async () => {
    const nodes = await five();
    const redis = open([nodes[0]?.address as string], { refreshInterval: 60 });
    await redis.connect();
    const before = asksOf(nodes);
    await redis.get(KEY);
    await until('a look at the map', () => asksOf(nodes).some((count, i) => count > (before[i] as number)));
    const asked = asksOf(nodes).filter((count, i) => count > (before[i] as number));
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  test('all of them when the first three say nothing of use, and then the seeds [#140]', async () => {
    const nodes = await five();
    const [seed, ...others] = nodes as [ScriptedNode, ...ScriptedNode[]];
    for (const node of nodes) node.view = { ...evenly(others), epoch: 1 };
    const redis = open([seed.address], { refreshInterval: 0 });
    await redis.connect();
    const before = asksOf(nodes);
    const no = error('ERR not now');
    for (const node of others) node.answer = answers({ CLUSTER: no, GET: error('CLUSTERDOWN The cluster is down') });
    seed.view = { ...evenly([seed]), epoch: 2 };
    expect(await redis.get(KEY)).toBe('0');
    expect(asksOf(nodes).every((count, i) => count > (before[i] as number))).toBe(true);
  });

  test('by the name of the seed, when all addresses that were known are dead [#140] [#101]', async () => {
    const { a: seed } = await two();
    const { cluster: old, a, b } = await two();
    const { cluster: other, a: successor } = await two();
    seed.view = old.nodes[0]?.view ?? expect.fail('no view');
    for (const node of old.nodes) node.answer = answers({ GET: bulk('old') });
    for (const node of other.nodes) node.answer = answers({ GET: bulk('new') });
    const redis = open([`localhost:${seed.port}`], { refreshInterval: 0 });
    expect([await redis.get(KEY), await redis.get('a')]).toEqual(['old', 'old']);
    await Promise.all([a.stop(), b.stop()]);
    seed.view = { epoch: 0, ranges: [{ first: 0, last: 16_383, nodes: [successor] }] }; // a cluster that is younger
    expect([await redis.get(KEY), await redis.get('a')]).toEqual(['new', 'new']);
    expect(redis.nodes().map(({ address }) => address)).toEqual([successor.address]);
    await until('no connection to the seed', () => seed.connections === 0);
  });
});

describe('a server that has left the map', () => {
  test('answers what it has and gets nothing new; its session ends when it is returned [#143]', async () => {
    const { cluster, a, b } = await two();
    const redis = openAt(b, { refreshInterval: 20 });
    const late = deferred<Answer>();
    a.answer = answers({ GET: () => late.promise as Promise<string>, SET: ok });
    b.answer = answers({ GET: bulk('b'), SET: ok });
    await redis.connect();
    const session = await redis.session({ key: KEY });
    expect(await session.set(KEY, 1)).toBe('OK');
    const call = redis.get(KEY);
    await a.asked('GET');
    cluster.tell({ ...evenly([b]), epoch: 2 });
    const asked = mapsAsked(b);
    await until('a new map', () => mapsAsked(b) > asked + 2);
    const later = redis.set(KEY, 2);
    expect(await session.set(KEY, 3)).toBe('OK');
    await session.release();
    late.resolve(bulk('late'));
    expect([await call, await later]).toEqual(['late', 'OK']);
    expect([a.countOf('SET'), b.countOf('SET')]).toEqual([2, 1]);
    await until('no connection', () => a.connections === 0);
  });

  test('has no connections any more after some seconds, whatever replies are pending [#143]', async () => {
    const { cluster, a, b } = await two();
    const redis = openAt(b, { refreshInterval: 20, timeout: 20_000 });
    a.answer = answers({ GET: () => new Promise(() => undefined), INCR: () => new Promise(() => undefined) });
    b.answer = answers({ GET: bulk('b') });
    await redis.connect();
    const [read, write] = [redis.get(KEY), failureOf(redis.incr(KEY))];
    await a.asked('INCR');
    cluster.tell({ ...evenly([b]), epoch: 2 });
    expect(await read).toBe('b');
    expect(await write).toMatchObject({ code: 'CONNECTION', outcome: 'unknown' });
    await until('no connection', () => a.connections === 0);
  }, 20_000);

  test('as a primary and comes as a replica gets other connections, which say READONLY [#143]', async () => {
    const { cluster, a, b } = await two();
    const redis = openAt(b, { refreshInterval: 20, readFrom: 'preferReplica' });
    for (const node of [a, b]) node.answer = answers({ GET: bulk(node === a ? 'a' : 'b') });
    expect(await redis.get(KEY)).toBe('a');
    a.role = 'replica';
    cluster.tell({ epoch: 2, ranges: [{ first: 0, last: 16_383, nodes: [b, a] }] });
    await until('READONLY', () => {
      void redis.get(KEY);
      return a.countOf('READONLY') > 0;
    });
    expect(b.countOf('READONLY')).toBe(0);
    expect(redis.nodes().map(({ address, role }) => [address, role])).toEqual(
      expect.arrayContaining([
        [a.address, 'replica'],
        [b.address, 'primary'],
      ]),
    );
  });
});
