/** Channels and patterns by bytes, also those that are not UTF-8. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedis, type Message, type Subscription } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

async function take<V>(from: Subscription<V>, count: number): Promise<Message<V>[]> {
  const messages: Message<V>[] = [];
  for await (const message of from) if (messages.push(message) === count) break;
  return messages;
}

describe.each([2, 3] as const)('names of channels in RESP%i', (protocol) => {
  it('names that are not UTF-8 are told apart, although they look alike as text', async () => {
    await using redis = createRedis(server.url, { protocol });
    const [one, other] = [bytes(0xff, 0x61), bytes(0xfe, 0x61)];
    await using both = await redis.subscribe([one, other]);
    await using only = await redis.subscribe(other);
    expect([await redis.publish(one, '1'), await redis.publish(other, '2')]).toEqual([1, 1]);
    expect(await take(both, 2)).toEqual([
      { channel: '\uFFFDa', channelBytes: one, message: '1' },
      { channel: '\uFFFDa', channelBytes: other, message: '2' },
    ]);
    expect(await take(only, 1)).toEqual([{ channel: '\uFFFDa', channelBytes: other, message: '2' }]);
    await both.close();
    await only.close();
    expect([await redis.publish(one, '3'), await redis.publish(other, '4')]).toEqual([0, 0]);
  });

  it('a text, its bytes and a name with the replacement character are what they are', async () => {
    await using redis = createRedis(server.url, { protocol });
    const binary = redis.with({ bytes: true });
    await using news = await binary.subscribe([new TextEncoder().encode('zoë'), 'zoë', '\uFFFD', bytes(0xff)]);
    for (const [at, name] of ['zoë', '\uFFFD', bytes(0xff)].entries()) await redis.publish(name, bytes(at, 0xff));
    expect(await take(news, 3)).toEqual([
      { channel: 'zoë', message: bytes(0, 0xff) },
      { channel: '\uFFFD', message: bytes(1, 0xff) },
      { channel: '\uFFFD', channelBytes: bytes(0xff), message: bytes(2, 0xff) },
    ]);
  });

  it('patterns may be bytes, and a pattern of text tells the bytes of the channel that it meets', async () => {
    await using redis = createRedis(server.url, { protocol, bytes: true });
    await using byBytes = await redis.psubscribe(bytes(0xff, 0x2a));
    await using byText = await redis.psubscribe('?x');
    await redis.publish(bytes(0xff, 0x78), 'm');
    const channel = { channel: '\uFFFDx', channelBytes: bytes(0xff, 0x78) };
    const message = bytes(0x6d);
    const patternBytes = bytes(0xff, 0x2a);
    expect(await take(byBytes, 1)).toEqual([{ ...channel, pattern: '\uFFFD*', patternBytes, message }]);
    expect(await take(byText, 1)).toEqual([{ ...channel, pattern: '?x', message }]);
  });

  it('channels of slots may be bytes, and are left by them', async () => {
    await using redis = createRedis(server.url, { protocol });
    await using news = await redis.ssubscribe(bytes(0x80, 0x81));
    expect(await redis.spublish(bytes(0x80, 0x81), 'x')).toBe(1);
    expect(await take(news, 1)).toMatchObject([{ channelBytes: bytes(0x80, 0x81), message: 'x' }]);
    await news.close();
    expect(await redis.spublish(bytes(0x80, 0x81), 'y')).toBe(0);
  });

  it('a shard channel of bytes is left without harm to the other subscriptions', async () => {
    await using redis = createRedis(server.url, { protocol });
    await using others = await redis.ssubscribe('others');
    const gaps: unknown[] = [];
    others.on('gap', (gap) => gaps.push(gap));
    const news = await redis.ssubscribe([bytes(0x80), bytes(0x81)]);
    await news.close();
    expect(await redis.spublish('others', 'x')).toBe(1);
    expect(await take(others, 1)).toEqual([{ channel: 'others', message: 'x' }]);
    expect(gaps).toEqual([]);
  });

  it('names that are not UTF-8 are subscribed again after the connection was lost', async () => {
    await using redis = createRedis(server.url, { protocol, backoff: { min: 1, max: 20 } });
    await using other = createRedis(server.url);
    await using news = await redis.subscribe(bytes(0xff));
    const gap = new Promise((resolve) => news.on('gap', resolve));
    await other.clientKill({ type: 'pubsub' });
    expect(await gap).toEqual({ reason: 'reconnect' });
    expect(await other.publish(bytes(0xff), 'back')).toBe(1);
    expect(await take(news, 1)).toMatchObject([{ channelBytes: bytes(0xff), message: 'back' }]);
  });

  it('drain() delivers what was published before, and then ends', async () => {
    await using redis = createRedis(server.url, { protocol });
    await using other = createRedis(server.url);
    for (let round = 0; round < 10; round++) {
      const news = await redis.subscribe('last');
      await using _more = await redis.subscribe('further');
      await other.publish('last', 'word');
      await news.drain();
      expect((await news.next()).value).toEqual({ channel: 'last', message: 'word' });
      expect(await news.next()).toEqual({ done: true, value: undefined });
      expect(await other.publish('last', 'nothing')).toBe(0);
    }
  });

  it('drain() delivers also what the server has for a reader that holds it back', async () => {
    await using redis = createRedis(server.url, { protocol, timeout: 0 });
    await using other = createRedis(server.url);
    const news = await redis.subscribe('slow', { buffer: 2, overflow: 'pause' });
    for (let i = 0; i < 20; i++) await other.publish('slow', `${i}`);
    await news.drain();
    const seen: string[] = [];
    for await (const { message } of news) seen.push(message);
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
  });
});

it('half of a surrogate pair is no name', async () => {
  await using redis = createRedis(server.url);
  await expect(redis.subscribe('\uDC00a')).rejects.toMatchObject({ code: 'ARGUMENT' });
});
