import { faultProxy } from '@kv/testkit/fault-proxy';
import { startRedis } from '@kv/testkit/redis-server';
import { scriptedServer } from '@kv/testkit/scripted-server';
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
    await pause(1000); // ten times as long as a silent connection is left alone
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

  // A subscriber whose peer was gone never heard anything again (node-redis#2205).
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

  // SUBSCRIBE has no deadline: such a line was asked about elsewhere, and taken for alive again and again.
  it('80: a line that leads nowhere while it is being subscribed is found out', async () => {
    await using server = await startRedis();
    await using proxy = await faultProxy(server);
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { liveness, protocol });
    await redis.ping();
    const news = await redis.subscribe('news');
    const gap = new Promise<unknown>((resolve) => news.on('gap', resolve));
    proxy.connections.at(-1)?.halfOpen();
    const more = await redis.subscribe(['sports', 'weather']);
    expect(await gap).toEqual({ reason: 'reconnect' });
    await using other = createRedis(server.url);
    await other.publish('news', 'heard again');
    await other.publish('weather', 'heard, too');
    expect((await news.next()).value).toMatchObject({ message: 'heard again' });
    expect((await more.next()).value).toMatchObject({ message: 'heard, too' });
  });

  it('80: a new connection that fails before it is subscribed again is followed by the next', async () => {
    await using server = await startRedis();
    await using proxy = await faultProxy(server);
    const options = { liveness, protocol, backoff: { min: 1, max: 20 } };
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, options);
    await redis.ping();
    const handshake = (proxy.connections[0]?.fromClient ?? 0) - '*1\r\n$4\r\nPING\r\n'.length;
    const news = await redis.subscribe('news', { overflow: 'pause' });
    const gap = new Promise<unknown>((resolve) => news.on('gap', resolve));
    const next = proxy.total;
    proxy.faults = (_, index) => (index === next ? { toServer: { halfOpenAfter: handshake } } : {});
    proxy.connections.at(-1)?.cut();
    expect(await gap).toEqual({ reason: 'reconnect' });
    expect(proxy.total).toBeGreaterThan(next + 1);
    await using other = createRedis(server.url);
    await other.publish('news', 'heard again');
    expect((await news.next()).value).toMatchObject({ message: 'heard again' });
  });

  it('a probe behind a confirmation that takes its time is answered, and the connection stays', async () => {
    await using server = await startRedis();
    await using proxy = await faultProxy(server);
    const patient = { idle: 20, grace: 60_000 };
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, {
      liveness: patient,
      protocol,
      timeout: 20_000,
    });
    await redis.ping();
    const news = await redis.subscribe('news');
    const line = proxy.connections.at(-1);
    line?.stall('toServer');
    const before = line?.fromClient ?? 0;
    const asked = redis.subscribe(['sports', 'weather']);
    const subscribe = '*3\r\n$9\r\nSUBSCRIBE\r\n$6\r\nsports\r\n$7\r\nweather\r\n'.length;
    while ((line?.fromClient ?? 0) <= before + subscribe) await pause(2); // the probe
    line?.resume();
    const more = await asked;
    await using other = createRedis(server.url);
    await other.publish('news', '1');
    await other.publish('weather', '2');
    expect((await news.next()).value).toMatchObject({ channel: 'news', message: '1' });
    expect((await more.next()).value).toMatchObject({ channel: 'weather', message: '2' });
    expect(proxy.connections).toContain(line);
  });

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

it.each([false, true])('in RESP2 a message may come before the answer to a probe; bytes: %s', async (bytes) => {
  await using server = await scriptedServer(async (peer) => {
    await peer.expect(/[\s\S]*PING\r\n/); // end of the handshake
    await peer.reply(':7\r\n+OK\r\n+OK\r\n+PONG\r\n');
    if (peer.index === 0) {
      await peer.expect(/[\s\S]*PING\r\n/);
      await peer.reply('+PONG\r\n');
    } else {
      await peer.expect(/[\s\S]*SUBSCRIBE\r\n\$4\r\nnews\r\n/);
      await peer.reply('*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n');
      await peer.expect(/[\s\S]*PING\r\n/); // the probe
      await peer.reply('*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\n1\r\n*2\r\n$4\r\npong\r\n$0\r\n\r\n');
      await peer.reply('*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\n2\r\n');
    }
    await peer.expectEnd();
  });
  const options = { protocol: 2, liveness: { idle: 100, grace: 5000 } } as const;
  await using redis = createRedis({ host: '127.0.0.1', port: server.port }, options);
  const news = await redis.with({ bytes }).subscribe('news');
  const heard = [await news.next(), await news.next()].map(({ value }) => value?.message);
  expect(heard).toEqual(bytes ? [Uint8Array.of(49), Uint8Array.of(50)] : ['1', '2']);
  expect(server.peers.length).toBe(2);
  await redis.close({ timeout: 0 });
});
