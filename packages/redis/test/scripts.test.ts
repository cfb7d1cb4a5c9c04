import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { get } from '../src/commands/string.ts';
import { createRedis, type Redis } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe.each([2, 3] as const)('scripts in RESP%i', (protocol) => {
  let redis: Redis;
  beforeEach(async () => {
    redis = createRedis(server.url, { protocol });
    await redis.flushall();
    await redis.execute('SCRIPT', 'FLUSH');
    await redis.configResetstat();
  });
  afterEach(() => redis.close());

  it('35: travel as hash, and as source where the server does not know them', async () => {
    const add = redis.script('return redis.call("INCRBY", KEYS[1], ARGV[1])', { keys: 1 });
    expect([await add('n', 5), await add('n', 6)]).toEqual([5, 11]);
    expect(await redis.execute('SCRIPT', 'EXISTS', add.sha)).toEqual([1]);
    expect(redis.stats().commands['EVALSHA']?.errors ?? 0).toBe(0);
  });

  it('36: a server that was restarted gets the source again', async () => {
    await using own = await startRedis();
    await using client = createRedis(own.url, { protocol, timeout: 20_000 });
    const one = client.script('return 1', { keys: 0 });
    expect(await one()).toBe(1);
    const lost = new Promise((resolve) => client.on('state', ({ to }) => to === 'reconnecting' && resolve(to)));
    await own.kill();
    await lost;
    await own.start();
    expect(await one()).toBe(1);
    expect(await client.scriptExists(one.sha)).toEqual([true]);
  });

  it('40: no keys, no arguments, and only arguments', async () => {
    const counts = redis.script('return {#KEYS, #ARGV}', { keys: 0 });
    expect(await counts()).toEqual([0, 0]);
    expect(await counts('a', 2)).toEqual([0, 2]);
    expect(await redis.with({ keyPrefix: 'p:' }).script('return ARGV', { keys: 0 })('a')).toEqual(['a']);
    const bytes = redis.with({ bytes: true }).script('return ARGV[1]', { keys: 0 });
    expect([await bytes('é'), await bytes('é')]).toEqual(Array(2).fill(new TextEncoder().encode('é')));
    const readOnly = redis.script('return redis.call("GET", KEYS[1])', { keys: 1, readOnly: true });
    await redis.set('k', 'v');
    expect([await readOnly('k'), await readOnly('k')]).toEqual(['v', 'v']);
  });

  it('37: in pipelines, on a server that knows them or not', async () => {
    const echo = redis.script('return ARGV[1]', { keys: 0 });
    for (const round of ['unknown', 'known']) {
      const p = redis.pipeline();
      for (let i = 0; i < 3; i++) void p.send(echo.command(`${round} ${i}`));
      expect(await p.execute()).toEqual([0, 1, 2].map((i) => `${round} ${i}`));
    }
  });

  it('37: in batches they run in their place, on a server that knows them or not', async () => {
    const add = redis.script('return redis.call("INCR", KEYS[1])', { keys: 1 });
    for (const before of [0, 2]) {
      const p = redis.pipeline();
      void p.send(add.command('n'));
      void p.get('n');
      void p.send(add.command('n'));
      expect(await p.execute()).toEqual([before + 1, `${before + 1}`, before + 2]);
    }
    await redis.scriptFlush();
    expect(await redis.sendAll([add.command('n'), get('n')])).toEqual([5, '5']);
    // Its source is sent once per batch; after that the server knows it.
    expect((await redis.info('commandstats')).match(/cmdstat_eval(sha)?:calls=\d+/g)?.toSorted()).toEqual([
      'cmdstat_eval:calls=3',
      'cmdstat_evalsha:calls=2',
    ]);
  });

  it('38: in transactions, on a server that knows them or not', async () => {
    const echo = redis.script('return ARGV[1]', { keys: 0 });
    for (const round of ['unknown', 'known']) {
      const m = redis.multi();
      void m.set('k', round);
      void m.send(echo.command(`${round} a`));
      void m.send(echo.command(`${round} b`));
      expect(await m.execute()).toEqual(['OK', `${round} a`, `${round} b`]);
      expect(await redis.get('k')).toBe(round);
      await redis.scriptLoad(echo.source);
    }
  });

  it('41: many at once while the scripts are flushed', async () => {
    const count = redis.script('return redis.call("INCR", KEYS[1])', { keys: 1 });
    const calls = Array.from({ length: 500 }, async (_, i) => {
      if (i % 50 === 0) await redis.execute('SCRIPT', 'FLUSH');
      return count('n');
    });
    await Promise.all(calls);
    expect(await redis.get('n')).toBe('500');
  });

  it('39: the key prefix is for keys, not for arguments', async () => {
    const redis2 = redis.with({ keyPrefix: 'p:' });
    const both = redis2.script('return {KEYS[1], ARGV[1]}', { keys: 1 });
    expect(await both('k', 'a')).toEqual(['p:k', 'a']);
    expect(await both('k', 'a')).toEqual(['p:k', 'a']);
  });

  it('errors of scripts, and wrong calls', async () => {
    const fail = redis.script('return redis.error_reply("MINE went wrong")', { keys: 0 });
    await expect(fail()).rejects.toMatchObject({ code: 'REPLY', prefix: 'MINE' });
    await expect(redis.script('return 1', { keys: 2 })('only one')).rejects.toMatchObject({ code: 'ARGUMENT' });
    expect(() => redis.script('return 1', { keys: -1 })).toThrow(/keys/);
    expect(() => redis.script('return 1', {} as never)).toThrow(/keys/);
    expect(() => redis.script('return 1', { keys: 0, readOnly: 'yes' } as never)).toThrow(/readOnly/);
    expect(() => redis.script('return 1', { keys: 0, readonly: true } as never)).toThrow(/readonly/);
  });
});

describe('scan iterators and prefixes', () => {
  it('give everything', async () => {
    await using redis = createRedis(server.url);
    await redis.flushall();
    const names = Array.from({ length: 300 }, (_, i) => `k${i}`);
    await redis.mset(Object.fromEntries(names.map((name) => [name, 'v'])));
    await redis.sadd('other:set', ...names);
    await redis.hset('other:hash', Object.fromEntries(names.map((name) => [name, 'v'])));
    await redis.zadd(
      'other:zset',
      names.map((member, score) => ({ member, score })),
    );
    const keys = await collect(redis.scanIterator({ match: 'k*', count: 10 }));
    expect(new Set(keys)).toEqual(new Set(names));
    expect(new Set(await collect(redis.sscanIterator('other:set')))).toEqual(new Set(names));
    expect(new Set((await collect(redis.hscanIterator('other:hash'))).map(({ field }) => field))).toEqual(
      new Set(names),
    );
    const scored = await collect(redis.zscanIterator('other:zset'));
    expect(scored.every(({ member, score }) => member === `k${score}`)).toBe(true);
  });

  it('the key prefix is put before keys and taken off where keys come back', async () => {
    await using all = createRedis(server.url);
    await all.flushall();
    await using redis = createRedis(server.url, { keyPrefix: 'app[1]:' });
    await redis.mset({ a: 1, b: 2 });
    await all.set('app1:c', 'looks like it, as a pattern');
    expect((await all.keys('*')).sort()).toEqual(['app1:c', 'app[1]:a', 'app[1]:b']);
    expect((await redis.keys('*')).sort()).toEqual(['a', 'b']);
    expect((await collect(redis.scanIterator())).sort()).toEqual(['a', 'b']);
    expect(await collect(redis.scanIterator({ match: 'b*' }))).toEqual(['b']);
    expect(await redis.mget('a', 'b')).toEqual(['1', '2']);
    await redis.rpush('list', 'x');
    expect(await redis.blpop('list', 1)).toEqual({ key: 'list', element: 'x' });
    await redis.transaction('a', async (s) => {
      expect(await s.get('a')).toBe('1');
      return [];
    });
    expect(await redis.del('a', 'b')).toBe(2);
    expect(await all.keys('*')).toEqual(['app1:c']);
  });

  it('monitor shows what others do', async () => {
    await using redis = createRedis(server.url);
    const watched = redis.monitor();
    const first = watched.next();
    const connections = async (): Promise<boolean> => (await redis.clientList()).includes('cmd=monitor');
    while (!(await connections())) await new Promise(setImmediate);
    await redis.set('who', 'me');
    let shown = await first;
    while (shown.value?.args[0] !== 'SET') shown = await watched.next();
    expect(shown.value).toMatchObject({ db: 0, args: ['SET', 'who', 'me'] });
    await watched.return();
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
