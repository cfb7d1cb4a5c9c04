import { createRedis } from '@kv/redis';
import type { OpenOptions } from '../../suite.ts';
import type { RedisClient } from './redis-client.ts';

/** This repository's client, as built. Written out per case so that every call is a plain method call. */
export async function open({ host, port, bytes }: OpenOptions): Promise<RedisClient> {
  const redis = createRedis(`redis://${host}:${port}`);
  await redis.connect();
  const view = bytes ? redis.with({ bytes: true }) : redis;
  return {
    get: (key) => view.get(key),
    set: (key, value) => view.set(key, value),
    mget: (keys) => view.mget(keys),
    lrange: (key, start, stop) => view.lrange(key, start, stop),
    hgetall: (key) => view.hgetall(key),
    close: () => redis.close(),
  };
}
