import { createClient, RESP_TYPES } from 'redis';
import type { OpenOptions } from '../../suite.ts';
import type { RedisClient } from './redis-client.ts';

/** node-redis, which pipelines by itself. */
export async function open({ host, port, bytes }: OpenOptions): Promise<RedisClient> {
  const redis = createClient({ socket: { host, port } });
  redis.on('error', () => {}); // without a listener an error would end the process; calls reject anyway
  await redis.connect();
  const binary = redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  return {
    get: bytes ? (key) => binary.get(key) : (key) => redis.get(key),
    set: (key, value) => redis.set(key, value),
    mget: (keys) => redis.mGet(keys),
    lrange: (key, start, stop) => redis.lRange(key, start, stop),
    hgetall: (key) => redis.hGetAll(key),
    close: () => redis.destroy(),
  };
}
