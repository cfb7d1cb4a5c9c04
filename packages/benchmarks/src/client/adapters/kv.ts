import { createRedis } from '@kv/redis';
import type { BenchClient, Target } from './adapter.ts';

/** This repository's client, as built. Written out per case so that every call is a plain method call. */
export async function open({ host, port, bytes }: Target): Promise<BenchClient> {
  const redis = createRedis(`redis://${host}:${port}`);
  await redis.connect();
  const view = bytes ? redis.with({ bytes: true }) : redis;
  return {
    get: (key) => view.get(key),
    set: (key, value) => view.set(key, value),
    mget: (keys) => view.mget(keys),
    lrange: (key, start, stop) => view.lrange(key, start, stop),
    hgetall: (key) => view.execute('HGETALL', key),
    close: () => redis.close(),
  };
}
