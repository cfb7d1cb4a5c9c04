/** Typed commands on a real server: what recorded replies cannot show. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { get } from '../src/commands/index.ts';
import { createConnection, createPool, createRedis, type KvError, Redis } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe.each([2, 3] as const)('commands in RESP%i', (protocol) => {
  let redis: Redis;
  beforeEach(() => {
    redis = createRedis(server.url, { protocol });
    return async () => {
      await redis.flushall();
      await redis.close();
    };
  });

  it('lists and pairs may be written in every form', async () => {
    expect(await redis.mset({ a: 1, b: 2 })).toBe('OK');
    expect(await redis.mset('c', 3, 'd', 4)).toBe('OK');
    expect(await redis.mset(new Map([['e', 5]]))).toBe('OK');
    expect(await redis.mget('a', 'b')).toEqual(['1', '2']);
    expect(await redis.mget(['c', 'd'], 'e', 'nope')).toEqual(['3', '4', '5', null]);
    expect(await redis.hset('h', { f: 1, g: 2 })).toBe(2);
    expect(await redis.hset('h', 'f', 1)).toBe(0);
    expect(await redis.hmget('h', ['g', 'x'])).toEqual(['2', null]);
    expect(await redis.del('a')).toBe(1);
    expect(await redis.del('b', 'c')).toBe(2);
    expect(await redis.del(['d', 'e', 'nope'])).toBe(2);
  });

  it('counters beyond 2^53 stay exact', async () => {
    await redis.set('n', 9007199254740992n);
    expect(await redis.incr('n')).toBe(9007199254740993n);
    expect(await redis.incrby('n', -9007199254740992n)).toBe(1);
    expect(await redis.incrby('n', 1)).toBe(2);
  });

  it('a class of users is what clients and their views are', async () => {
    class MyRedis extends Redis {
      getTwice(key: string): Promise<(string | null)[]> {
        return Promise.all([this.get(key), this.get(key)]);
      }
    }
    await using mine = createRedis(server.url, { protocol, client: MyRedis, keyPrefix: 'p:' });
    await mine.set('a', 1);
    expect(await mine.getTwice('a')).toEqual(['1', '1']);
    const view = mine.with({ keyPrefix: '' });
    expect(await view.getTwice('a')).toEqual([null, null]);
    expect(await view.getTwice('p:a')).toEqual(['1', '1']);
    const bytes = mine.with({ bytes: true });
    expect([bytes instanceof MyRedis, bytes.bytes, mine.bytes]).toEqual([true, true, false]);
    expect(await bytes.get('a')).toEqual(Uint8Array.of(49));
    await mine.close();
    expect(view.state).toBe('closed');
    expect(() => createRedis(server.url, { client: 'MyRedis' as never })).toThrow(
      expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(/client/) }),
    );
  });

  it('names from users are only names', async () => {
    await redis.hset('h', [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    const all = await redis.hgetall('h');
    expect(Object.getPrototypeOf(all)).toBeNull();
    expect(Object.keys(all).sort()).toEqual(['__proto__', 'constructor']);
  });

  it('bytes are where the data are, text is everywhere else', async () => {
    const raw = redis.with({ bytes: true });
    const value = new Uint8Array([0, 255, 13, 10]);
    await raw.hset('h', 'field', value);
    expect(Object.entries(await raw.hgetall('h'))).toEqual([['field', value]]);
    expect(await raw.hkeys('h')).toEqual(['field']);
    expect((await raw.hscan('h', 0)).entries).toEqual([{ field: 'field', value }]);
    expect(await raw.type('h')).toBe('hash');
    expect(await raw.configGet('maxmemory')).toEqual({ maxmemory: '0' });
    expect((await raw.slowlogGet()).length).toBeGreaterThanOrEqual(0);
    expect((await raw.role()).role).toBe('master');
    expect(await raw.info('server')).toContain('redis_version');
  });

  it('DUMP is bytes on any client, and RESTORE takes it back', async () => {
    const value = Uint8Array.from({ length: 256 }, (_, i) => i);
    await redis.set('k', value);
    const payload = await redis.dump('k');
    expect(payload).toBeInstanceOf(Uint8Array);
    expect(await redis.with({ bytes: false }).dump('k')).toEqual(payload);
    expect(await redis.restore('copy', 0, payload as Uint8Array)).toBe('OK');
    expect(await redis.with({ bytes: true }).get('copy')).toEqual(value);
  });

  it('what is no command is refused, not thrown, and nothing is sent', async () => {
    const refused = {
      code: 'ARGUMENT',
      outcome: 'notSent',
      message: expect.stringMatching(/^commands?(\[1\])?: expected/),
    };
    for (const wrong of [undefined, 'get', get, {}] as never[]) {
      await expect(redis.send(wrong)).rejects.toMatchObject(refused);
      await expect(redis.sendAll([get('k'), wrong])).rejects.toMatchObject(refused);
    }
    await expect(redis.sendAll(undefined as never)).rejects.toMatchObject(refused);
    for (const batch of [redis.pipeline(), redis.multi()]) {
      const good = batch.set('unsent', 1);
      await expect(batch.send(get as never)).rejects.toMatchObject(refused);
      await expect(batch.execute()).rejects.toMatchObject(refused);
      await expect(good).rejects.toMatchObject(refused);
    }
    expect(await redis.exists('unsent')).toBe(0);
    await expect(redis.transaction(['k'], () => Promise.resolve('x' as never))).rejects.toMatchObject({
      code: 'ARGUMENT',
    });
  });

  it('a wrong argument rejects, sends nothing, and does not throw', async () => {
    const before = await redis.info('commandstats');
    const calls = [
      redis.get(undefined as unknown as string),
      redis.set('k', {} as string),
      redis.set('k', 'v', { ex: 1, px: 1 } as never),
      redis.del(),
      redis.expire('k', Number.NaN),
      redis.mset('k' as never),
    ];
    const errors = await Promise.all(calls.map((call) => call.then(String, (error: { code: string }) => error.code)));
    expect(errors).toEqual(calls.map(() => 'ARGUMENT'));
    const sent = (text: string): string[] =>
      text.split('\n').filter((line) => /cmdstat_(get|set|del|expire|mset):/.test(line));
    expect(sent(await redis.info('commandstats'))).toEqual(sent(before));
  });

  it('SORT, SCAN and life times', async () => {
    await redis.mset({ 'w:1': 3, 'w:2': 1, 'n:1': 'one' });
    await redis.rpush('l', 1, 2);
    expect(await redis.sort('l', { by: 'w:*', get: ['#', 'n:*'] })).toEqual(['2', null, '1', 'one']);
    expect(await redis.sort('l', { desc: true, store: 'sorted' })).toBe(2);
    const page = await redis.scan(0, { match: 'w:*', count: 1000, type: 'string' });
    expect([page.cursor, page.keys.sort()]).toEqual(['0', ['w:1', 'w:2']]);
    expect(await redis.expire('l', 100)).toBe(true);
    expect(await redis.expire('l', 50, { gt: true })).toBe(false);
    expect(await redis.persist('l')).toBe(true);
    expect([await redis.ttl('l'), await redis.ttl('nope')]).toEqual([-1, -2]);
  });

  it('a session has the commands that change its connection, and gives it back clean', async () => {
    await using session = await redis.session();
    expect(await session.clientSetname('mine')).toBe('OK');
    expect(await session.clientGetname()).toBe('mine');
    expect(await session.select(1)).toBe('OK');
    await session.set('in-1', 'x');
    expect(await session.wait(0, 10)).toBe(0);
    expect((await session.hello()).proto).toBe(protocol);
    expect(await session.clientNoEvict(true)).toBe('OK');
    expect(await redis.exists('in-1')).toBe(0);
    await session.release();
    await using again = await redis.session();
    expect([await again.clientGetname(), await again.dbsize()]).toEqual([null, 0]);
  });

  it.each([
    ['select', 1],
    ['auth', 'x'],
    ['client', 'setname', 'x'],
    ['wait', 1, 0],
    ['hello', 3],
  ])('a shared client refuses %s, and says what to use', async (name, ...args) => {
    const call = redis.execute(name as string, ...args);
    await expect(call).rejects.toMatchObject({ code: 'ARGUMENT', message: expect.stringContaining('shared') });
  });

  it('what cannot be sent is refused with what there is instead', async () => {
    await using connection = await createConnection(server.url, { protocol });
    await using pool = await createPool(server.url, { protocol });
    await using session = await redis.session();
    await using lease = await pool.acquire();
    const state = ['MULTI', 'WATCH k', 'UNWATCH', 'SELECT 1', 'CLIENT SETNAME x', 'WAIT 1 0'];
    for (const line of [redis, pool, session, lease, connection]) {
      for (const name of ['MONITOR', 'SUBSCRIBE c', ...(line === redis || line === pool ? state : [])]) {
        const call = line.execute(...(name.split(' ') as [string]));
        const { code, message } = (await call.then(String, (error: KvError) => error)) as KvError;
        const [, methods = '', ofClient] = /use (.*?)( of a client)?\)?$/.exec(message) ?? [];
        const owner = ofClient === undefined ? line : redis;
        const missing = [...methods.matchAll(/(\w+)\(\)/g)].filter(([, method = '']) => !(method in owner));
        expect([name, code, methods === '', missing]).toEqual([name, 'ARGUMENT', false, []]);
      }
    }
    for (const mine of [session, lease]) await expect(mine.execute('QUIT')).rejects.toThrow('release()');
  });

  it('what only waits does not cost a cleaning', async () => {
    const session = await redis.session();
    await session.wait(0, 10);
    await session.execute('WAIT', 0, 10);
    await redis.configResetstat();
    await session.release();
    expect(await redis.info('commandstats')).not.toContain('cmdstat_reset');
  });

  it('what the server says about itself', async () => {
    const { seconds, microseconds } = await redis.time();
    expect([seconds >= (await redis.lastsave()), microseconds < 1_000_000]).toEqual([true, true]);
    expect(await redis.memoryUsage('nope')).toBeNull();
    expect((await redis.memoryStats())['peak.allocated']).toEqual(expect.any(Number));
    const [info] = await redis.commandInfo('get');
    expect(info).toMatchObject({ name: 'get', arity: 2, firstKey: 1 });
    expect((await redis.commandDocs('get')).get('get')).toMatchObject({ since: '1.0.0' });
    expect(await redis.commandGetkeys('mset', 'a', 1, 'b', 2)).toEqual(['a', 'b']);
    expect(await redis.aclWhoami()).toBe('default');
    expect((await redis.aclGetuser('default'))?.flags).toContain('on');
    expect(await redis.objectEncoding('nope')).toBeNull();
    expect((await redis.latencyHistogram('info')) instanceof Map).toBe(true);
  });
});
