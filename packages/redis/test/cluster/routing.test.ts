/** When calls are written, and where, on servers whose every answer the test decides. */
import { CalmClock } from '@kv/testkit/calm-clock';
import { array, bulk, error, integer, moved, ok } from '@kv/testkit/topology/resp-text';
import { evenly, scriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import type { Answer, ScriptedNode, View } from '@kv/testkit/topology/scripted-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keySlot } from '../../src/topology/slot.ts';
import { answers, deferred, failureOf, KEY, mapsAsked, openAt, SLOT, two, until } from './scripted.ts';

/** Arguments of the SETs that came to a node, in their order. */
function values({ requests }: ScriptedNode): string[] {
  return requests.filter(({ name }) => name === 'SET').map(({ args }) => args[1] as string);
}

/** The slot of KEY is with the second node, all others are where they were. */
function movedToB(a: ScriptedNode, b: ScriptedNode): View {
  const ranges = [
    { first: 0, last: SLOT - 1, nodes: [a] },
    { first: SLOT, last: SLOT, nodes: [b] },
    { first: SLOT + 1, last: 8191, nodes: [a] },
    { first: 8192, last: 16_383, nodes: [b] },
  ];
  return { epoch: 2, ranges };
}

/** Names for keys of one node. */
function keysOf(isFirst: boolean, count: number): string[] {
  const keys: string[] = [];
  for (let i = 0; keys.length < count; i++) if (keySlot(`k${i}`) < 8192 === isFirst) keys.push(`k${i}`);
  return keys;
}

describe('calls that are not written', () => {
  test('follow every change of the map, in their order [#118]', async () => {
    const cluster = await scriptedCluster({ nodes: 3 });
    onTestFinished(() => cluster.close());
    const [a, b, c] = cluster.nodes as [ScriptedNode, ScriptedNode, ScriptedNode];
    const all = (node: ScriptedNode, epoch: number): void =>
      cluster.tell({
        epoch,
        ranges: [
          { first: 0, last: 16_382, nodes: [node] },
          { first: 16_383, last: 16_383, nodes: [c] },
        ],
      });
    const connected = deferred<Answer>();
    for (const node of [a, b]) node.answer = answers({ HELLO: () => connected.promise as Promise<undefined>, SET: ok });
    all(a, 1);
    const redis = openAt(c, { refreshInterval: 20 });
    await redis.connect();
    const calls = Array.from({ length: 100 }, (_, i) => redis.set(KEY, i)); // wait for a connection
    for (const [epoch, owner] of [b, a, b].entries()) {
      all(owner, epoch + 2);
      await owner.asked('HELLO');
      const asked = mapsAsked(c);
      await until('two more maps', () => mapsAsked(c) > asked + 2);
    }
    connected.resolve(undefined);
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['OK']));
    expect(values(b)).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
    expect(values(a)).toEqual([]);
  });

  test('count against maxQueueBytes while they are held, and have one deadline and one signal [#135]', async () => {
    const { cluster, a, redis } = await two({ maxQueueBytes: 2000 });
    cluster.tell({ epoch: 1, ranges: [] });
    a.answer = answers({ SET: ok });
    const held = redis.set(KEY, 'v'.repeat(1500));
    await until('a look at the map', () => mapsAsked(a) > 0);
    expect(redis.stats()).toMatchObject({ pending: 1, queuedBytes: expect.any(Number) });
    expect(redis.stats().queuedBytes).toBeGreaterThan(1500);
    expect(await failureOf(redis.set(KEY, 'v'.repeat(1500)))).toMatchObject({ code: 'QUEUE_FULL', outcome: 'notSent' });
    const ending = new AbortController();
    const aborted = failureOf(redis.with({ signal: ending.signal }).set(KEY, 1));
    const late = failureOf(redis.with({ timeout: 30 }).set(KEY, 2));
    expect(await late).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
    ending.abort();
    expect(await aborted).toMatchObject({ code: 'ABORTED', outcome: 'notSent' });
    cluster.tell({ ...evenly([a]), epoch: 2 });
    expect(await held).toBe('OK');
    expect(values(a)).toEqual(['v'.repeat(1500)]);
    expect(redis.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
  });

  test('have the deadline of their call, however often it is redirected and held [#135]', async () => {
    const { a, b, redis } = await two();
    a.answer = answers({ SET: moved(SLOT, b) });
    b.answer = answers({ SET: error('CLUSTERDOWN The cluster is down') });
    b.view = { ...evenly([a, b]), state: 'fail' };
    using clock = new CalmClock();
    expect(await failureOf(redis.with({ timeout: 400 }).set(KEY, 1))).toMatchObject({ code: 'TIMEOUT' });
    expect(clock.now()).toBeLessThan(1500);
  });
});

describe('a batch', () => {
  test('goes out per node in one write each, and its results stand in the order of its calls [#119]', async () => {
    const { a, b, redis } = await two();
    const value = ({ args }: { readonly args: readonly string[] }): string => bulk(`value of ${args[0]}`);
    a.answer = answers({ GET: value });
    b.answer = answers({ GET: value });
    const [first, second] = [keysOf(true, 10), keysOf(false, 10)]; // so few that none is written early
    await Promise.all([redis.get(first[0] as string), redis.get(second[0] as string)]);
    for (const node of [a, b]) node.requests.length = 0;
    const keys = first.flatMap((key, i) => [key, second[i] as string]);
    const p = redis.pipeline();
    for (const key of keys) void p.get(key);
    expect(await p.execute()).toEqual(keys.map((key) => `value of ${key}`));
    for (const node of [a, b]) expect(new Set(node.requests.map(({ read }) => read)).size).toBe(1);
  });

  test('of which one slot has moved repeats its refused calls only, in their order [#95] [#119]', async () => {
    const { cluster, a, b, redis } = await two();
    await redis.connect();
    cluster.tell(movedToB(a, b));
    const [kept] = keysOf(true, 1) as [string];
    let counted = 0;
    a.answer = ({ name, args }) => {
      if (name !== 'INCR') return undefined;
      return args[0] === KEY ? moved(SLOT, b) : integer(++counted);
    };
    let moving = 0;
    b.answer = answers({ INCR: () => integer(++moving) });
    const p = redis.pipeline();
    for (let i = 0; i < 50; i++) {
      void p.incr(KEY);
      void p.incr(kept);
    }
    const expected = Array.from({ length: 50 }, (_, i) => [i + 1, i + 1]).flat();
    expect(await p.execute()).toEqual(expected);
    expect([a.countOf('INCR'), b.countOf('INCR')]).toEqual([100, 50]);
  });
});

describe('order', () => {
  test('two calls to a stale owner stay in order, with 1,000 calls between them [#120]', async () => {
    const { cluster, a, b, redis } = await two();
    await redis.connect();
    cluster.tell(movedToB(a, b));
    const other = keysOf(true, 2).find((key) => key !== KEY) as string;
    a.answer = ({ name, args }) => (name === 'SET' ? (args[0] === KEY ? moved(SLOT, b) : ok) : undefined);
    b.answer = answers({ SET: ok });
    const calls: Promise<unknown>[] = [redis.set(KEY, 1)];
    for (let i = 0; i < 1000; i++) calls.push(redis.set(other, i));
    calls.push(redis.set(KEY, 2));
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['OK']));
    expect(values(b)).toEqual(['1', '2']);
  });

  test('a call on one key may pass a call on several keys that waits for the end of a move [#121]', async () => {
    const { a, redis } = await two();
    let open = false;
    a.answer = answers({
      SINTER: () => (open ? array(bulk('m')) : error('TRYAGAIN Multiple keys request during rehashing of slot')),
      GET: bulk('first'),
    });
    const waiting = redis.sinter('{b}1', '{b}2');
    await a.asked('SINTER', 2);
    expect(await redis.get('{b}1')).toBe('first');
    open = true;
    expect(await waiting).toEqual(['m']);
  });
});

test('a write without keys that reaches a replica goes to the primary that has taken its place [#133]', async () => {
  const { cluster, a, b, redis } = await two();
  cluster.tell({ epoch: 1, ranges: [{ first: 0, last: 16_383, nodes: [a] }] });
  await redis.connect();
  a.answer = answers({
    FLUSHALL: () => {
      cluster.tell({ epoch: 2, ranges: [{ first: 0, last: 16_383, nodes: [b, a] }] });
      return error("READONLY You can't write against a read only replica.");
    },
  });
  b.answer = answers({ FLUSHALL: ok });
  expect(await redis.flushall()).toBe('OK');
  expect([a.countOf('FLUSHALL'), b.countOf('FLUSHALL')]).toEqual([1, 1]);
});

test('a multi() of the client goes to the primary of its slot, as one write [#153]', async () => {
  const { a, b, redis } = await two();
  b.answer = answers({ MULTI: ok, INCR: '+QUEUED\r\n', EXEC: array(integer(1), integer(2)) });
  await redis.connect();
  const multi = redis.multi();
  const members = [multi.incr('a'), multi.incr('a')]; // of the second node
  expect(await multi.execute()).toEqual([1, 2]);
  expect(await Promise.all(members)).toEqual([1, 2]);
  expect(a.countOf('MULTI')).toBe(0);
  const unit = b.requests.filter(({ name }) => ['MULTI', 'INCR', 'EXEC'].includes(name));
  expect(unit.map(({ name }) => name)).toEqual(['MULTI', 'INCR', 'INCR', 'EXEC']);
  expect(new Set(unit.map(({ read }) => read)).size).toBe(1);
});

test('sessions and blocking commands of several nodes do not wait for each other, whatever the limits [#156]', async () => {
  const { a, b, redis } = await two({ maxSessions: 1, maxBlocking: 1 });
  const popped = deferred<Answer>();
  a.answer = answers({ BLPOP: () => popped.promise as Promise<string> });
  b.answer = answers({ BLPOP: array(bulk('a'), bulk('x')) });
  const blocked = redis.blpop(KEY, 0);
  await a.asked('BLPOP');
  expect(await redis.blpop('a', 0)).toEqual({ key: 'a', element: 'x' });
  const second = redis.blpop(KEY, 0); // the only connection for blocking commands of its node is taken
  await using ofA = await redis.session({ key: KEY });
  await using ofB = await redis.session({ key: 'a' });
  expect([ofA.closed, ofB.closed]).toEqual([false, false]);
  expect(await failureOf(redis.with({ timeout: 50 }).session({ key: KEY }))).toMatchObject({ code: 'TIMEOUT' });
  expect(a.countOf('BLPOP')).toBe(1);
  popped.resolve(array(bulk(KEY), bulk('y')));
  expect(await Promise.all([blocked, second])).toEqual([
    { key: KEY, element: 'y' },
    { key: KEY, element: 'y' },
  ]);
});

test('a key prefix with a hash tag sends all keys to one slot [#162]', async () => {
  const { a, b, redis } = await two({ keyPrefix: `{${KEY}}:` });
  a.answer = answers({ MGET: array(bulk('1'), bulk('2'), bulk('3')) });
  expect(await redis.mget('a', 'b', 'c')).toEqual(['1', '2', '3']);
  expect([a.countOf('MGET'), b.countOf('MGET')]).toEqual([1, 0]);
});

describe('reads from replicas', () => {
  test('a replica that answers MOVED hands the read to the primary, and stays a replica [#124]', async () => {
    const { cluster, a, b } = await two();
    b.role = 'replica';
    cluster.tell({ epoch: 1, ranges: [{ first: 0, last: 16_383, nodes: [a, b] }] });
    const redis = openAt(a, { readFrom: 'preferReplica' });
    a.answer = answers({ GET: bulk('primary') });
    b.answer = answers({ GET: moved(SLOT, a) });
    expect(await redis.get(KEY)).toBe('primary');
    expect(redis.nodes('replica').map(({ address }) => address)).toEqual([b.address]);
    b.answer = answers({ GET: bulk('replica') });
    await expect.poll(() => redis.get(KEY)).toBe('replica');
  });

  test('may be older than a write that was acknowledged [#176]', async () => {
    const { cluster, a, b } = await two();
    b.role = 'replica';
    cluster.tell({ epoch: 1, ranges: [{ first: 0, last: 16_383, nodes: [a, b] }] });
    const redis = openAt(a, { readFrom: 'preferReplica' });
    a.answer = answers({ SET: ok, GET: bulk('new') });
    b.answer = answers({ GET: bulk('old') });
    await redis.set(KEY, 'new');
    expect(await redis.get(KEY)).toBe('old');
    expect(await redis.with({ readFrom: 'primary' }).get(KEY)).toBe('new');
  });
});

test('each node is asked for its password at each handshake, and another database is refused [#180]', async () => {
  const { a, b } = await two();
  let given = 0;
  const redis = openAt(a, { credentials: () => ({ password: `token ${++given}` }) });
  a.answer = answers({ GET: bulk('a') });
  b.answer = answers({ GET: bulk('b') });
  expect([await redis.get(KEY), await redis.get('a')]).toEqual(['a', 'b']);
  const tokens = [a, b].flatMap(({ requests }) =>
    requests.filter(({ name }) => name === 'HELLO').map(({ args }) => args.at(args.indexOf('AUTH') + 2)),
  );
  expect(tokens.length).toBeGreaterThanOrEqual(2);
  expect(new Set(tokens).size).toBe(tokens.length);
  expect(() => openAt(a, { db: 1 })).toThrow(/db/);
});
