import { startEmbedded } from '@kv/embedded';
import { createGibson } from '@kv/gibson';
import { createRedis } from '@kv/redis';
import { createSsdb } from '@kv/ssdb';

const { jest } = import.meta; // not a global in modules
const clients = { createRedis, createSsdb, createGibson };

afterEach(() => jest.useRealTimers());

describe.each(Object.entries(clients))('%s, imported', (_name, create) => {
  test('speaks to a server inside the process', async () => {
    const client = create('embedded:');
    await client.set('a', '1');
    expect(await client.get('a')).toBe('1');
    await client.close();
  });
});

test('a server that the test started answers over TCP', async () => {
  const servers = await startEmbedded({ redis: { port: 0 } });
  const redis = createRedis(servers.redis.url);
  await redis.set('a', '1');
  expect(await redis.get('a')).toBe('1');
  await redis.close();
  await servers.close();
});

test('clients and servers work while the clock of the test is faked, and entries expire by it', async () => {
  jest.useFakeTimers();
  const servers = await startEmbedded({ redis: { port: 0 } });
  for (const address of ['embedded:', servers.redis.address, servers.redis.url]) {
    const redis = createRedis(address);
    await redis.set('a', '1', { ex: 60 });
    expect(await redis.get('a')).toBe('1');
    jest.advanceTimersByTime(61_000);
    expect(await redis.get('a')).toBeNull();
    await redis.close();
  }
  await servers.close();
});
