/** Behavior 53: a subscription whose reader is slow. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedis, type Gap, type Redis } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const publish = (redis: Redis, channel: string, message: string): Promise<unknown> => redis.publish(channel, message);

describe.each([2, 3] as const)('slow readers in RESP%i', (protocol) => {
  let redis: Redis;
  let other: Redis;
  beforeEach(() => {
    redis = createRedis(server.url, { protocol });
    other = createRedis(server.url);
  });
  afterEach(async () => {
    await redis.close();
    await other.close();
  });

  it('53: a slow reader: the oldest is dropped and the gap is reported', async () => {
    await using news = await redis.subscribe('a', { buffer: 3 });
    const gaps: Gap[] = [];
    news.on('gap', (gap) => gaps.push(gap));
    for (let i = 0; i < 5; i++) await publish(other, 'a', String(i));
    await redis.ping();
    const seen = [await news.next(), await news.next(), await news.next()].map(({ value }) => value?.message);
    expect(seen).toEqual(['2', '3', '4']);
    expect(new Set(gaps.map(({ reason }) => reason))).toEqual(new Set(['overflow']));
    expect(gaps.reduce((sum, { dropped = 0 }) => sum + dropped, 0)).toBe(2); // one gap or two: those of one packet are one
  });

  it('53: a slow reader that asked for it: the subscription ends with an error after what was kept', async () => {
    const news = await redis.subscribe('a', { buffer: 2, overflow: 'close' });
    for (let i = 0; i < 3; i++) await publish(other, 'a', String(i));
    await redis.ping();
    const seen: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const { message } of news) seen.push(message);
    };
    await expect(read()).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(seen.slice(0, 2)).toEqual(['0', '1']);
    expect(await redis.ping()).toBe('PONG');
  });

  it('53: a slow reader that asked for it: the server is held back, others are not, nothing is lost', async () => {
    await using news = await redis.subscribe('a', { buffer: 10, overflow: 'pause' });
    const large = 'x'.repeat(10_000);
    for (let i = 0; i < 200; i++) await publish(other, 'a', `${i} ${large}`);
    expect(await redis.ping()).toBe('PONG');
    let next = 0;
    for await (const { message } of news) {
      expect(message.startsWith(`${next} `)).toBe(true);
      if (++next === 200) break;
    }
    expect(next).toBe(200);
  });

  it('53: who leaves while the server is held back is not held back', async () => {
    const news = await redis.subscribe('a', { buffer: 2, overflow: 'pause' });
    const m = other.multi(); // they come together
    for (let i = 0; i < 6; i++) void m.publish('a', String(i));
    await m.execute();
    expect((await news.next()).value).toMatchObject({ message: '0' });
    const late = new Promise((resolve) => setTimeout(resolve, 4000, 'late').unref()); // UNSUBSCRIBE may take 5 s
    expect(await Promise.race([news.close(), late])).toBeUndefined();
    expect(await other.pubsubNumsub('a')).toEqual({ a: 0 });
    expect((await news.next()).value).toMatchObject({ message: '1' }); // what was kept can still be read
  });

  it('readers that may hold the server back leave nothing behind on the client', async () => {
    const client = createRedis(server.url, { protocol });
    for (let i = 0; i < 3; i++) await (await client.subscribe('a', { overflow: 'pause' })).close();
    while (client.stats().connections.streams.size > 0) await new Promise(setImmediate);
    await client.close();
  });
});
