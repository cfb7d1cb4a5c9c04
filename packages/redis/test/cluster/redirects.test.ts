/** What a client does with refusals of cluster nodes, on servers whose every answer the test decides. */
import { array, ask, bulk, error, integer, moved, ok } from '@kv/testkit/topology/resp-text';
import { evenly, scriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import type { ScriptedNode } from '@kv/testkit/topology/scripted-node';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createRedis, type Redis } from '../../src/index.ts';
import type { Endpoint } from '../../src/topology/host.ts';
import type { NamedNode } from '../../src/topology/node-address.ts';
import { keySlot } from '../../src/topology/slot.ts';
import { answers, deferred, failureOf, KEY, mapAsked, mapsAsked, openAt, SLOT, two, until } from './scripted.ts';

vi.mock('../../../core/src/timers.ts', () => import('@kv/testkit/faked-timers'));

/** Resolves when no such call is on its way: twice in a row none has come, and a PING has been answered behind the last. */
async function answered(name: string, redis: Redis, ...nodes: readonly ScriptedNode[]): Promise<void> {
  let before = -1;
  for (let quiet = 0; quiet < 2; ) {
    const count = nodes.reduce((sum, node) => sum + node.countOf(name), 0);
    quiet = count === before ? quiet + 1 : 0;
    before = count;
    await Promise.all(redis.nodes().map(({ client }) => client.ping()));
  }
}

test('the key of these tests belongs to the first node', () => {
  expect(SLOT).toBeLessThan(8192);
});

describe('MOVED', () => {
  test('a call follows it with one extra trip, and later calls go to the new owner at once [#122] [#89]', async () => {
    const { cluster, a, b, redis } = await two();
    await redis.connect();
    cluster.tell({ epoch: 2, ranges: [{ first: 0, last: 16_383, nodes: [b] }] });
    a.answer = answers({ GET: moved(SLOT, b) });
    b.answer = answers({ GET: bulk('there') });
    expect(await redis.get(KEY)).toBe('there');
    expect(await redis.get(KEY)).toBe('there');
    expect([a.countOf('GET'), b.countOf('GET')]).toEqual([1, 2]);
  });

  test('an unknown node gets a connection, and is asked for the map first [#123] [#89]', async () => {
    const { cluster, a, b, redis } = await two();
    cluster.tell(evenly([a]));
    await redis.connect();
    a.answer = answers({ GET: moved(SLOT, b) });
    b.answer = answers({ GET: bulk('there') });
    b.view = { epoch: 2, ranges: [{ first: 0, last: 16_383, nodes: [b] }] };
    expect(await redis.get(KEY)).toBe('there');
    await mapAsked(b, 1);
  });

  test('calls made while an older connection has replies to give wait for them, in their order [#120]', async () => {
    const { a, b, redis } = await two();
    const first = deferred<string>();
    a.answer = answers({ SET: ({ args }) => (args[1] === '1' ? first.promise : moved(SLOT, b)), GET: moved(SLOT, b) });
    b.answer = answers({ SET: ok, GET: bulk('3') });
    const calls = [redis.set(KEY, 1), redis.set(KEY, 2), redis.set(KEY, 3), redis.get(KEY)];
    await a.asked('SET', 1);
    first.resolve(moved(SLOT, b));
    expect(await Promise.all(calls)).toEqual(['OK', 'OK', 'OK', '3']);
    const values = b.requests.filter(({ name }) => name === 'SET').map(({ args }) => args[1]);
    expect(values).toEqual(['1', '2', '3']);
  });

  test('a node that names itself gets a new connection, and the call is repeated there [#125]', async () => {
    const { a, redis } = await two();
    a.answer = answers({ GET: ({ connection }) => (connection < 2 ? moved(SLOT, a) : bulk('mine')) });
    expect(await redis.get(KEY)).toBe('mine');
    expect(new Set(a.requests.filter(({ name }) => name === 'GET').map(({ connection }) => connection)).size).toBe(2);
  });

  test('two nodes that name each other end with the deadline; the outcome is notSent [#126] [#90]', async () => {
    const { a, b, redis } = await two();
    a.answer = answers({ SET: moved(SLOT, b) });
    b.answer = answers({ SET: moved(SLOT, a) });
    await redis.connect();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.5); // pauses of 7.5, 15, 30, 60, 120 and 187.5 ms
    onTestFinished(() => {
      random.mockRestore();
      vi.useRealTimers();
    });
    let failure: unknown;
    const call = failureOf(redis.with({ timeout: 300 }).set(KEY, 1)).then((reason) => {
      failure = reason;
    });
    for (; failure === undefined; await vi.advanceTimersByTimeAsync(20)) await answered('SET', redis, a, b);
    await call;
    expect(failure).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent', cause: { prefix: 'MOVED' } });
    expect(a.countOf('SET') + b.countOf('SET')).toBeLessThan(40); // pauses, not a storm
  });

  test('without a deadline two nodes that name each other end after 64 redirects [#126]', async () => {
    const { a, b, redis } = await two();
    a.answer = answers({ SET: moved(SLOT, b) });
    b.answer = answers({ SET: moved(SLOT, a) });
    await redis.connect();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    let failure: unknown;
    const call = failureOf(redis.with({ timeout: 0 }).set(KEY, 1)).then((reason) => {
      failure = reason;
    });
    while (failure === undefined) await vi.advanceTimersByTimeAsync(10);
    await call;
    expect(failure).toMatchObject({ code: 'REPLY', prefix: 'MOVED' });
    expect(a.countOf('SET') + b.countOf('SET')).toBe(65);
  });

  test.each([
    'MOVED 99999 127.0.0.1:1',
    'MOVED 1 127.0.0.1',
    'MOVED 1 127.0.0.1:99999',
    'MOVED x 127.0.0.1:1',
    'MOVED 1 a b:1',
    'ASK 1 127.0.0.1:0',
  ])('%j is an ordinary error, and no connection is made for it [#127] [#91]', async (text) => {
    const { a, b, redis } = await two();
    a.answer = answers({ GET: error(text) });
    await expect(redis.get(KEY)).rejects.toMatchObject({ code: 'REPLY', outcome: 'refused' });
    expect([a.countOf('GET'), b.connections]).toEqual([1, 0]);
  });

  test('an answer is followed with retry never, too, and counts as one attempt [#134]', async () => {
    const { a, b, redis } = await two({ retry: 'never' });
    a.answer = answers({ INCR: moved(SLOT, b) });
    b.answer = answers({ INCR: error('ERR not now') });
    await expect(redis.incr(KEY)).rejects.toMatchObject({ code: 'REPLY', attempts: 1 });
  });
});

describe('a script that answers with the words of a redirect', () => {
  test('has run once, and its error says that it is not known whether it ran [#128]', async () => {
    const { a, b, redis } = await two();
    a.answer = answers({ EVAL: moved(SLOT, b), EVALSHA: moved(SLOT, b) });
    b.answer = answers({ EVAL: integer(2) });
    await expect(redis.eval('return', [KEY])).rejects.toMatchObject({ code: 'REPLY', outcome: 'unknown' });
    expect([a.countOf('EVAL'), b.countOf('EVAL')]).toEqual([1, 0]);
  });

  test('is followed when the map that is asked for afterwards has that owner [#128]', async () => {
    const { cluster, a, b, redis } = await two();
    a.answer = answers({
      EVAL: () => {
        cluster.tell({ epoch: 9, ranges: [{ first: 0, last: 16_383, nodes: [b] }] });
        return moved(SLOT, b);
      },
    });
    b.answer = answers({ EVAL: integer(2) });
    expect(await redis.eval('return', [KEY])).toBe(2);
  });

  test('of another slot than its keys is never followed [#128]', async () => {
    const { cluster, a, b, redis } = await two();
    await redis.connect();
    cluster.tell({ epoch: 9, ranges: [{ first: 0, last: 16_383, nodes: [b] }] });
    a.answer = answers({ EVAL: moved(SLOT + 1, b) });
    await expect(redis.eval('return', [KEY])).rejects.toMatchObject({ outcome: 'unknown' });
    expect(b.countOf('EVAL')).toBe(0);
  });

  test('LOADING is believed only when the server says the same of itself [#128]', async () => {
    const { a, redis } = await two();
    a.answer = answers({ EVAL: error('LOADING Redis is loading the dataset in memory') });
    await expect(redis.eval('return', [KEY])).rejects.toMatchObject({ code: 'REPLY', outcome: 'unknown' });
    expect(a.countOf('EVAL')).toBe(1);
  });
});

describe('ASK', () => {
  test('the call goes to the named node behind ASKING, and the next one asks the old node again [#129] [#92]', async () => {
    const { a, b, redis } = await two();
    a.answer = answers({ GET: ask(SLOT, b) });
    b.answer = answers({ GET: bulk('moving') });
    expect([await redis.get(KEY), await redis.get(KEY)]).toEqual(['moving', 'moving']);
    expect(a.countOf('GET')).toBe(2);
    const talk = b.requests.map(({ name }) => name).filter((name) => name === 'ASKING' || name === 'GET');
    expect(talk).toEqual(['ASKING', 'GET', 'ASKING', 'GET']);
  });

  test('a transaction goes to the named node as a whole, with one ASKING in front [#130]', async () => {
    const { a, b, redis } = await two();
    a.answer = answers({ MULTI: ok, SET: ask(SLOT, b), EXEC: error('EXECABORT Transaction discarded.') });
    b.answer = answers({ MULTI: ok, SET: '+QUEUED\r\n', EXEC: array(ok) });
    const multi = redis.multi();
    multi.set(KEY, 1).catch(() => undefined);
    expect(await multi.execute()).toEqual(['OK']);
    const talk = b.requests.map(({ name }) => name).filter((name) => ['ASKING', 'MULTI', 'SET', 'EXEC'].includes(name));
    expect(talk).toEqual(['ASKING', 'MULTI', 'SET', 'EXEC']);
  });
});

describe('a transaction', () => {
  test.each(['MOVED', 'ASK', 'TRYAGAIN'])(
    'whose EXEC is refused with %s is sent again as a whole, once [#130]',
    async (word) => {
      const { a, b, redis } = await two();
      const tryAgain = error('TRYAGAIN Multiple keys request during rehashing of slot');
      const refusal = { MOVED: moved(SLOT, b), ASK: ask(SLOT, b), TRYAGAIN: tryAgain }[word];
      let refused = 0;
      a.answer = answers({
        MULTI: ok,
        SET: '+QUEUED\r\n',
        EXEC: () => (refused++ === 0 ? refusal : array(ok)),
      });
      b.answer = answers({ MULTI: ok, SET: '+QUEUED\r\n', EXEC: array(ok) });
      const multi = redis.multi();
      const set = multi.set(KEY, 1);
      expect(await multi.execute()).toEqual(['OK']);
      expect(await set).toBe('OK');
      expect(a.countOf('EXEC') + b.countOf('EXEC')).toBe(2);
    },
  );

  test('with keys of two slots is refused before anything is sent, and the message names hash tags [#117]', async () => {
    const { a, b, redis } = await two();
    const multi = redis.multi();
    multi.set(KEY, 1).catch(() => undefined);
    multi.set('other', 1).catch(() => undefined);
    await expect(multi.execute()).rejects.toThrow(/hash tag/);
    expect(a.countOf('MULTI') + b.countOf('MULTI')).toBe(0);
  });
});

describe('TRYAGAIN', () => {
  const tryAgain = error('TRYAGAIN Multiple keys request during rehashing of slot');

  test('MGET is asked key by key: each key is on one of the two nodes [#131] [#93]', async () => {
    const { a, b, redis } = await two();
    a.answer = answers({
      MGET: ({ args }) =>
        args.length > 1 ? tryAgain : args[0] === '{b}1' ? array(bulk('one')) : ask(keySlot('{b}'), b),
    });
    b.answer = answers({ MGET: array(bulk('two')) });
    expect(await redis.mget('{b}1', '{b}2')).toEqual(['one', 'two']);
  });

  test('other commands are asked again until the server can [#131]', async () => {
    const { a, redis } = await two();
    let asked = 0;
    a.answer = answers({ SINTER: () => (asked++ < 3 ? tryAgain : array(bulk('m'))) });
    expect(await redis.sinter('{b}1', '{b}2')).toEqual(['m']);
  });
});

describe('a server that does not serve', () => {
  test('holds its calls in order and gets one probe at a time until it serves again [#132] [#94]', async () => {
    const { cluster, a, redis } = await two();
    await redis.connect();
    const down = error('CLUSTERDOWN The cluster is down');
    let isDown = true;
    cluster.tell({ ...evenly(cluster.nodes), state: 'fail' });
    a.answer = answers({ SET: () => (isDown ? down : ok) });
    const calls = Array.from({ length: 50 }, (_, i) => redis.set(KEY, i));
    await mapAsked(a, 3);
    const refused = a.countOf('SET');
    isDown = false;
    cluster.tell(evenly(cluster.nodes));
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['OK']));
    expect(refused).toBe(50); // not once more while it was down
    const values = a.requests.filter(({ name }) => name === 'SET').map(({ args }) => Number(args[1]));
    expect(values.slice(refused)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  test('calls on hundreds of its slots share one probe at a time [#132]', async () => {
    const { cluster, a, redis } = await two();
    cluster.tell(evenly([a]));
    await redis.connect();
    let isDown = true;
    cluster.tell({ ...evenly([a]), state: 'fail' });
    a.answer = answers({ SET: () => (isDown ? error('CLUSTERDOWN The cluster is down') : ok) });
    const calls = Array.from({ length: 300 }, (_, i) => redis.set(`key ${i}`, i));
    await mapAsked(a, 4);
    expect(a.countOf('CLUSTER') - mapsAsked(a)).toBeLessThan(60); // CLUSTER INFO, of maps and of probes
    isDown = false;
    cluster.tell(evenly([a]));
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['OK']));
  });

  test('calls on slots of other servers go on meanwhile [#132]', async () => {
    const { cluster, a, b, redis } = await two();
    cluster.tell(evenly(cluster.nodes));
    await redis.connect();
    a.answer = answers({ GET: error('LOADING Redis is loading the dataset in memory') });
    a.view = { ...evenly(cluster.nodes), state: 'fail' };
    b.answer = answers({ GET: bulk('well') });
    const held = redis
      .with({ timeout: 400 })
      .get(KEY)
      .catch((reason: unknown) => reason);
    const other = 'a'; // of the second half
    expect(await redis.get(other)).toBe('well');
    expect(await held).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
  });
});

describe('the map', () => {
  test('an older view than the newest one is dropped [#141]', async () => {
    const { cluster, a, b, redis } = await two({ refreshInterval: 30 });
    cluster.tell({ epoch: 5, ranges: [{ first: 0, last: 16_383, nodes: [a] }] });
    a.answer = answers({ GET: bulk('a') });
    b.answer = answers({ GET: bulk('b') });
    expect(await redis.get(KEY)).toBe('a');
    cluster.tell({ epoch: 4, ranges: [{ first: 0, last: 16_383, nodes: [b] }] });
    a.view = { epoch: 5, ranges: [{ first: 0, last: 16_383, nodes: [a] }] };
    await mapAsked(a, mapsAsked(a) + 3);
    expect(await redis.get(KEY)).toBe('a');
  });

  test('a slot without an owner holds its calls until one is named [#142]', async () => {
    const { cluster, a, redis } = await two();
    cluster.tell({ epoch: 1, ranges: [] });
    a.answer = answers({ GET: bulk('late') });
    const call = redis.get(KEY);
    await mapAsked(a, 2);
    cluster.tell({ epoch: 2, ranges: [{ first: 0, last: 16_383, nodes: [a] }] });
    expect(await call).toBe('late');
  });

  test.each([null, ''])('a node that is named %j is the host that was asked [#178]', async (endpoint) => {
    const { a, b, redis } = await two();
    a.endpoint = endpoint;
    b.endpoint = endpoint;
    a.answer = answers({ GET: bulk('here') });
    expect(await redis.get(KEY)).toBe('here');
  });

  test('addresses behind a NAT are translated in maps and in redirects [#177] [#101]', async () => {
    const cluster = await scriptedCluster({ nodes: 2 });
    onTestFinished(() => cluster.close());
    const [a, b] = cluster.nodes as [ScriptedNode, ScriptedNode];
    const natMap = { [`10.1.1.1:${a.port}`]: a.address, [`10.1.1.1:${b.port}`]: b.address };
    for (const node of cluster.nodes) node.endpoint = '10.1.1.1';
    const redis = createRedis({ cluster: [a.address] }, { natMap, timeout: 3000 });
    onTestFinished(() => redis.close());
    a.answer = answers({ GET: error(`MOVED ${SLOT} 10.1.1.1:${b.port}`) });
    b.answer = answers({ GET: bulk('outside') });
    expect(await redis.get(KEY)).toBe('outside');
  });

  test('a server that MOVED names first gets its id from the map, and keeps its connection', async () => {
    const ids: [number, string | undefined][] = [];
    const natMap = ({ id, port }: NamedNode): undefined => void ids.push([port, id]);
    const { a, b, redis } = await two({ natMap });
    a.view = evenly([a]);
    b.view = { ...evenly([b, a]), epoch: 2 };
    a.answer = answers({ GET: moved(SLOT, b) });
    b.answer = answers({ GET: bulk('b') });
    expect(await redis.get(KEY)).toBe('b');
    await until('its id', () => redis.stats().nodes.some(({ name }) => name === b.id));
    const idsOfB = ids.filter(([port]) => port === b.port).map(([, id]) => id);
    expect(idsOfB).toEqual([undefined, b.id]);
    expect(b.countOf('HELLO')).toBe(1);
  });

  test('a server that MOVED names first is connected to where natMap says for its id', async () => {
    const { a, b } = await two();
    a.view = evenly([a]);
    b.view = { ...evenly([b, a]), epoch: 2 };
    const map = deferred<undefined>();
    a.answer = answers({
      GET: ({ args: [key = ''] }) => moved(keySlot(key), b),
      CLUSTER: () => (a.countOf('GET') > 0 ? error('ERR not now') : undefined),
      DBSIZE: integer(2),
    });
    b.answer = answers({ GET: bulk('b'), CLUSTER: map.promise, DBSIZE: integer(3) });
    const natMap = ({ id, port }: NamedNode): Endpoint | undefined =>
      id === b.id ? { host: 'localhost', port } : undefined;
    const redis = openAt(a, { natMap });
    const calls = [redis.get(KEY)];
    await b.asked('CLUSTER');
    calls.push(redis.get('b')); // is redirected while the map is asked for
    await b.asked('GET', 2);
    map.resolve(undefined);
    expect(await Promise.all(calls)).toEqual(['b', 'b']);
    await until('its address', () => redis.nodes().some(({ address }) => address === `localhost:${b.port}`));
    expect(await redis.dbsize()).toBe(5);
    expect([a.countOf('DBSIZE'), b.countOf('DBSIZE')]).toEqual([1, 1]);
    await until('one connection', () => b.connections === 1);
  });

  test('a thousand refusals ask for the map a few times only [#139]', async () => {
    const { a, b, redis } = await two();
    await redis.connect();
    const before = mapsAsked(a, b);
    a.answer = answers({ SET: moved(SLOT, b) });
    b.answer = answers({ SET: ok });
    await Promise.all(Array.from({ length: 1000 }, (_, i) => redis.set(KEY, i)));
    expect(mapsAsked(a, b) - before).toBeLessThanOrEqual(6);
  });

  test('servers that are no cluster are told at once by connect() [#142]', async () => {
    const { a, b, redis } = await two();
    const no = error('ERR This instance has cluster support disabled');
    a.answer = answers({ CLUSTER: no });
    b.answer = a.answer;
    await expect(redis.connect()).rejects.toThrow(/cluster support disabled/);
  });
});

describe('commands without keys', () => {
  test('DBSIZE is the sum of all primaries, and INFO names nodes() [#147]', async () => {
    const { a, b, redis } = await two();
    a.answer = answers({ DBSIZE: integer(2) });
    b.answer = answers({ DBSIZE: integer(3) });
    expect(await redis.dbsize()).toBe(5);
    await expect(redis.info()).rejects.toThrow(/nodes\(\)/);
  });

  test('when one primary fails, the error has the parts of the others [#146]', async () => {
    const { a, b, redis } = await two();
    a.answer = answers({ DEL: integer(1) });
    b.answer = answers({ DEL: error('ERR not here') });
    const keys = ['a1', 'b', 'c', 'd', 'e'];
    const failure = await redis.del(...keys).catch((reason: unknown) => reason);
    expect(failure).toMatchObject({ code: 'BATCH' });
    const { parts } = failure as { parts: { keys: number[]; value?: unknown; error?: unknown }[] };
    expect(parts.flatMap((part) => part.keys).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    expect(parts.some(({ error: reason }) => reason !== undefined)).toBe(true);
  });

  test('with split: false keys of several slots are refused before anything is sent [#145]', async () => {
    const { a, b, redis } = await two({ split: false });
    await expect(redis.del('a1', 'b', 'c', 'd', 'e')).rejects.toMatchObject({ code: 'ARGUMENT', outcome: 'notSent' });
    expect(a.countOf('DEL') + b.countOf('DEL')).toBe(0);
  });
});

test('close() ends calls that wait for the first map, and for a slot that is held', async () => {
  const { cluster, a, redis } = await two();
  cluster.tell({ epoch: 1, ranges: [] });
  const held = redis.get(KEY).catch((reason: unknown) => reason);
  await mapAsked(a, 1);
  await redis.close({ timeout: 0 });
  expect(await held).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
});
