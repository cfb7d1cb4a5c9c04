import type { OpenOptions } from '../../suite.ts';
import type { RedisClient } from './redis-client.ts';

/** The part of Bun's built-in client that is used, https://bun.sh/docs/api/redis */
interface BunRedis {
  connect(): Promise<void>;
  get(key: string): Promise<unknown>;
  getBuffer(key: string): Promise<unknown>;
  set(key: string, value: string | Buffer): Promise<unknown>;
  mget(...keys: string[]): Promise<unknown>;
  send(command: string, args: string[]): Promise<unknown>;
  close(): void;
}

/** Bun's built-in client; runs in a Bun process only. */
export async function open({ host, port, bytes }: OpenOptions): Promise<RedisClient> {
  const { Bun } = globalThis as unknown as { Bun: { RedisClient: new (url: string) => BunRedis } };
  const redis = new Bun.RedisClient(`redis://${host}:${port}`);
  await redis.connect();
  return {
    get: bytes ? (key) => redis.getBuffer(key) : (key) => redis.get(key),
    set: (key, value) => redis.set(key, value),
    mget: (keys) => redis.mget(...keys),
    lrange: (key, start, stop) => redis.send('LRANGE', [key, String(start), String(stop)]),
    hgetall: (key) => redis.send('HGETALL', [key]),
    close: () => redis.close(),
  };
}
