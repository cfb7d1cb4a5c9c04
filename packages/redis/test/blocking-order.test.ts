import { createConnection as openSocket } from 'node:net';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Connect, createRedis, type Redis, type RedisClientOptions } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe.each([2, 3] as const)('the order of blocking calls in RESP%i', (protocol) => {
  type Options = Pick<RedisClientOptions, 'minBlocking' | 'backoff'>;

  function client(options: Options): Redis {
    const redis = createRedis(server.url, { ...options, protocol });
    onTestFinished(() => redis.close());
    return redis;
  }

  /** A client, and the XREAD and XADD that it writes, in order, on whatever connection. */
  async function watched(options: Options = {}): Promise<{ redis: Redis; written: string[] }> {
    const written: string[] = [];
    const connect = watchedSocket(server.port, (text) => written.push(...(text.match(/XREAD|XADD/g) ?? [])));
    const redis = createRedis({ connect }, { ...options, protocol });
    onTestFinished(() => redis.close());
    await redis.connect();
    return { redis, written };
  }

  /** Reads what is new in a stream, and adds an entry in the same tick. */
  async function readAndAdd(redis: Redis): Promise<void> {
    const next = redis.xread({ s: '$' }, { block: 1 });
    await Promise.all([next, redis.xadd('s', '*', { n: 1 })]);
  }

  function inOrder(times: number): string[] {
    return Array.from({ length: times }, () => ['XREAD', 'XADD']).flat();
  }

  test('XREAD is written before what the same client adds right after it, 200 of 200 times', async () => {
    const { redis, written } = await watched({ minBlocking: 1 });
    for (let i = 0; i < 200; i++) await readAndAdd(redis);
    expect(written).toEqual(inOrder(200));
    expect(redis.stats().connections.blocking.size).toBe(1);
  });

  test('the connection of an earlier blocking call is used again at once', async () => {
    const { redis, written } = await watched();
    await redis.blpop(['none'], 0.01);
    for (let i = 0; i < 50; i++) await readAndAdd(redis);
    expect(written).toEqual(inOrder(50));
    expect(redis.stats().connections.blocking.size).toBe(1);
  });

  test('other calls of the same tick change nothing about that', async () => {
    const { redis, written } = await watched({ minBlocking: 1 });
    for (let i = 0; i < 50; i++) {
      const others = Array.from({ length: 30 }, (_, n) => redis.set(`k${n}`, n));
      await Promise.all([readAndAdd(redis), ...others]);
    }
    expect(written).toEqual(inOrder(50));
  });

  test('XREAD from $ gets what the same client adds right after it', async () => {
    const redis = client({ minBlocking: 1 });
    await redis.connect();
    const next = redis.xread({ s: '$' }, { block: 5000 });
    const id = await redis.xadd('s', '*', { n: 1 });
    expect(await next).toEqual({ s: [{ id, fields: { n: '1' } }] });
  });

  test('minBlocking connections are there after connect(), and again after they were lost', async () => {
    const redis = client({ minBlocking: 2, backoff: { min: 1, max: 1 } });
    await redis.connect();
    const free = (): number => redis.stats().connections.blocking.size;
    expect(free()).toBe(2);
    const own = await redis.clientId();
    const others = async (): Promise<number[]> => {
      const ids = [...(await redis.clientList()).matchAll(/\bid=(\d+)/g)].map(([, id]) => Number(id));
      return ids.filter((id) => id !== own);
    };
    const first = await others();
    await Promise.all(first.map((id) => redis.clientKill({ id })));
    await expect.poll(async () => (await others()).filter((id) => !first.includes(id)).length, { interval: 5 }).toBe(2);
    expect(free()).toBe(2);
  });

  test('minBlocking connections are opened by the first command of any kind', async () => {
    const redis = client({ minBlocking: 1 });
    await redis.ping();
    await expect.poll(() => redis.stats().connections.blocking.size, { interval: 5 }).toBe(1);
  });
});

/** Plain sockets; `wrote` gets the text of each write. */
function watchedSocket(port: number, wrote: (text: string) => void): Connect {
  return (_, on) =>
    new Promise((resolve, reject) => {
      const socket = openSocket(port, '127.0.0.1');
      socket.on('data', (bytes) => on.data(bytes));
      socket.on('drain', () => on.drain());
      socket.on('error', reject);
      socket.on('close', () => on.close());
      const write = (chunks: readonly (string | Uint8Array)[]): boolean => {
        for (const chunk of chunks) wrote(Buffer.from(chunk).toString());
        return chunks.map((chunk) => socket.write(chunk)).every(Boolean);
      };
      const transport = {
        write,
        pause: () => {},
        resume: () => {},
        end: () => socket.end(),
        destroy: () => socket.destroy(),
      };
      socket.on('connect', () => resolve(transport));
    });
}

test('minBlocking above maxBlocking is refused', () => {
  expect(() => createRedis({ host: 'h' }, { minBlocking: 3, maxBlocking: 2 })).toThrow(
    expect.objectContaining({ code: 'ARGUMENT', message: 'minBlocking: expected at most maxBlocking (2)' }),
  );
});
