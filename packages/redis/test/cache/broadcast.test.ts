/** The cache in broadcast mode: the server remembers nothing, and tells of every write to keys with the prefixes. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { heard, openPair, until } from './support.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

test('keys with a prefix are kept until somebody writes them, without CLIENT CACHING [#206]', async () => {
  await using pair = await openPair(server, { cache: { mode: 'broadcast', prefixes: ['user:', 'item:'] } });
  const { redis, cached, other } = pair;
  await other.mset({ 'user:1': 'a', 'item:1': 'b', 'other:1': 'c' });
  await heard(redis);
  await other.configResetstat();
  for (let i = 0; i < 2; i++)
    expect([await cached.get('user:1'), await cached.get('item:1'), await cached.get('other:1')]).toEqual([
      'a',
      'b',
      'c',
    ]);
  expect(await cached.mget('user:1', 'other:1')).toEqual(['a', 'c']);
  expect(await cached.mget('user:1', 'other:1')).toEqual(['a', 'c']);
  expect(await other.info('commandstats')).not.toContain('client|caching');
  expect(redis.stats().cache).toMatchObject({ hits: 3, misses: 5, entries: 3 });
  await other.set('user:1', 'new');
  await heard(redis);
  await until(async () => (await cached.get('user:1')) === 'new');
  expect(await cached.get('item:1')).toBe('b');
});

test('the prefixes stand behind the key prefix of the client, and one that another covers is left out [#206]', async () => {
  await using pair = await openPair(server, {
    keyPrefix: 'app:',
    cache: { mode: 'broadcast', prefixes: ['user:', 'user:a'] },
  });
  const { redis, cached, other } = pair;
  expect(await other.clientList()).toContain('flags=tB');
  await cached.get('user:1');
  await cached.get('item:1');
  expect(redis.stats().cache).toMatchObject({ entries: 1, state: 'on' });
  await other.set('app:user:1', 'x');
  await until(async () => (await cached.get('user:1')) === 'x');
});

test('own writes, flushes and a lost connection end what is kept, as ever [#197] [#202] [#206]', async () => {
  await using pair = await openPair(server, { cache: { mode: 'broadcast' } });
  const { redis, cached, other } = pair;
  for (let i = 0; i < 100; i++) {
    await redis.set('k', i);
    expect(await cached.get('k')).toBe(String(i));
  }
  await other.flushall();
  await until(async () => (await cached.get('k')) === null);
  await cached.get('k');
  await other.clientKill({ id: await redis.clientId() });
  await until(() => redis.stats().cache?.entries === 0);
  await other.set('k', 'x');
  await until(async () => (await cached.get('k')) === 'x');
});

test('each write is one push, however often the key is read [#206]', async () => {
  await using pair = await openPair(server, { cache: { mode: 'broadcast' } });
  const { redis, cached, other } = pair;
  for (let i = 0; i < 5; i++) {
    await Promise.all([cached.get('k'), cached.strlen('k'), cached.getrange('k', 0, 1)]);
    await other.set('k', i);
    await heard(redis);
    await until(async () => (await cached.get('k')) === String(i));
  }
  expect(redis.stats().cache?.state).toBe('on');
});
