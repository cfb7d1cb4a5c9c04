/** Behaviors 112 to 114: the key prefix. That it is at all key positions is held against the recordings as well. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Command, Keys, write } from '../src/commands/index.ts';
import { get, set } from '../src/commands/string.ts';
import { command, createPool, createRedis, type KvError, type Redis } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);

describe.each([2, 3] as const)('key prefix in RESP%i', (protocol) => {
  let redis: Redis;
  let all: Redis;
  beforeEach(async () => {
    redis = createRedis(server.url, { protocol, keyPrefix: 'p:' });
    all = createRedis(server.url, { protocol });
    await all.flushall();
    return async () => {
      await redis.close();
      await all.close();
    };
  });

  it('112: is put before every key, however it travels', async () => {
    await redis.rpush('list', 2, 1);
    await redis.sort('list', { store: 'sorted' });
    await redis.xadd('stream', '*', { f: 'v' });
    await redis.eval('redis.call("SET", KEYS[1], ARGV[1])', ['eval'], 'eval');
    await redis.script('redis.call("SET", KEYS[1], ARGV[1])', { keys: 1 })('script', 'script');
    await redis.execute('SET', 'raw', 'raw');
    await redis.send(set('sent', 'sent'));
    await redis.sendAll([set('sentAll', 'sentAll')]);
    await redis.with({ bytes: true }).set(new TextEncoder().encode('bytes'), 'bytes');
    const p = redis.pipeline();
    void p.set('pipeline', 'pipeline');
    void p.send(command('SET', 'raw in pipeline', ''));
    await p.execute();
    const m = redis.multi();
    void m.set('multi', 'multi');
    void m.zadd('zset', 1, 'a');
    void m.zunionstore('zunion', ['zset', 'none']);
    await m.execute();
    await redis.transaction(['watched'], async (s) => [set('transaction', String(await s.get('multi')))]);
    await using session = await redis.session();
    await session.set('session', 'session');
    const names =
      'list sorted stream eval script raw sent sentAll bytes pipeline multi zset zunion transaction session';
    expect((await all.keys('*')).sort()).toEqual([...names.split(' '), 'raw in pipeline'].map((n) => `p:${n}`).sort());
    expect(await all.get('p:transaction')).toBe('multi');
  });

  it('113: is taken off where keys come back: single, in pipelines, in transactions, as bytes', async () => {
    const fill = async (): Promise<void> => {
      await redis.rpush('l', 'a', 'b', 'c', 'd');
      await redis.zadd('z', [
        { member: 'm', score: 1 },
        { member: 'n', score: 2 },
      ]);
    };
    await fill();
    await redis.xadd('s', '1-0', { f: 'v' });
    await redis.xgroupCreate('s', 'g', '0');
    expect(await redis.blpop('l', 1)).toEqual({ key: 'l', element: 'a' });
    expect(await redis.brpop('l', 1)).toEqual({ key: 'l', element: 'd' });
    expect(await redis.blmpop(1, ['l'], 'left')).toMatchObject({ key: 'l' });
    expect(await redis.bzpopmax('z', 1)).toEqual({ key: 'z', member: 'n', score: 2 });
    expect(await redis.bzmpop(1, ['z'], 'min')).toMatchObject({ key: 'z' });
    expect(await redis.xread({ s: '0' }, { block: 1 })).toMatchObject({ s: [{ id: '1-0' }] });
    expect(await redis.xreadgroup('g', 'c', { s: '>' })).toMatchObject({ s: [{ id: '1-0' }] });
    await all.del('p:s');
    for (const make of [() => redis.pipeline(), () => redis.multi()]) {
      await all.flushall();
      await fill();
      const batch = make();
      void batch.randomkey();
      void batch.lmpop(['l'], 'left');
      void batch.zmpop(['z'], 'min');
      void batch.xadd('s', '1-0', { f: 'v' });
      void batch.xread({ s: '0' });
      void batch.scan(0);
      const [key, popped, scored, , streams, page] = (await batch.execute()) as [string, ...unknown[]];
      expect(['l', 'z']).toContain(key);
      expect([popped, scored, streams]).toMatchObject([{ key: 'l' }, { key: 'z' }, { s: [{ id: '1-0' }] }]);
      expect((page as { keys: string[] }).keys.sort()).toEqual(['l', 's', 'z']);
    }
    expect(await redis.with({ bytes: true }).blpop('l', 1)).toMatchObject({ key: new TextEncoder().encode('l') });
  });

  it('113: raw calls keep the form of the wire, without the prefix', async () => {
    await redis.rpush('l', 'a', 'b');
    await redis.xadd('s', '1-0', { f: 'v' });
    expect(await redis.execute('BLPOP', 'l', 1)).toEqual(['l', 'a']);
    expect(await redis.execute('LMPOP', 1, 'l', 'LEFT')).toEqual(['l', ['b']]);
    expect(await redis.execute('LMPOP', 1, 'l', 'LEFT')).toBeNull();
    const entries = [['1-0', ['f', 'v']]];
    expect(await redis.execute('XREAD', 'STREAMS', 's', 0)).toEqual(
      protocol === 3 ? new Map([['s', entries]]) : [['s', entries]],
    );
    expect(await redis.execute('SCAN', 0)).toEqual(['0', ['s']]);
    expect(await redis.execute('SCAN', 0, 'match', 's', 'MATCH', '*')).toEqual(['0', ['s']]);
    expect(await settle(redis.execute('SCAN', 0, 'NEWER', 'MATCH', '*'))).toMatchObject({ code: 'ARGUMENT' });
    expect(await redis.execute('KEYS', '*')).toEqual(['s']);
    expect(await redis.execute('RANDOMKEY')).toBe('s');
  });

  it('channels are no keys, those of slots neither', async () => {
    await using news = await redis.ssubscribe('news');
    expect(await redis.spublish('news', 'typed')).toBe(1);
    expect(await redis.execute('SPUBLISH', 'news', 'raw')).toBe(1);
    expect(await redis.pubsubShardnumsub('news')).toEqual({ news: 1 });
    expect([(await news.next()).value, (await news.next()).value]).toMatchObject([
      { channel: 'news', message: 'typed' },
      { channel: 'news', message: 'raw' },
    ]);
  });

  it('a raw call that lacks its keys is refused by the server', async () => {
    for (const name of ['GET', 'KEYS', 'SORT', 'GEORADIUS', 'GEORADIUSBYMEMBER', 'ZUNIONSTORE', 'MIGRATE', 'SCAN']) {
      await expect(redis.execute(name)).rejects.toMatchObject({ code: 'REPLY', outcome: 'refused' });
    }
  });

  it('a raw call whose keys no one knows is refused, and nothing is sent', async () => {
    const refused = {
      code: 'ARGUMENT',
      outcome: 'notSent',
      command: 'JSON.SET',
      message: expect.stringMatching(/^keyPrefix: it is not known which arguments of JSON.SET are keys; /),
    };
    const raw = ['JSON.SET', 'user:1', '$', '{}'] as const;
    await using session = await redis.session();
    await using pool = await createPool(server.url, { protocol, keyPrefix: 'p:' });
    for (const line of [redis, session, pool]) {
      for (const send of [
        () => line.execute(...raw),
        () => line.send(command(...raw)),
        () => line.sendAll([set('a', 1), command(...raw)]),
      ]) {
        expect(await settle(send())).toMatchObject(refused);
      }
      for (const batch of [line.pipeline(), line.multi()]) {
        void batch.set('a', 1);
        expect(await settle(batch.send(command(...raw)))).toMatchObject(refused);
        expect(await settle(batch.execute())).toMatchObject(refused);
      }
    }
    expect(await all.exists('p:a')).toBe(0);
    expect(await settle(redis.with({ keyPrefix: '' }).execute(...raw))).toMatchObject({ code: 'REPLY' });
    await redis.send(new Command(write('SETEX', Keys.first), ['user:1', '60', 'x'], String));
    expect(await all.exists('p:user:1')).toBe(1);
  });

  it('114: WATCH watches the prefixed key', async () => {
    await using s = await redis.session();
    for (const [changed, end] of [
      ['k', 'runs'],
      ['p:k', 'CONFLICT'],
    ] as const) {
      await s.watch('k');
      await all.set(changed, Math.random());
      const m = s.multi();
      void m.send(get('k'));
      const result = await m.execute().then(
        () => 'runs',
        (error: { code: string }) => error.code,
      );
      expect(result).toBe(end);
    }
  });
});
