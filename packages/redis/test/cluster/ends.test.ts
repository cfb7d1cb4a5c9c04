/** Every call of a cluster client ends, in order, whatever happens while it waits; nothing is left behind. */
import { array, bulk, error, integer, moved, ok } from '@kv/testkit/topology/resp-text';
import { evenly } from '@kv/testkit/topology/scripted-cluster';
import type { ScriptedNode } from '@kv/testkit/topology/scripted-node';
import { expect, test } from 'vitest';
import { keySlot } from '../../src/topology/slot.ts';
import { runProgram } from '../run-program.ts';
import { answers, failureOf, KEY, mapsAsked, openAt, SLOT, two, until } from './scripted.ts';

test('close() ends calls that wait for the end of a pause', async () => {
  const { a, redis } = await two({ timeout: 0 });
  a.answer = answers({ SINTER: error('TRYAGAIN Multiple keys request during rehashing of slot'), GET: bulk('') });
  const call = failureOf(redis.sinter('{b}1', '{b}2'));
  await a.asked('SINTER', 4);
  await redis.get(KEY); // its reply comes behind the refusal
  await redis.close({ timeout: 0 });
  expect(await call).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
  expect(redis.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
});

test('a natMap function that throws ends connect() and calls, and no connection stays', async () => {
  const natMap = (): never => {
    throw new TypeError('cannot read it');
  };
  const { a, redis } = await two({ natMap });
  await expect(redis.connect()).rejects.toMatchObject({
    code: 'ARGUMENT',
    message: expect.stringMatching(/^natMap: /),
  });
  await expect(redis.get(KEY)).rejects.toMatchObject({ code: 'ARGUMENT', cause: { message: 'cannot read it' } });
  await until('no connection', () => a.connections === 0);
});

test('a natMap function that throws for the server of a redirect ends that call only', async () => {
  const { cluster, a, b } = await two();
  cluster.tell(evenly([a]));
  const natMap = ({ port }: { readonly port: number }): undefined => {
    if (port === b.port) throw new TypeError('not that one');
  };
  const redis = openAt(a, { natMap });
  a.answer = answers({ GET: moved(SLOT, b), SET: ok });
  const [get, set] = await Promise.all([failureOf(redis.get(KEY)), redis.set(KEY, 1)]);
  expect([get, set]).toMatchObject([{ code: 'ARGUMENT' }, 'OK']);
  const served = a.requests.filter(({ name }) => name === 'GET' || name === 'SET').map(({ connection }) => connection);
  expect(new Set(served).size).toBe(1);
});

test('a server that takes the address of another one gets new connections, and those to the other end', async () => {
  const { cluster, a, redis } = await two({ refreshInterval: 20 });
  cluster.tell(evenly([a]));
  a.answer = answers({ GET: bulk('value') });
  await redis.get(KEY);
  const other = { host: a.host, endpoint: a.endpoint, port: a.port, id: 'f'.repeat(40) } as ScriptedNode;
  cluster.tell({ ...evenly([other]), epoch: 2 });
  const asked = mapsAsked(a);
  await until('new map', () => mapsAsked(a) > asked + 1);
  await redis.get(KEY);
  await until('one connection', () => a.connections === 1);
  await redis.close();
  await until('no connection', () => a.connections === 0);
});

test('a read whose connection is lost while its slot moves runs before what was called after it [#120]', async () => {
  const { cluster, a, b, redis } = await two();
  let lose = (): void => undefined;
  a.answer = answers({
    SET: () => {
      cluster.tell({ ...evenly([b]), epoch: 2 });
      return moved(SLOT, b);
    },
    GET: ({ reset }) => {
      lose = reset;
      return new Promise(() => undefined);
    },
  });
  b.answer = answers({ SET: ok, GET: bulk('1') });
  const calls: Promise<unknown>[] = [redis.set(KEY, 1), redis.get(KEY)];
  await until('a look at the map', () => mapsAsked(b) > 0);
  calls.push(redis.set(KEY, 2));
  lose();
  expect(await Promise.all(calls)).toEqual(['OK', '1', 'OK']);
  const seen = b.requests.filter(({ name }) => name === 'SET' || name === 'GET');
  expect(seen.map(({ name, args }) => [name, args[1]])).toEqual([
    ['SET', '1'],
    ['GET', undefined],
    ['SET', '2'],
  ]);
});

test('a call that gave up waiting for the owner of its slot leaves no search for the owner behind', async () => {
  const { cluster, a, b, redis } = await two({ timeout: 150 });
  cluster.tell({ epoch: 1, ranges: [{ first: 8192, last: 16_383, nodes: [b] }] });
  expect(await failureOf(redis.get(KEY))).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
  await new Promise((resolve) => setTimeout(resolve, 350)); // one that was due already
  const asked = mapsAsked(a, b);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(mapsAsked(a, b) - asked).toBe(0);
});

test('commands without keys avoid servers that do not serve [#132]', async () => {
  const { cluster, a, b, redis } = await two();
  await redis.connect();
  const loading = error('LOADING Redis is loading the dataset in memory');
  a.view = { ...evenly(cluster.nodes), state: 'fail' };
  a.answer = answers({ PING: loading, DBSIZE: loading });
  b.answer = answers({ DBSIZE: integer(1) });
  const held = failureOf(redis.with({ timeout: 2000 }).dbsize());
  await until('a probe', () => a.countOf('DBSIZE') === 1 && mapsAsked(a) > 1);
  const pings = Array.from({ length: 30 }, () => redis.with({ timeout: 1000 }).ping());
  expect(new Set(await Promise.all(pings))).toEqual(new Set(['PONG']));
  expect(await held).toMatchObject({ code: 'BATCH' });
});

test('a server that gets its first slot keeps its connection while maps do not name it', async () => {
  const { cluster, a, b, redis } = await two({ refreshInterval: 100 }); // with many calls between two maps
  cluster.tell(evenly([a]));
  a.answer = answers({ GET: error(`ASK ${SLOT} ${b.address}`) });
  b.answer = answers({ GET: bulk('moving') });
  for (const asked = mapsAsked(a); mapsAsked(a) < asked + 5; ) expect(await redis.get(KEY)).toBe('moving');
  expect(new Set(b.requests.map(({ connection }) => connection)).size).toBe(1);
});

test('after a storm of refusals nothing is counted as waiting', async () => {
  const { a, b, redis } = await two();
  const words = [moved(SLOT, b), error(`ASK ${SLOT} ${b.address}`), error('TRYAGAIN later'), error('CLUSTERDOWN no')];
  let n = 0;
  a.answer = answers({ SET: () => words[n++ % words.length], MGET: () => words[n++ % words.length] });
  b.answer = answers({ SET: ok, MGET: ({ args }) => array(...args.map(() => bulk('v'))) });
  const calls: Promise<unknown>[] = [];
  for (let i = 0; i < 300; i++) {
    calls.push(redis.with({ timeout: i % 3 === 0 ? 30 : 3000 }).set(KEY, i), redis.mget(KEY, `{${KEY}}2`, 'b'));
    calls.push(redis.with({ signal: AbortSignal.timeout(20) }).set(KEY, i));
  }
  await Promise.allSettled(calls);
  expect(redis.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
}, 30_000);

test('the end of connections to a server that has left the cluster asks for no further map', async () => {
  const { cluster, a, b, redis } = await two();
  a.answer = answers({ GET: bulk('a') });
  b.answer = answers({ GET: bulk('b') });
  expect([await redis.get(KEY), await redis.get('a')]).toEqual(['a', 'b']);
  cluster.tell({ ...evenly([a]), epoch: 2 });
  const asked = mapsAsked(a);
  b.answer = answers({ GET: moved(keySlot('a'), a) });
  expect(await redis.get('a')).toBe('a');
  await until('no connection', () => b.connections === 0);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(mapsAsked(a) - asked).toBe(1);
});

test.each([2, 3] as const)(
  'EXEC without a result is a conflict, also after a redirect (RESP%i) [#155]',
  async (protocol) => {
    const { a, b, redis } = await two({ protocol });
    const queued = { MULTI: ok, SET: '+QUEUED\r\n' };
    a.answer = answers({ ...queued, EXEC: moved(SLOT, b) });
    b.answer = answers({ ...queued, EXEC: '*-1\r\n' });
    const multi = redis.multi();
    multi.set(KEY, 1).catch(() => undefined);
    expect(await failureOf(multi.execute())).toMatchObject({ code: 'CONFLICT' });
    expect([a.countOf('EXEC'), b.countOf('EXEC')]).toEqual([1, 1]);
    expect(redis.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
  },
);

test.each(['first', 'second', 'all'])(
  'a transaction whose %s member is refused moves as a whole [#130]',
  async (which) => {
    const { cluster, a, b, redis } = await two();
    const refused = { first: ['SET'], second: ['INCR'], all: ['SET', 'INCR'] }[which] ?? [];
    a.answer = ({ name }) => {
      if (refused.includes(name)) cluster.tell({ ...evenly([b]), epoch: 2 });
      if (refused.includes(name)) return moved(SLOT, b);
      return { MULTI: ok, SET: '+QUEUED\r\n', INCR: '+QUEUED\r\n', EXEC: error('EXECABORT Discarded.') }[name];
    };
    b.answer = answers({ MULTI: ok, SET: '+QUEUED\r\n', INCR: '+QUEUED\r\n', EXEC: array(ok, integer(2)) });
    const multi = redis.multi();
    const members = [multi.set(KEY, 1), multi.incr(KEY)];
    expect(await multi.execute()).toEqual(['OK', 2]);
    expect(await Promise.all(members)).toEqual(['OK', 2]);
    expect([a.countOf('EXEC'), b.countOf('EXEC')]).toEqual([1, 1]);
  },
);

test('ten thousand calls before the first map run, and FLUSHALL says which server did not answer', async () => {
  const { a, b, redis } = await two();
  a.answer = answers({ INCR: integer(1), FLUSHALL: ok });
  b.answer = answers({ INCR: integer(1) });
  const calls = Array.from({ length: 10_000 }, (_, i) => redis.incr(`key ${i}`));
  expect(new Set(await Promise.all(calls))).toEqual(new Set([1]));
  await b.stop();
  expect(await failureOf(redis.with({ timeout: 300 }).flushall())).toMatchObject({ code: 'BATCH', outcome: 'unknown' });
  expect(redis.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
});

test('a read is sent again when the connection is lost behind the answer to its ASKING [#129]', async () => {
  const { a, b, redis } = await two();
  a.answer = answers({ GET: error(`ASK ${SLOT} ${b.address}`), PING: '+PONG\r\n' });
  let asked = 0;
  b.answer = answers({
    GET: ({ reset }) => {
      if (asked++ > 0) return bulk('moving');
      setTimeout(reset, 20); // the answer to ASKING has arrived by then
      return new Promise(() => undefined);
    },
  });
  expect(await redis.get(KEY)).toBe('moving');
  expect([a.countOf('GET'), b.countOf('ASKING'), b.countOf('GET')]).toEqual([2, 2, 2]);
  expect(redis.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
});

test('a write is not, and its outcome is unknown [#129]', async () => {
  const { a, b, redis } = await two();
  a.answer = answers({ INCR: error(`ASK ${SLOT} ${b.address}`) });
  b.answer = answers({
    INCR: ({ reset }) => {
      setTimeout(reset, 20);
      return new Promise(() => undefined);
    },
  });
  expect(await failureOf(redis.incr(KEY))).toMatchObject({ code: 'CONNECTION', outcome: 'unknown' });
  expect([a.countOf('INCR'), b.countOf('INCR')]).toEqual([1, 1]);
});

test('the client of a server that has left the cluster sends nothing, and is closed with the client of the cluster', async () => {
  const { cluster, a, b, redis } = await two({ refreshInterval: 20 });
  a.answer = answers({ GET: bulk('a') });
  b.answer = answers({ GET: bulk('b') });
  await redis.connect();
  const gone = redis.nodes().find(({ address }) => address === b.address)?.client ?? expect.fail('no second node');
  expect(await gone.get('a')).toBe('b');
  cluster.tell({ ...evenly([a]), epoch: 2 });
  await until('no connection', () => b.connections === 0);
  expect(await failureOf(gone.get('a'))).toMatchObject({ code: 'CONNECTION', outcome: 'notSent' });
  await redis.close();
  expect(gone.state).toBe('closed');
  expect(await failureOf(gone.get('a'))).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
});

test('subscriptions that were not made for want of a map say why, and let the process end', async () => {
  const { a } = await two();
  a.answer = answers({ CLUSTER: bulk('no map') });
  const program = runProgram(`
    import { createRedis } from '@kv/redis';
    const redis = createRedis('redis+cluster://${a.address}', { timeout: 3000 });
    const say = ({ code, cause }) => console.log(code, cause.message);
    await Promise.all([redis.subscribe('a').catch(say), redis.ssubscribe('b').catch(say)]);
  `);
  const reason = 'TIMEOUT CLUSTER SLOTS: unexpected reply (expected a list)';
  expect(await program.end).toEqual([0, `${reason}\n${reason}`]);
});
