import { Redis } from 'ioredis';
import type { OpenOptions } from '../../suite.ts';
import type { RedisClient } from './redis-client.ts';

async function connect({ host, port, bytes }: OpenOptions, enableAutoPipelining: boolean): Promise<RedisClient> {
  const redis = new Redis({ host, port, enableAutoPipelining, lazyConnect: true });
  await redis.connect();
  return {
    get: bytes ? (key) => redis.getBuffer(key) : (key) => redis.get(key),
    set: (key, value) => redis.set(key, value),
    mget: (keys) => redis.mget(keys),
    lrange: (key, start, stop) => redis.lrange(key, start, stop),
    hgetall: (key) => redis.hgetall(key),
    close: () => redis.disconnect(),
  };
}

/** ioredis with its automatic pipelining. */
export function open(target: OpenOptions): Promise<RedisClient> {
  return connect(target, true);
}

/** ioredis as it is by default. */
export function openPlain(target: OpenOptions): Promise<RedisClient> {
  return connect(target, false);
}
