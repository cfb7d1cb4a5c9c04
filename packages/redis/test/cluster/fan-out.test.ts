import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import { bulk, error } from '@kv/testkit/topology/resp-text';
import { scriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import type { ScriptedNode } from '@kv/testkit/topology/scripted-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedis, type KvError, type Redis } from '../../src/index.ts';
import { slotMoved } from './moves.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ primaries: 3, replicas: 1 });
}, 60_000);
afterAll(() => cluster.close());

let redis: Redis;
beforeEach(async () => {
  redis = createRedis(cluster.url);
  await redis.flushall();
});
afterEach(() => redis.close());

const settle = (call: Promise<unknown>): Promise<KvError> =>
  call.then(
    (value) => expect.fail(`expected an error, got ${String(value)}`),
    (failure: KvError) => failure,
  );

/** On all three primaries of an even cluster. */
const KEYS = Array.from({ length: 30 }, (_, i) => `k${i}`);
const setAll = (): Promise<unknown> => redis.mset(Object.fromEntries(KEYS.map((key) => [key, `v${key}`])));

describe('commands with keys of several slots', () => {
  it('are split by slot and put together: order and repeated keys are kept, counts added [#145] [#98]', async () => {
    expect(await setAll()).toBe('OK');
    const wanted = [...KEYS, 'none', ...KEYS.slice(0, 5)];
    expect(await redis.mget(...wanted)).toEqual(wanted.map((key) => (key === 'none' ? null : `v${key}`)));
    expect(await redis.exists('k1', 'k1', 'k2', 'none')).toBe(3);
    expect(await redis.touch(...KEYS)).toBe(30);
    expect(await redis.del('k1', 'k2', 'none')).toBe(2);
    expect(await redis.unlink(...KEYS)).toBe(28);
  });

  it('with one slot they are one command, as on one server [#145]', async () => {
    await Promise.all(cluster.nodes.map((node) => node.ask('CONFIG', 'RESETSTAT')));
    await redis.mset({ '{a}1': '1', '{a}2': '2' });
    expect(await redis.mget('{a}1', '{a}2', '{a}3')).toEqual(['1', '2', null]);
    const infos = await Promise.all(cluster.primaries.map((node) => node.askText('INFO', 'commandstats')));
    expect(
      infos
        .flatMap((info) =>
          [...info.matchAll(/cmdstat_(mset|mget):calls=(\d+)/g)].map(([, name, count]) => `${name} ${count}`),
        )
        .sort(),
    ).toEqual(['mget 1', 'mset 1']);
  });

  it('what cannot be split is refused, and all of it with `split: false` [#145]', async () => {
    for (const refused of [redis.msetnx({ a: '1', b: '2' }), redis.sinter('a', 'b'), redis.rename('a', 'b')])
      expect((await settle(refused)).message).toContain('hash tag');
    await using whole = createRedis(cluster.url, { split: false });
    expect(await settle(whole.mget('a', 'b'))).toMatchObject({ name: 'ArgumentError', outcome: 'notSent' });
    expect(await whole.mget('{a}1', '{a}2')).toEqual([null, null]);
  });

  it('when a part fails, the error says which keys were done and which were not [#146] [#98]', async () => {
    await using scripted = await scriptedCluster({ nodes: 2 });
    const [a, b] = scripted.nodes as [ScriptedNode, ScriptedNode];
    a.answer = ({ name }) => (name === 'DEL' ? ':1\r\n' : undefined);
    b.answer = ({ name }) => (name === 'DEL' ? error('ERR no') : undefined);
    await using client = createRedis(scripted.url);
    const failed = await settle(client.del('b', 'a', 'c')); // a: 15495, b: 3300, c: 7365
    expect(failed).toMatchObject({ name: 'PartialError', code: 'BATCH', command: 'DEL', outcome: 'refused' });
    const { parts } = failed as unknown as { parts: { keys: number[]; value?: unknown; error?: Error }[] };
    const done = parts.filter(({ error: reason }) => reason === undefined).flatMap(({ keys }) => keys);
    expect(done.sort((a, b) => a - b)).toEqual([0, 2]);
    expect(parts.find(({ keys }) => keys.includes(1))?.error).toMatchObject({ name: 'ReplyError', prefix: 'ERR' });
    expect(b.countOf('DEL')).toBe(1);
  });

  it('while their slots move they are split further, key by key, and every value is found [#145]', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `{m}${i}`);
    await redis.mset(Object.fromEntries(keys.map((key) => [key, key])));
    let done = false;
    const moving = (async () => {
      while (!done) await slotMoved(cluster, '{m}');
    })();
    for (let i = 0; i < 100; i++) expect(await redis.mget(...keys, 'other')).toEqual([...keys, null]);
    done = true;
    await moving;
  });
});

describe('commands without keys', () => {
  it('speak of all primaries together: sizes are added, lists joined, all are flushed [#147]', async () => {
    await setAll();
    expect(await redis.dbsize()).toBe(30);
    expect((await redis.keys('k*')).sort()).toEqual([...KEYS].sort());
    expect(KEYS).toContain(await redis.randomkey());
    expect(await redis.flushdb()).toBe('OK');
    expect(await redis.dbsize()).toBe(0);
    expect(await redis.randomkey()).toBeNull();
    await redis.set('only', '1');
    for (let i = 0; i < 10; i++) expect(await redis.randomkey()).toBe('only');
  });

  it('scripts, functions and settings reach every server in use [#147]', async () => {
    const sha = (await redis.execute('SCRIPT LOAD', 'return 1')) as string;
    for (const node of cluster.primaries) expect(await node.ask('SCRIPT', 'EXISTS', sha)).toEqual([1]);
    expect(await redis.execute('SCRIPT EXISTS', sha, 'f'.repeat(40))).toEqual([1, 0]);
    await cluster.primaries[0]?.ask('SCRIPT', 'FLUSH');
    expect(await redis.execute('SCRIPT EXISTS', sha)).toEqual([0]);
    const code = "#!lua name=lib\nredis.register_function('f', function() return 7 end)";
    await redis.execute('FUNCTION LOAD', 'REPLACE', code);
    for (const key of ['a', 'b', 'c']) expect(await redis.execute('FCALL', 'f', 1, key)).toBe(7);
    await redis.execute('CONFIG SET', 'slowlog-max-len', '77');
    for (const node of cluster.primaries)
      expect(await node.ask('CONFIG', 'GET', 'slowlog-max-len')).toEqual(['slowlog-max-len', '77']);
    expect(await settle(redis.execute('SCRIPT KILL'))).toMatchObject({ prefix: 'NOTBUSY' });
  });

  it('those that one server can answer go to one [#147]', async () => {
    expect(await redis.ping()).toBe('PONG');
    expect(await redis.echo('x')).toBe('x');
    expect(Number(((await redis.execute('TIME')) as unknown[])[0])).toBeGreaterThan(0);
  });

  it('run on the successor when a server is replaced meanwhile: one answer per shard [#148]', async () => {
    await setAll();
    const patient = redis.with({ timeout: 20_000 });
    const old = await cluster.slotOwner(await cluster.slotOf('k1'));
    const replica = cluster.replicas.find(({ primaryId }) => primaryId === old.id);
    await expect.poll(() => replica?.ask('DBSIZE')).toBe(await old.ask('DBSIZE'));
    await cluster.kill(old);
    expect(await patient.dbsize()).toBe(30);
    expect((await patient.keys('*')).length).toBe(30);
    expect(await patient.del(...KEYS)).toBe(30);
    await cluster.restart(old);
    await cluster.settled();
  }, 40_000);
});

it('cursors of one key stay on its primary, whatever readFrom says [#152]', async () => {
  await using scripted = await scriptedCluster({ nodes: 2 });
  const [primary, replica] = scripted.nodes as [ScriptedNode, ScriptedNode];
  scripted.tell({ epoch: 1, ranges: [{ first: 0, last: 16_383, nodes: [primary, replica] }] });
  replica.role = 'replica';
  const page = `*2\r\n${bulk('0')}*0\r\n`;
  primary.answer = ({ name }) => (name.endsWith('SCAN') ? page : undefined);
  replica.answer = ({ name }) => (name === 'GET' ? bulk('replica') : undefined);
  await using client = createRedis(scripted.url, { readFrom: 'preferReplica', protocol: 2 });
  expect(await client.get('k')).toBe('replica');
  await client.hscan('k', '0');
  await client.sscan('k', '0');
  await client.zscan('k', '0');
  expect(['HSCAN', 'SSCAN', 'ZSCAN'].map((name) => primary.countOf(name))).toEqual([1, 1, 1]);
  expect((await settle(client.scan('0'))).message).toContain('nodes()');
});
