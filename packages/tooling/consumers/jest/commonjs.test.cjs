const { startEmbedded } = require('@kv/embedded');
const { createRedis } = require('@kv/redis');

test('a server that the test started answers over TCP', async () => {
  const servers = await startEmbedded({ redis: { port: 0 } });
  const redis = createRedis(servers.redis.url);
  await redis.set('a', '1');
  expect(await redis.get('a')).toBe('1');
  await redis.close();
  await servers.close();
});

test('an entry expires when the test moves the clock of the server', async () => {
  const servers = await startEmbedded({ redis: true });
  const redis = createRedis(servers.redis.address);
  await redis.set('a', '1', { ex: 60 });
  servers.advance(61_000);
  expect(await redis.get('a')).toBeNull();
  await redis.close();
  await servers.close();
});
