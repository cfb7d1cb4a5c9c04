import { createRedis, type Redis } from '@kv/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkModel } from '../src/model.ts';
import { type RedisServer, startRedis } from '../src/redis-server.ts';
import { enough, scale } from './model-scale.ts';
import { proxiedDriver } from './proxied-session.ts';
import { redisBackends } from './redis-driver.ts';

let server: RedisServer;
let direct: Redis;

beforeAll(async () => {
  server = await startRedis();
  direct = createRedis(server.url, { timeout: 60_000 });
});

afterAll(async () => {
  await direct.close();
  await server.stop();
});

/** One line carries all: without more disturbances a plan would see only a few connections. */
const busier = { ...scale, disturbance: 0.008, faults: { ...scale.faults, healthy: 0.15, within: 1500 } };

// Every promise settles, no reply goes astray, nothing runs twice.
test('pain 1, pain 2, pain 4: Redis: 200,000 operations with transactions under 2,000 faults keep every promise', async () => {
  const report = await checkModel(proxiedDriver(redisBackends(server, direct)), busier);
  expect(report).toMatchObject({ plans: scale.plans });
  expect(report.operations).toBeGreaterThanOrEqual(enough.operations);
  expect(report.faults).toBeGreaterThanOrEqual(enough.faults);
  expect(['done', 'notSent', 'unknown']).toEqual(expect.arrayContaining(Object.keys(report.endings)));
  expect(report.endings['done']).toBeGreaterThan(report.operations / 4);
}, 400_000);
