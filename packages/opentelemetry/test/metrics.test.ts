import { createRedis, type Redis } from '@kv/redis';
import { get } from '@kv/redis/commands';
import { createSsdb } from '@kv/ssdb';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Instrumented, instrument } from '../src/index.ts';
import { Telemetry } from './telemetry.ts';

const BOUNDARIES = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

let server: RedisServer;
let redis: Redis;
let telemetry: Telemetry;
let instrumented: Instrumented;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  telemetry = new Telemetry();
  instrumented = instrument({ ...telemetry.providers, requireParentSpan: true, batchCommands: true });
  redis = createRedis(server.url, { name: 'cache' });
});
afterEach(async () => {
  instrumented.disable();
  telemetry[Symbol.dispose]();
  await redis.close();
});

it('durations are counted in seconds per operation, server, database and error, with or without a span', async () => {
  await redis.set('text', 'secret');
  await redis.set('text', 'secret');
  await redis.incr('text').catch(() => undefined);
  const points = await telemetry.points('db.client.operation.duration');
  const common = {
    'db.system.name': 'redis',
    'db.namespace': '0',
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(server.url).port),
  };
  expect(points.map(({ attributes, value }) => [attributes, value.count])).toEqual([
    [{ ...common, 'db.operation.name': 'SET' }, 2],
    [{ ...common, 'db.operation.name': 'INCR', 'error.type': 'ERR', 'db.response.status_code': 'ERR' }, 1],
  ]);
  expect(points[0]?.value.buckets.boundaries).toEqual(BOUNDARIES);
  expect(telemetry.spans).toEqual([]);
});

it('a duration is that of the call, in seconds', async () => {
  await redis.blpop('nothing', 0.2);
  const [point] = await telemetry.points('db.client.operation.duration');
  expect(point?.value.min).toBeGreaterThan(0.15);
  expect(point?.value.max).toBeLessThan(30);
});

it('a batch counts as one operation, and its commands do not count again', async () => {
  await redis.sendAll([get('a'), get('b')]);
  const points = await telemetry.points('db.client.operation.duration');
  expect(points.map(({ attributes, value }) => [attributes['db.operation.name'], value.count])).toEqual([
    ['PIPELINE GET', 1],
  ]);
  expect(points[0]?.attributes).not.toHaveProperty(['db.operation.batch.size']);
});

it('a server on a socket has its path and no port, neither as an attribute without a value', async () => {
  await using local = await startRedis({ unixSocket: true });
  await using client = createRedis(local.url);
  await client.get('a');
  const [point] = await telemetry.points('db.client.operation.duration');
  expect(point?.attributes['server.address']).toBe(local.path);
  expect(Object.keys(point?.attributes ?? {})).not.toContain('server.port');
});

it('connections that were made are counted with the time that it took, by client', async () => {
  await redis.get('a');
  const ssdb = createSsdb('embedded:');
  await ssdb.get('a');
  await ssdb.close();
  const lonely = createRedis('redis://127.0.0.1:1', { backoff: () => undefined });
  await lonely.get('a').catch(() => undefined);
  await lonely.close();
  const points = await telemetry.points('db.client.connection.create_time');
  const seen = points.map(({ attributes }) => [
    attributes['db.client.connection.pool.name'],
    attributes['db.system.name'],
  ]);
  expect(seen).toEqual([
    ['cache', 'redis'],
    ['ssdb', 'ssdb'],
  ]);
  expect(points[0]?.value.buckets.boundaries).toEqual(BOUNDARIES);
});
