import { startEmbedded } from '@kv/embedded';
import { redisUnderTest } from '@kv/testkit';
import { type KeyValueBackend, keyValueSuite } from '@kv/testkit/key-value-suite';
import { describe, expect, test } from 'vitest';
import { createPool, createRedis, keyValue, type Redis } from '../src/index.ts';

function backend(redis: Redis): Omit<KeyValueBackend, 'close'> {
  const bytes = redis.with({ bytes: true });
  return { open: (prefix) => keyValue(redis, { prefix }), openBytes: (prefix) => keyValue(bytes, { prefix }) };
}

describe('on the embedded server', () => {
  keyValueSuite(async () => {
    const server = await startEmbedded({ redis: true, frozenAt: Date.now() });
    const redis = createRedis(server.redis.address);
    const close = async (): Promise<void> => {
      await redis.close();
      await server.close();
    };
    return { ...backend(redis), advance: (ms) => server.advance(ms), close };
  });
});

describe('with a prefix of the client, which is a pattern', () => {
  keyValueSuite(async () => {
    const server = await startEmbedded({ redis: true, frozenAt: Date.now() });
    const redis = createRedis(server.redis.address, { keyPrefix: '*[p]:' });
    const close = async (): Promise<void> => {
      await redis.close();
      await server.close();
    };
    return { ...backend(redis), advance: (ms) => server.advance(ms), close };
  });
});

describe.each([2, 3] as const)('on a real server, RESP%i', (protocol) => {
  keyValueSuite(async () => {
    const server = await redisUnderTest();
    const redis = createRedis(server.url, { protocol });
    const close = async (): Promise<void> => {
      await redis.close();
      await server.stop();
    };
    return { ...backend(redis), close };
  });
});

test('the capabilities', () => {
  const redis = createRedis('embedded:');
  expect(keyValue(redis, { prefix: 'ü:' }).capabilities).toEqual({
    ttlGrain: 1,
    ttlLateness: 1,
    maxTtl: Number.MAX_SAFE_INTEGER,
    orderedKeys: false,
    uniqueKeys: false,
    liveKeys: true,
    incrementSteps: 'any',
    emptyPrefix: true,
    emptyValues: true,
    atomicSetMany: 'always',
    exactCounts: true,
    maxKeyBytes: 512 * 1024 * 1024 - 3,
    forbiddenInKeys: [],
  });
});

test('pools, sessions and views will do, and what it stores is plain Redis', async () => {
  await using pool = await createPool('embedded:');
  const kv = keyValue(pool, { prefix: 'p:' });
  await kv.set('a', 1);
  await kv.setMany({ b: 2 }, { ttl: 1.5 });
  await using session = await pool.acquire();
  expect([await session.get('p:a'), await session.pttl('p:a')]).toEqual(['1', -1]);
  expect(await keyValue(session.with({ timeout: 1000 })).get('p:a')).toBe('1');
});

test('entries leave out what is no string, and keep keys that are not text', async () => {
  await using redis = createRedis('embedded:');
  await redis.lpush('a:list', 1);
  await redis.set(Uint8Array.of(0x61, 0x3a, 0xff), 'bytes');
  await redis.set('a:text', 'text');
  const values: string[] = [];
  for await (const [, value] of keyValue(redis).entries('a:')) values.push(value);
  expect(values.toSorted()).toEqual(['bytes', 'text']);
});

test('keys that are not text are cleared too', async () => {
  await using redis = createRedis('embedded:');
  await redis.set(Uint8Array.of(0x61, 0xff, 0xfe), 1);
  await redis.set(Uint8Array.of(0x61, 0xff), 1);
  expect(await keyValue(redis).clear('a')).toBe(2);
  expect(await keyValue(redis).clear('')).toBe(0);
});

test('setMany with a time is all or nothing, and a failure has the code of what failed', async () => {
  await using redis = createRedis('embedded:');
  await redis.lpush('list', 1);
  const kv = keyValue(redis);
  await expect(kv.increment('list')).rejects.toMatchObject({ code: 'REPLY', prefix: 'WRONGTYPE' });
  await using away = createRedis({ host: '127.0.0.1', port: 1 }, { timeout: 100 });
  await expect(keyValue(away).setMany({ a: 1 }, { ttl: 5 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  await expect(keyValue(away).expire('a', Number.POSITIVE_INFINITY)).rejects.toMatchObject({ code: 'TIMEOUT' });
});
