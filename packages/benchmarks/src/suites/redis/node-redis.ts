import { readFileSync } from 'node:fs';
import { createClient, createCluster, RESP_TYPES, type RedisClientOptions } from 'redis';
import type { OpenOptions } from '../../suite.ts';
import { type RedisClient, readsOnly } from './redis-client.ts';

/** node-redis, which pipelines by itself. */
export async function open(options: OpenOptions): Promise<RedisClient> {
  if (options.cluster) return openCluster(options);
  if (options.cache) return openCached(options);
  const redis = createClient({ socket: socket(options) });
  redis.on('error', () => {}); // without a listener an error would end the process; calls reject anyway
  await redis.connect();
  const binary = redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  return {
    get: options.bytes ? (key) => binary.get(key) : (key) => redis.get(key),
    set: (key, value) => redis.set(key, value),
    mget: (keys) => redis.mGet(keys),
    lrange: (key, start, stop) => redis.lRange(key, start, stop),
    hgetall: (key) => redis.hGetAll(key),
    zrangeWithScores: (key) => redis.zRangeWithScores(key, 0, -1),
    xrange: (key, count) => redis.xRange(key, '-', '+', { COUNT: count }),
    xread: (key, count) => redis.xRead({ key, id: '0' }, { COUNT: count }),
    pipeline: (keys) => {
      const multi = redis.multi();
      for (const key of keys) multi.get(key);
      return multi.execAsPipeline();
    },
    multi: (keys) => {
      const multi = redis.multi();
      for (const key of keys) multi.get(key);
      return multi.exec();
    },
    subscribe: async (channels, arrived) => {
      const subscriber = redis.duplicate();
      subscriber.on('error', () => {});
      await subscriber.connect();
      await subscriber.subscribe(channels, (_message, channel) => arrived(channel));
    },
    publish: (channel, message) => redis.publish(channel, message),
    close: () => redis.destroy(),
  };
}

function socket({ host, port, path, caFile }: OpenOptions): NonNullable<RedisClientOptions['socket']> {
  if (path !== undefined) return { path, tls: false };
  return caFile === undefined ? { host, port } : { host, port, tls: true, ca: readFileSync(caFile) };
}

async function openCluster({ host, port }: OpenOptions): Promise<RedisClient> {
  const cluster = createCluster({ rootNodes: [{ socket: { host, port } }] });
  cluster.on('error', () => {});
  await cluster.connect();
  return readsOnly({
    get: (key) => cluster.get(key),
    set: (key, value) => cluster.set(key, value),
    close: () => cluster.destroy(),
  });
}

async function openCached(options: OpenOptions): Promise<RedisClient> {
  const clientSideCache = { ttl: 0, maxEntries: 0, evictPolicy: 'LRU' } as const;
  const redis = createClient({ socket: socket(options), RESP: 3, clientSideCache });
  redis.on('error', () => {});
  await redis.connect();
  return readsOnly({
    get: (key) => redis.get(key),
    set: (key, value) => redis.set(key, value),
    close: () => redis.destroy(),
  });
}
