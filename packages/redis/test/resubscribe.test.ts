import { faultProxy } from '@kv/testkit/fault-proxy';
import { startRedis } from '@kv/testkit/redis-server';
import { expect, it } from 'vitest';
import { createRedis, type KvError } from '../src/index.ts';

it.each([2, 3] as const)(
  'resubscribe: false ends a subscription whose connection is lost, and no other, RESP%i',
  async (protocol) => {
    await using server = await startRedis();
    await using proxy = await faultProxy(server);
    const backoff = { min: 1, max: 5 };
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol, backoff });
    await using direct = createRedis(server.url);
    const once = await redis.subscribe(['news', 'sport'], { resubscribe: false });
    const kept = await redis.subscribe('news');
    proxy.cut();
    expect(await once.next().catch((error: KvError) => error)).toMatchObject({
      code: 'CONNECTION',
      message: 'SUBSCRIBE: the connection was lost, and the subscription ended',
    });
    expect(once.closed).toBe(true);
    await expect.poll(() => direct.publish('news', 'back'), { interval: 5 }).toBe(1);
    expect((await kept.next()).value).toEqual({ channel: 'news', message: 'back' });
    expect(await direct.publish('sport', 'unheard')).toBe(0);
  },
);
