import { Redis } from 'ioredis';
import type { BenchClient, Target } from './adapter.ts';

async function connect({ host, port, bytes }: Target, enableAutoPipelining: boolean): Promise<BenchClient> {
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
export function open(target: Target): Promise<BenchClient> {
  return connect(target, true);
}

/** ioredis as it is by default. */
export function openPlain(target: Target): Promise<BenchClient> {
  return connect(target, false);
}
