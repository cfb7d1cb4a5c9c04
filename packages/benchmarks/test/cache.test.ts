import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRedis } from '@kv/redis';
import { startRedis } from '@kv/testkit/redis-server';
import { expect, test } from 'vitest';
import { compareReads, measureMemory, openContenders } from '../src/comparison/cache.ts';

test('hits are cheaper than reads that are sent, and than those of node-redis', async () => {
  await using server = await startRedis();
  const contenders = await openContenders(server);
  const keys = Array.from({ length: 200 }, (_, i) => `k${i}`);
  await compareReads(contenders, () => keys, { rounds: 4, inFlight: 1 });
  const [plain, cached, , other] = await compareReads(contenders, () => keys, { rounds: 20, inFlight: 1 });
  for (const { close } of contenders) await close();
  expect(plain?.cpu).toBeGreaterThan((cached?.cpu ?? Number.NaN) * 5);
  expect(other?.cpu).toBeGreaterThan((cached?.cpu ?? Number.NaN) * 1.5);
});

test('what a cache says of its memory is what the process has more, and its bound holds [#201]', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await using server = await startRedis();
  const maxBytes = 30_000_000;
  const { entries, said, measured } = await measureMemory(server, { maxBytes, count: 150_000, length: 100 }, collect);
  expect(entries).toBeGreaterThan(60_000);
  expect(said).toBeLessThanOrEqual(maxBytes);
  expect(measured / said).toBeGreaterThan(0.9);
  expect(measured / said).toBeLessThan(1.1);
}, 60_000);

test('what keys and arguments were cut out of is not kept in memory with them [#201]', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await using server = await startRedis();
  await using redis = createRedis(server.url, { cache: {} });
  const cached = redis.cached();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 300; i++) {
    const page = `a long key, ${i}; a long field, ${i};${'x'.repeat(200_000)}`;
    const [key = '', field = ''] = page.split(';', 2);
    await Promise.all([cached.get(key), cached.hget('hash', field)]);
  }
  collect();
  expect(redis.stats().cache?.entries).toBe(600);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000); // of 60 MB
});
