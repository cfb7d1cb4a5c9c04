import type { ClientUnderTest } from '../../suite.ts';
import { runRedisBenchmark } from './redis-benchmark.ts';
import type { RedisClient } from './redis-client.ts';
import type { RedisWorkload } from './workloads.ts';

/** All clients, in the order of the table. A client's module is loaded in its own process only. */
export const clients: readonly ClientUnderTest<RedisClient, RedisWorkload>[] = [
  {
    name: 'kv',
    title: '@kv/redis',
    package: '@kv/redis',
    runtime: 'node',
    open: async (options) => (await import('./kv.ts')).open(options),
  },
  {
    name: 'ioredis',
    title: 'ioredis, auto-pipelining',
    package: 'ioredis',
    runtime: 'node',
    open: async (options) => (await import('./ioredis.ts')).open(options),
  },
  {
    name: 'ioredis-plain',
    title: 'ioredis',
    package: 'ioredis',
    runtime: 'node',
    open: async (options) => (await import('./ioredis.ts')).openPlain(options),
  },
  {
    name: 'node-redis',
    title: 'node-redis',
    package: 'redis',
    runtime: 'node',
    open: async (options) => (await import('./node-redis.ts')).open(options),
  },
  {
    name: 'glide',
    title: 'valkey-glide',
    package: '@valkey/valkey-glide',
    runtime: 'node',
    open: async (options) => (await import('./glide.ts')).open(options),
  },
  {
    name: 'bun',
    title: 'Bun built-in',
    runtime: 'bun',
    open: async (options) => (await import('./bun.ts')).open(options),
  },
  { name: 'c', title: 'redis-benchmark (C)', runtime: 'native', runNative: runRedisBenchmark },
];
