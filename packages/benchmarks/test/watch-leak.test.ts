import { createRedis, type RedisSession } from '@kv/redis';
import { startRedis } from '@kv/testkit/redis-server';
import { expect, test } from 'vitest';
import { compareWatch } from '../src/comparison/watch-leak.ts';

function write(session: RedisSession, key: string, value: string): Promise<unknown> {
  const transaction = session.multi();
  void transaction.set(key, value);
  return transaction.execute();
}

test('WATCH on a shared connection leaks in ioredis and node-redis', async () => {
  const leaks = await compareWatch();
  expect(leaks.map(({ client }) => client)).toEqual(['ioredis', 'node-redis']);
  for (const leak of leaks) expect(leak.lostUpdate || leak.falseConflict).toBe(true);
});

test('it cannot leak here: the shared client has no WATCH, and sessions do not share a connection', async () => {
  await using server = await startRedis();
  await using redis = createRedis(server.url);
  expect('watch' in redis).toBe(false);
  await expect(redis.execute('WATCH', 'a')).rejects.toMatchObject({ code: 'ARGUMENT' });

  await using a = await redis.session();
  await using b = await redis.session();
  await a.watch('a');
  await a.get('a');
  await b.watch('b');
  await write(b, 'b', 'from B');
  await redis.set('a', 'from somebody else');
  await expect(write(a, 'a', 'from A, stale')).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await redis.get('a')).toBe('from somebody else');

  await a.watch('c');
  await b.watch('d');
  await redis.set('c', 'changed');
  await write(b, 'd', 'nobody touched it');
  expect(await redis.get('d')).toBe('nobody touched it');
});
