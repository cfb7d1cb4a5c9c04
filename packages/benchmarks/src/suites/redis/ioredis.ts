import { readFileSync } from 'node:fs';
import { Cluster, Redis } from 'ioredis';
import type { OpenOptions } from '../../suite.ts';
import { type RedisClient, readsOnly } from './redis-client.ts';

interface Tcp {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly ca: Buffer };
}

async function connect(options: OpenOptions, enableAutoPipelining: boolean): Promise<RedisClient> {
  if (options.cache) throw new Error('ioredis has no cache');
  if (options.cluster) return openCluster(options, enableAutoPipelining);
  const redis = new Redis({ ...place(options), enableAutoPipelining, lazyConnect: true });
  await redis.connect();
  return {
    get: options.bytes ? (key) => redis.getBuffer(key) : (key) => redis.get(key),
    set: (key, value) => redis.set(key, value),
    mget: (keys) => redis.mget(keys),
    lrange: (key, start, stop) => redis.lrange(key, start, stop),
    hgetall: (key) => redis.hgetall(key),
    zrangeWithScores: (key) => redis.zrange(key, '0', '-1', 'WITHSCORES'),
    xrange: (key, count) => redis.xrange(key, '-', '+', 'COUNT', count),
    xread: (key, count) => redis.xread('COUNT', count, 'STREAMS', key, '0'),
    pipeline: (keys) => {
      const pipeline = redis.pipeline();
      for (const key of keys) pipeline.get(key);
      return pipeline.exec();
    },
    multi: (keys) => {
      const multi = redis.multi();
      for (const key of keys) multi.get(key);
      return multi.exec();
    },
    subscribe: async (channels, arrived) => {
      const subscriber = redis.duplicate();
      await subscriber.subscribe(...channels);
      subscriber.on('message', (channel) => arrived(channel));
    },
    publish: (channel, message) => redis.publish(channel, message),
    close: () => redis.disconnect(),
  };
}

function place({ host, port, path, caFile }: OpenOptions): { path: string } | Tcp {
  if (path !== undefined) return { path };
  return caFile === undefined ? { host, port } : { host, port, tls: { ca: readFileSync(caFile) } };
}

async function openCluster({ host, port }: OpenOptions, enableAutoPipelining: boolean): Promise<RedisClient> {
  const cluster = new Cluster([{ host, port }], { enableAutoPipelining, lazyConnect: true });
  await cluster.connect();
  return readsOnly({
    get: (key) => cluster.get(key),
    set: (key, value) => cluster.set(key, value),
    close: () => cluster.disconnect(),
  });
}

/** ioredis with its automatic pipelining. */
export function open(target: OpenOptions): Promise<RedisClient> {
  return connect(target, true);
}

/** ioredis as it is by default. */
export function openPlain(target: OpenOptions): Promise<RedisClient> {
  return connect(target, false);
}
