import { faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { type ScriptedServer, scriptedServer } from '@kv/testkit/scripted-server';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Redis, type RedisOptions } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

function client(options: RedisOptions = {}): Redis {
  const redis = new Redis({ port: server.port, host: '127.0.0.1', ...options });
  onTestFinished(() => redis.disconnect());
  return redis;
}

/** Resolves when a client emits an event; unlike that of Node, not with an error before. */
const once = (redis: Redis, event: string): Promise<unknown[]> =>
  new Promise((resolve) => redis.once(event, (...args) => resolve(args)));

it('messages of channels and patterns are events of the client, as text and as Buffer', async () => {
  const redis = client();
  const heard: unknown[] = [];
  redis.on('message', (...args) => heard.push(args));
  redis.on('pmessage', (...args) => heard.push(args));
  redis.on('messageBuffer', (...args) => heard.push(args));
  expect(await redis.subscribe('news', 'sport')).toBe(2);
  expect(await redis.psubscribe('n*')).toBe(3);
  const other = client();
  expect(await other.publish('news', 'hello')).toBe(2);
  await expect.poll(() => heard.length).toBe(3);
  expect(heard).toEqual(
    expect.arrayContaining([
      ['news', 'hello'],
      ['n*', 'news', 'hello'],
      [Buffer.from('news'), Buffer.from('hello')],
    ]),
  );
  expect(await redis.unsubscribe('news')).toBe(2);
  expect(await redis.unsubscribe()).toBe(1);
  expect(await redis.punsubscribe('n*')).toBe(0);
  expect(await other.publish('news', 'nobody')).toBe(0);
});

it('other commands work while there are channels', async () => {
  const redis = client({ protocol: 2 });
  await redis.subscribe('news');
  expect(redis.mode).toBe('subscriber');
  expect(await redis.set('a', 1)).toBe('OK');
});

it('a callback gets the number of channels', async () => {
  const redis = client();
  const count = await new Promise((resolve) => {
    void redis.subscribe('a', 'b', (_, subscribed) => resolve(subscribed));
  });
  expect(count).toBe(2);
});

/** A server that confirms the channel `news` and sends messages of it in one packet. */
function serverWithNews(messages: readonly string[]): Promise<ScriptedServer> {
  let connections = 0;
  const news = messages.map((text) => `>3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$${text.length}\r\n${text}\r\n`);
  return scriptedServer(async (peer) => {
    const hasChannels = ++connections === 2;
    await peer.expect('*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n');
    await peer.reply('%1\r\n$2\r\nid\r\n:7\r\n');
    await peer.expect('*1\r\n$4\r\nPING\r\n');
    await peer.reply('+PONG\r\n');
    if (!hasChannels) return;
    await peer.expect('*2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nnews\r\n');
    await peer.reply(['>3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n', ...news].join(''));
  });
}

it.each([
  ['a message', 1],
  ['4,000 messages', 4000],
])(
  '%s right behind the confirmation: all is emitted in order, when the caller knows that the channel is subscribed',
  async (_, count) => {
    const messages = Array.from({ length: count }, (_, i) => String(i));
    await using scripted = await serverWithNews(messages);
    const redis = client({ port: scripted.port, disableClientInfo: true });
    await once(redis, 'ready');
    const heard: unknown[] = [];
    redis.on('message', (_, message) => heard.push(message));
    void redis.subscribe('news', () => heard.push('subscribed'));
    await expect.poll(() => heard.at(-1)).toBe(messages.at(-1));
    expect(heard).toEqual(['subscribed', ...messages]);
  },
);

it('channels of slots and bytes that are no text arrive', async () => {
  const redis = client();
  const heard = once(redis, 'smessageBuffer');
  await redis.ssubscribe('shard');
  await client().call('SPUBLISH', 'shard', Buffer.from([0xff, 0]));
  expect(await heard).toEqual([Buffer.from('shard'), Buffer.from([0xff, 0])]);
});

it('they come again after the connection was lost', async () => {
  await using proxy = await faultProxy(server);
  const redis = client({ port: proxy.port, retryStrategy: () => 1 });
  await redis.subscribe('news');
  const heard = once(redis, 'message');
  proxy.cut();
  const other = client();
  await expect.poll(() => other.publish('news', 'back'), { interval: 5 }).toBe(1);
  expect(await heard).toEqual(['news', 'back']);
});

it('monitor() gives a client that emits every command', async () => {
  const monitor = await client().monitor();
  const seen: string[][] = [];
  monitor.on('monitor', (_time, args: string[]) => seen.push(args));
  const other = client();
  await expect
    .poll(async () => {
      await other.set('watched', 'x');
      return seen.some((args) => args.join(' ') === 'set watched x' || args.join(' ') === 'SET watched x');
    })
    .toBe(true);
  monitor.disconnect();
});

it('autoResubscribe: false leaves channels when the connection is lost, until they are subscribed again', async () => {
  await using proxy = await faultProxy(server);
  const redis = client({ port: proxy.port, retryStrategy: () => 1, autoResubscribe: false });
  await redis.subscribe('once');
  const other = client();
  expect(await other.publish('once', 'heard')).toBe(1);
  proxy.cut();
  await once(redis, 'ready');
  await expect.poll(() => other.publish('once', 'unheard')).toBe(0);
  await redis.subscribe('once');
  expect(await other.publish('once', 'again')).toBe(1);
});

it('a message that was published before quit() or unsubscribe() is still emitted', async () => {
  const publisher = client();
  for (let round = 0; round < 10; round++) {
    const redis = client();
    const heard: unknown[] = [];
    redis.on('message', (channel, message) => heard.push(`${channel} ${message}`));
    await redis.subscribe('last', 'left');
    await publisher.publish('left', 'word');
    await redis.unsubscribe('left');
    await publisher.publish('last', 'word');
    await redis.quit();
    expect(heard).toEqual(['left word', 'last word']);
  }
});

it.each([2, 3] as const)('channels that are not UTF-8 are told apart in RESP%i', async (protocol) => {
  const redis = client({ protocol });
  const heard: unknown[] = [];
  redis.on('messageBuffer', (...args) => heard.push(args));
  redis.on('pmessageBuffer', (...args) => heard.push(args));
  const [a, b] = [Buffer.from([0xff, 0x61]), Buffer.from([0xfe, 0x61])];
  expect(await redis.subscribe(a, b)).toBe(2);
  expect(await redis.psubscribe('*a')).toBe(3);
  const publisher = client();
  expect(await publisher.publish(a, Buffer.from([0x80]))).toBe(2);
  await expect.poll(() => heard.length).toBe(2);
  expect(await redis.unsubscribe(a)).toBe(2);
  expect([await publisher.publish(a, '1'), await publisher.publish(b, '2')]).toEqual([1, 2]);
  await expect.poll(() => heard.length).toBe(5);
  expect(heard).toEqual([
    [a, Buffer.from([0x80])],
    ['*a', a, Buffer.from([0x80])],
    ['*a', a, Buffer.from('1')],
    [b, Buffer.from('2')],
    ['*a', b, Buffer.from('2')],
  ]);
});

it('quit() does not wait for a channel whose connection cannot be opened, and its subscribe() is told', async () => {
  await using proxy = await faultProxy(server);
  const redis = client({ port: proxy.port, disconnectTimeout: 50 });
  await once(redis, 'ready');
  proxy.faults = { refuse: true };
  const told = redis.subscribe('c').catch((error: Error) => error.message);
  await proxy.connected(2);
  expect(await redis.quit()).toBe('OK');
  expect(await told).toBe('Connection is closed.');
});

it('quit() lets a subscribe() before it end', async () => {
  const redis = client();
  await once(redis, 'ready');
  const subscribed = redis.subscribe('c');
  await redis.quit();
  expect(await subscribed).toBe(1);
});

it('unsubscribe() does not wait for a channel whose connection cannot be opened, whose messages never come', async () => {
  await using proxy = await faultProxy(server);
  const redis = client({ port: proxy.port, retryStrategy: () => 1, maxRetriesPerRequest: null });
  const heard: unknown[] = [];
  redis.on('message', (...args) => heard.push(args));
  await once(redis, 'ready');
  proxy.faults = { refuse: true };
  const subscribed = redis.subscribe('c');
  await proxy.connected(2);
  expect(await redis.unsubscribe('c')).toBe(0);
  expect(await redis.unsubscribe('never')).toBe(0);
  proxy.faults = {};
  expect(await subscribed).toBe(1);
  expect(await client().publish('c', 'late')).toBe(0);
  expect(heard).toEqual([]);
});

it('unsubscribe() right behind subscribe() ends it, and a later subscribe() begins again', async () => {
  const redis = client();
  expect(await Promise.all([redis.subscribe('c'), redis.unsubscribe('c')])).toEqual([1, 0]);
  const other = client();
  expect(await other.publish('c', 'nobody')).toBe(0);
  const heard = once(redis, 'message');
  expect(await Promise.all([redis.subscribe('c'), redis.subscribe('c')])).toEqual([1, 1]);
  expect(await other.publish('c', 'hello')).toBe(1);
  expect(await heard).toEqual(['c', 'hello']);
});

it('subscribe() ends with maxRetriesPerRequest when the server cannot be reached', async () => {
  const redis = client({ port: 1, retryStrategy: () => 1, maxRetriesPerRequest: 2 });
  redis.on('error', () => undefined);
  await expect(redis.subscribe('c')).rejects.toThrow('Reached the max retries per request limit');
});

it('monitor() resolves when the server tells its commands: the next one is the first that is emitted', async () => {
  await using proxy = await faultProxy(server);
  proxy.faults = { toServer: { delay: 20 } };
  const other = client();
  await other.ping();
  const monitor = await client({ port: proxy.port }).monitor();
  onTestFinished(() => monitor.disconnect());
  const heard = new Promise((resolve) => monitor.once('monitor', (_time, args) => resolve(args)));
  await other.call('ECHO', 'first');
  expect(await heard).toEqual(['ECHO', 'first']);
});

it('monitor() rejects when the server refuses it', async () => {
  const admin = client();
  await admin.call('ACL', 'SETUSER', 'reader', 'on', '>p', '+@all', '-monitor', '~*', '&*');
  const redis = client({ username: 'reader', password: 'p' });
  await expect(redis.monitor()).rejects.toThrow('NOPERM');
});
