import { faultProxy } from '@kv/testkit/fault-proxy';
import { startRedis } from '@kv/testkit/redis-server';
import { describe, expect, it } from 'vitest';
import { createRedis, type KvError } from '../src/index.ts';

const liveness = { idle: 100, grace: 200 };

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.each([2, 3] as const)('silent connections, RESP%i', (protocol) => {
  it('a pop that waits long is not taken for dead', async () => {
    await using server = await startRedis();
    await using redis = createRedis(server.url, { liveness, protocol });
    await using other = createRedis(server.url);
    const popped = redis.execute('BLPOP', 'list', 0);
    await pause(1000); // ten times as long as a silent line is left alone
    await other.rpush('list', 'element');
    expect(await popped).toEqual(['list', 'element']);
    expect(redis.stats().connections.blocking.size).toBe(1);
  });

  it('82, pain 3, pain 8: a pop whose connection leads nowhere ends', async () => {
    await using server = await startRedis();
    await using proxy = await faultProxy(server);
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { liveness, protocol });
    const popped = redis.execute('BLPOP', 'list', 0).catch((error: KvError) => error);
    await proxy.connected(1);
    await using other = createRedis(server.url);
    while (!((await other.execute('CLIENT', 'LIST')) as string).includes('cmd=blpop')) await pause(10);
    await proxy.refuse();
    proxy.halfOpen();
    expect(await popped).toMatchObject({ code: 'CONNECTION', outcome: 'unknown', command: 'BLPOP' });
    await redis.close({ timeout: 0 });
  });

  // A subscriber whose peer was gone heard nothing for ever (node-redis#2205).
  it.each(['dropOldest', 'pause'] as const)(
    '80, pain 8, pain 14: a subscriber whose connection leads nowhere finds out, and hears again; %s',
    async (overflow) => {
      await using server = await startRedis();
      await using proxy = await faultProxy(server);
      await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { liveness, protocol });
      const news = await redis.subscribe('news', { overflow });
      const gap = new Promise<unknown>((resolve) => news.on('gap', resolve));
      proxy.halfOpen();
      expect(await gap).toEqual({ reason: 'reconnect' });
      await using other = createRedis(server.url);
      await other.publish('news', 'heard again');
      expect((await news.next()).value).toMatchObject({ message: 'heard again' });
      await news.close();
      expect(await redis.ping()).toBe('PONG');
    },
  );

  it('a monitor on a quiet server is not taken for dead', async () => {
    await using server = await startRedis();
    await using redis = createRedis(server.url, { liveness, protocol });
    await using other = createRedis(server.url);
    const monitor = redis.monitor();
    const first = (async () => {
      for await (const { args } of monitor) if (args[0]?.toUpperCase() === 'SET') return args;
      return undefined;
    })();
    await pause(1000);
    await other.set('a', '1');
    expect(await first).toEqual(['SET', 'a', '1']);
  });
});
