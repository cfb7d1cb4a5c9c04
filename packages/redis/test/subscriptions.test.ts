/** What subscriptions leave behind: connections, listeners, a process that cannot end. */
import { Client } from '@kv/core';
import { faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRedis, type Gap, type KvError, type Redis } from '../src/index.ts';
import { runProgram } from './run-program.ts';

vi.mock('../../core/src/timers.ts', () => import('@kv/testkit/faked-timers'));

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Resolves when the client has this many connections of its own for streams. */
async function ownLines(redis: Redis, count: number): Promise<void> {
  while (redis.stats().connections.streams.size !== count) await turn();
}

it('a channel is left so late that no one waits for it: replies behind that reach their own calls', async () => {
  await using proxy = await faultProxy(server);
  await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol: 3 });
  await Promise.all(['a', 'b', 'c'].map((key) => redis.set(key, `value of ${key}`)));
  const news = await redis.ssubscribe('late');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  proxy.stall();
  const left = news.close();
  await turn();
  await vi.advanceTimersByTimeAsync(6000);
  await left;
  proxy.resume();
  const seen = await Promise.all(['a', 'b', 'c'].map((key) => redis.get(key)));
  expect(seen).toEqual(['value of a', 'value of b', 'value of c']);
});

describe.each([2, 3] as const)('what subscriptions leave behind in RESP%i', (protocol) => {
  it('one whose server is away keeps the process alive until it is closed', async () => {
    await using own = await startRedis();
    const program = runProgram(`
      import { createRedis } from '@kv/redis';
      const redis = createRedis('${own.url}', { protocol: ${protocol}, backoff: { min: 1, max: 20 } });
      let gaps = 0, heard = 0, lost = false;
      redis.on('state', ({ to }) => {
        if (to === 'ready' && lost) console.log('ready again');
        if (to !== 'reconnecting') return;
        lost = true;
        console.log('reconnecting');
        if (heard > 0) void news.close();
      });
      const news = await redis.subscribe('life');
      for (const more of [news, await redis.subscribe('life')]) {
        more.on('gap', () => { if (++gaps === 2) console.log('two gaps') });
        more.on('message', async () => {
          if (++heard !== 2) return;
          console.log('two messages');
          await more.close();
        });
      }
      console.log('subscribed');
    `);
    await program.says('subscribed');
    await using redis = createRedis(own.url, { timeout: 20_000 });
    await own.kill();
    await program.says('reconnecting');
    await own.start();
    await Promise.all([program.says('two gaps'), program.says('ready again')]);
    await redis.publish('life', 'still there');
    await program.says('two messages');
    await own.kill();
    expect((await program.end)[0]).toBe(0);
  });

  it('one that the server ended for good does not keep the process alive', async () => {
    await using guarded = await startRedis({ users: ['reader on >pw ~* +@all resetchannels &news'] });
    const program = runProgram(`
      import { createRedis } from '@kv/redis';
      const redis = createRedis('redis://reader:pw@127.0.0.1:${guarded.port}', { protocol: ${protocol} });
      await redis.subscribe('secrets').catch((error) => console.log(error.prefix));
      const news = await redis.subscribe('news');
      console.log('reading');
      try { for await (const message of news); } catch (error) { console.log(error.prefix); }
      console.log('over');
    `);
    await program.says('reading');
    await using admin = createRedis(guarded.url);
    await admin.aclSetuser('reader', 'resetchannels');
    await program.says('over');
    await guarded.kill(); // a connection would keep it, as any socket does
    expect(await program.end).toEqual([0, 'NOPERM\nreading\nNOPERM\nover']);
  });

  it('each call waits for the connection no longer than its own deadline and signal allow', async () => {
    await using own = await startRedis();
    await using redis = createRedis(own.url, { protocol, timeout: 20_000, backoff: { min: 1, max: 20 } });
    await using news = await redis.subscribe('a');
    const gap = new Promise<Gap>((resolve) => news.on('gap', resolve));
    await own.kill();
    const aborted = new AbortController();
    const patient = redis.subscribe('b');
    const short = settle(redis.with({ timeout: 50 }).subscribe('c'));
    const called = settle(redis.with({ signal: aborted.signal }).subscribe('d'));
    const never = settle(redis.with({ signal: AbortSignal.abort(new Error('never')) }).subscribe('e'));
    aborted.abort(new Error('enough'));
    expect(await called).toMatchObject({ code: 'ABORTED', command: 'SUBSCRIBE', cause: { message: 'enough' } });
    expect(await never).toMatchObject({ code: 'ABORTED', cause: { message: 'never' } });
    expect(await short).toMatchObject({
      code: 'TIMEOUT',
      outcome: 'notSent',
      command: 'SUBSCRIBE',
      cause: { code: 'CONNECTION' },
    });
    await own.start();
    await using other = await patient;
    expect(await gap).toEqual({ reason: 'reconnect' });
    expect(await redis.pubsubNumsub('a', 'b', 'c', 'd', 'e')).toEqual({ a: 1, b: 1, c: 0, d: 0, e: 0 });
    await redis.publish('b', 'heard');
    expect((await other.next()).value).toMatchObject({ message: 'heard' });
  });

  it('who gives up while the server is away may come again', async () => {
    await using own = await startRedis();
    await using redis = createRedis(own.url, { protocol, timeout: 20_000, backoff: { min: 1, max: 20 } });
    await own.kill();
    expect(await settle(redis.with({ timeout: 30 }).subscribe('a'))).toMatchObject({ code: 'TIMEOUT' });
    const again = redis.subscribe('a');
    await own.start();
    await using news = await again;
    expect(await redis.publish('a', 'heard')).toBe(1);
    expect((await news.next()).value).toMatchObject({ message: 'heard' });
    await ownLines(redis, 1);
  });

  it('a refused one leaves neither a connection nor its other channels', async () => {
    await using guarded = await startRedis({ users: ['reader on >pw ~* +@all resetchannels &open'] });
    await using redis = createRedis(`redis://reader:pw@127.0.0.1:${guarded.port}`, { protocol });
    const both = await settle(redis.subscribe(['open', 'secrets']));
    expect(both).toMatchObject({ code: 'REPLY', prefix: 'NOPERM' });
    await ownLines(redis, 0);
    expect(await redis.pubsubNumsub('open')).toEqual({ open: 0 });
    const news = await redis.subscribe('open');
    expect(await settle(redis.subscribe(['open', 'secrets']))).toMatchObject({ prefix: 'NOPERM' });
    await redis.publish('open', 'heard');
    expect((await news.next()).value).toMatchObject({ message: 'heard' });
    const reading = settle(news.next());
    await using admin = createRedis(guarded.url);
    await admin.aclSetuser('reader', 'resetchannels'); // refused on the way back
    expect(await reading).toMatchObject({ prefix: 'NOPERM' });
    await ownLines(redis, 0);
    expect(await redis.pubsubNumsub('open')).toEqual({ open: 0 });
  });

  it('who closes while the server is away, and comes again in the same turn, is subscribed once', async () => {
    await using own = await startRedis();
    await using redis = createRedis(own.url, { protocol, timeout: 20_000, backoff: { min: 1, max: 20 } });
    const first = await redis.subscribe('a');
    const away = new Promise<void>((resolve) => redis.on('state', ({ to }) => to === 'reconnecting' && resolve()));
    await own.kill();
    await away;
    void first.close();
    const again = redis.subscribe('a');
    await own.start();
    await using second = await again;
    expect(await redis.publish('a', 'heard')).toBe(1);
    expect((await second.next()).value).toMatchObject({ message: 'heard' });
    await ownLines(redis, 1);
    expect((await first.next()).done).toBe(true);
  });

  it('a channel that becomes forbidden ends alone, and can be had again when it is allowed', async () => {
    await using guarded = await startRedis({ users: ['reader on >pw ~* +@all resetchannels &open &closing'] });
    await using admin = createRedis(guarded.url);
    await using redis = createRedis(`redis://reader:pw@127.0.0.1:${guarded.port}`, {
      protocol,
      backoff: { min: 1, max: 5 },
    });
    await using open = await redis.subscribe('open');
    const gap = new Promise<Gap>((resolve) => open.on('gap', resolve));
    const closing = await redis.subscribe('closing');
    const reading = settle(closing.next());
    await admin.aclSetuser('reader', 'resetchannels', '&open'); // ends the connections that have others
    expect(await reading).toMatchObject({ code: 'REPLY', prefix: 'NOPERM' });
    expect(await gap).toEqual({ reason: 'reconnect' });
    await admin.publish('open', 'after');
    expect((await open.next()).value).toMatchObject({ message: 'after' });
    await admin.aclSetuser('reader', '&closing');
    await using again = await redis.subscribe('closing');
    await admin.publish('closing', 'allowed');
    expect((await again.next()).value).toMatchObject({ message: 'allowed' });
  });

  it('one that is refused is nothing to those who ask for its other channels', async () => {
    await using guarded = await startRedis({ users: ['reader on >pw ~* +@all resetchannels &open &other'] });
    await using redis = createRedis(`redis://reader:pw@127.0.0.1:${guarded.port}`, { protocol });
    await using _line = await redis.subscribe('other');
    const both = settle(redis.subscribe(['open', 'secrets']));
    const alone = redis.subscribe('open');
    expect(await both).toMatchObject({ prefix: 'NOPERM' });
    await using news = await alone;
    expect(await redis.publish('open', 'heard')).toBe(1);
    expect((await news.next()).value).toMatchObject({ message: 'heard' });
  });

  it('one that ends because of one channel leaves its others', async () => {
    await using guarded = await startRedis({ users: ['reader on >pw ~* +@all resetchannels &open &closing'] });
    await using admin = createRedis(guarded.url);
    const backoff = { min: 1, max: 5 };
    await using redis = createRedis(`redis://reader:pw@127.0.0.1:${guarded.port}`, { protocol, backoff });
    const news = await redis.subscribe(['open', 'closing']);
    const reading = settle(news.next());
    await admin.aclSetuser('reader', 'resetchannels', '&open');
    expect(await reading).toMatchObject({ code: 'REPLY', prefix: 'NOPERM' });
    while ((await admin.pubsubNumsub('open'))['open'] !== 0) await turn();
    await ownLines(redis, 0);
  });

  it('the first call of a client may be a subscription, which connects the client, too', async () => {
    await using fresh = await startRedis();
    await using redis = createRedis(fresh.url, { protocol });
    await using _news = await redis.subscribe('a');
    const { shared, streams } = redis.stats().connections;
    expect([shared.size, streams.size]).toEqual([1, 1]);
  });

  it.each(['dropOldest', 'pause'] as const)('%s: the client keeps no listener', async (overflow) => {
    const on = vi.spyOn(Client.prototype, 'on');
    const off = vi.spyOn(Client.prototype, 'off');
    await using guarded = await startRedis();
    await using redis = createRedis(guarded.url, { protocol, backoff: { min: 1, max: 1 } });
    await using admin = createRedis(guarded.url);
    await admin.ping();
    await (await redis.subscribe('first', { overflow })).close();
    const before = on.mock.calls.length - off.mock.calls.length;
    for (let i = 0; i < 3; i++) await (await redis.subscribe('a', { overflow })).close();
    for (const [names, buffer] of [['a', 0] as const, [[], 1] as const])
      expect(await settle(redis.subscribe(names, { overflow, buffer }))).toMatchObject({ code: 'ARGUMENT' });
    expect(on.mock.calls.length - off.mock.calls.length).toBe(before);
    const lost = await redis.subscribe('a', { overflow });
    const reading = settle(lost.next());
    await admin.configSet({ requirepass: 'new' });
    await admin.clientKill({ type: 'pubsub' });
    expect(await reading).toMatchObject({ cause: { prefix: 'NOAUTH' } });
    expect(on.mock.calls.length - off.mock.calls.length).toBe(before);
    await ownLines(redis, 0);
    vi.restoreAllMocks();
  });

  it('readers of text and of bytes may come in any order', async () => {
    await using redis = createRedis(server.url, { protocol });
    await using text = await redis.subscribe('a');
    await using bytes = await redis.with({ bytes: true }).subscribe('a');
    await redis.publish('a', 'é');
    expect((await text.next()).value).toEqual({ channel: 'a', message: 'é' });
    expect((await bytes.next()).value).toEqual({ channel: 'a', message: new TextEncoder().encode('é') });
  });
});

it('a call waits for a busy server as long as it may', async () => {
  const waits = [2, 3].map(async (protocol) => {
    await using proxy = await faultProxy(server);
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}?protocol=${protocol}`, { timeout: 60_000 });
    await using _line = await redis.subscribe('first');
    proxy.stall();
    const waiting = redis.subscribe('busy');
    setTimeout(() => proxy.resume(), 5500).unref(); // longer than the library waits in its own name
    await using news = await waiting;
    expect(await redis.publish('busy', 'heard')).toBeGreaterThan(0);
    expect((await news.next()).value).toMatchObject({ message: 'heard' });
  });
  const comesBack = async (): Promise<void> => {
    await using proxy = await faultProxy(server);
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol: 2, backoff: { min: 1, max: 5 } });
    await redis.connect();
    const handshake = proxy.connections[0]?.fromClient ?? 0;
    await using news = await redis.subscribe('back');
    const gap = new Promise<Gap>((resolve) => news.on('gap', resolve));
    proxy.faults = { toServer: { stallAfter: handshake + 10 } }; // in the middle of SUBSCRIBE
    proxy.connections.at(-1)?.cut();
    await proxy.connected(3);
    setTimeout(() => proxy.resume(), 5500).unref();
    expect(await Promise.race([gap, settle(news.next())])).toEqual({ reason: 'reconnect' });
  };
  await Promise.all([...waits, comesBack()]);
});
