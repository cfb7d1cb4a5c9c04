import { readFileSync } from 'node:fs';
import type { RedisAddress } from '@kv/redis';
import { ownPackage } from '../../run/own-packages.ts';
import type { OpenOptions } from '../../suite.ts';
import type { RedisClient } from './redis-client.ts';

/** This repository's client, as built. Written out per case so that every call is a plain method call. */
export async function open(options: OpenOptions): Promise<RedisClient> {
  const { createRedis } = await ownPackage('redis', options.checkout);
  const redis = createRedis(address(options), options.cache ? { cache: {} } : {});
  await redis.connect();
  const view = options.cache ? redis.cached() : options.bytes ? redis.with({ bytes: true }) : redis;
  return {
    get: (key) => view.get(key),
    set: (key, value) => view.set(key, value),
    mget: (keys) => view.mget(keys),
    lrange: (key, start, stop) => view.lrange(key, start, stop),
    hgetall: (key) => view.hgetall(key),
    zrangeWithScores: (key) => view.zrange(key, 0, -1, { withscores: true }),
    xrange: (key, count) => view.xrange(key, '-', '+', { count }),
    xread: (key, count) => view.xread({ [key]: '0' }, { count }),
    pipeline: (keys) => {
      const pipeline = redis.pipeline();
      for (const key of keys) void pipeline.get(key);
      return pipeline.execute();
    },
    multi: (keys) => {
      const multi = redis.multi();
      for (const key of keys) void multi.get(key);
      return multi.execute();
    },
    subscribe: async (channels, arrived) => {
      const subscription = await redis.subscribe(channels);
      subscription.on('message', ({ channel }) => arrived(channel));
    },
    publish: (channel, message) => redis.publish(channel, message),
    close: () => redis.close(),
  };
}

function address({ host, port, path, caFile, cluster }: OpenOptions): RedisAddress {
  if (path !== undefined) return { path };
  if (caFile !== undefined) return { host, port, tls: { ca: readFileSync(caFile, 'utf8') } };
  return cluster ? { cluster: [{ host, port }] } : `redis://${host}:${port}`;
}
