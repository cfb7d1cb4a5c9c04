import { readFileSync } from 'node:fs';
import type { OpenOptions } from '../../suite.ts';
import type { RedisClient } from './redis-client.ts';

/** The part of Bun's built-in client that is used, https://bun.sh/docs/api/redis */
interface BunRedis {
  connect(): Promise<void>;
  duplicate(): Promise<BunRedis>;
  get(key: string): Promise<unknown>;
  getBuffer(key: string): Promise<unknown>;
  set(key: string, value: string | Buffer): Promise<unknown>;
  mget(...keys: string[]): Promise<unknown>;
  send(command: string, args: readonly string[]): Promise<unknown>;
  subscribe(channels: string[], listener: (message: string, channel: string) => void): Promise<unknown>;
  publish(channel: string, message: string): Promise<unknown>;
  close(): void;
}

type BunOptions = { readonly tls?: { readonly ca: string } };

/** Bun's built-in client; runs in a Bun process only. */
export async function open(options: OpenOptions): Promise<RedisClient> {
  if (options.cache) throw new Error('Bun has no cache');
  if (options.cluster) throw new Error('Bun has no clusters');
  const { Bun } = globalThis as unknown as {
    Bun: { RedisClient: new (url: string, options?: BunOptions) => BunRedis };
  };
  const redis = new Bun.RedisClient(...place(options));
  await redis.connect();
  return {
    get: options.bytes ? (key) => redis.getBuffer(key) : (key) => redis.get(key),
    set: (key, value) => redis.set(key, value),
    mget: (keys) => redis.mget(...keys),
    lrange: (key, start, stop) => redis.send('LRANGE', [key, String(start), String(stop)]),
    hgetall: (key) => redis.send('HGETALL', [key]),
    zrangeWithScores: (key) => redis.send('ZRANGE', [key, '0', '-1', 'WITHSCORES']),
    xrange: (key, count) => redis.send('XRANGE', [key, '-', '+', 'COUNT', String(count)]),
    xread: (key, count) => redis.send('XREAD', ['COUNT', String(count), 'STREAMS', key, '0']),
    // It has neither pipelines nor transactions; calls of one turn are sent together, in order, on one connection.
    pipeline: (keys) => Promise.all(keys.map((key) => redis.get(key))),
    multi: async (keys) => {
      const queued = keys.map((key) => ['GET', [key]] as const);
      const calls = [['MULTI', []] as const, ...queued, ['EXEC', []] as const];
      return (await Promise.all(calls.map(([name, args]) => redis.send(name, args)))).at(-1);
    },
    subscribe: async (channels, arrived) => {
      const subscriber = await redis.duplicate();
      await subscriber.subscribe(channels, (_message, channel) => arrived(channel));
    },
    publish: (channel, message) => redis.publish(channel, message),
    close: () => redis.close(),
  };
}

function place({ host, port, path, caFile }: OpenOptions): [url: string, options?: BunOptions] {
  if (path !== undefined) return [`redis+unix://${path}`];
  return caFile === undefined
    ? [`redis://${host}:${port}`]
    : [`rediss://${host}:${port}`, { tls: { ca: readFileSync(caFile, 'utf8') } }];
}
