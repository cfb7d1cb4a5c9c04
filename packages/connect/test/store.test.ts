import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { startEmbedded } from '@kv/embedded';
import { createGibson, keyValue as keyValueOfGibson } from '@kv/gibson';
import { createRedis, keyValue } from '@kv/redis';
import { type AdapterServer, adapterServers, ownPrefix } from '@kv/testkit/adapter-servers';
import express from 'express';
import session, { Cookie, type SessionData } from 'express-session';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KvStore } from '../src/index.ts';

declare module 'express-session' {
  interface SessionData {
    readonly user?: string;
    visits?: number;
  }
}

/** A session as express-session passes it to a store. */
function sessionOf(maxAge: number | null, data: Partial<SessionData> = {}): SessionData {
  const cookie = new Cookie();
  cookie.originalMaxAge = maxAge;
  cookie.expires = maxAge === null ? null : new Date(Date.now() + maxAge);
  return { cookie, ...data };
}

describe.each(adapterServers)('on %s', (_, start) => {
  let server: AdapterServer;
  let store: KvStore;
  const prefix = ownPrefix();
  const kv = () => server.open(prefix);
  beforeAll(async () => {
    server = await start();
    store = new KvStore(kv());
  });
  beforeEach(() => store.clear());
  afterAll(async () => {
    await store.clear();
    await server.close();
  });

  test('a session is there until it is destroyed', async () => {
    expect(await store.get('1')).toBeNull();
    await store.set('1', sessionOf(60_000, { user: 'ada' }));
    expect(await store.get('1')).toMatchObject({ user: 'ada', cookie: { path: '/' } });
    await store.destroy('1');
    await store.destroy('1');
    expect(await store.get('1')).toBeNull();
  });

  test('it lives until its cookie ends, and touch prolongs it', async () => {
    await store.set('1', sessionOf(60_000));
    expect(await kv().ttl('1')).toBeLessThanOrEqual(60_000 + kv().capabilities.ttlLateness);
    await store.touch('1', sessionOf(900_000));
    expect(await kv().ttl('1')).toBeGreaterThan(600_000);
    await store.touch('none', sessionOf(900_000));
    expect(await store.get('none')).toBeNull();
  });

  test('a cookie without an end gives it a day, or the longest time of the server', async () => {
    const { maxTtl, ttlLateness } = kv().capabilities;
    const day = Math.min(86_400_000, maxTtl);
    await store.set('1', sessionOf(null));
    expect(await kv().ttl('1')).toBeGreaterThan(day * 0.99);
    expect(await kv().ttl('1')).toBeLessThanOrEqual(day + ttlLateness);
  });

  test('a cookie that has ended removes the session', async () => {
    await store.set('1', sessionOf(60_000));
    await store.set('1', sessionOf(-1));
    expect([await store.get('1'), await store.length()]).toEqual([null, 0]);
    await store.set('2', sessionOf(60_000));
    await store.touch('2', sessionOf(-1));
    expect(await store.get('2')).toBeNull();
  });

  test('all sessions can be listed, counted and removed', async () => {
    expect([await store.all(), await store.ids(), await store.length()]).toEqual([[], [], 0]);
    await store.set('1', sessionOf(60_000, { user: 'ada' }));
    await store.set('2', sessionOf(60_000, { user: 'bob' }));
    expect((await store.ids()).toSorted()).toEqual(['1', '2']);
    expect(Object.fromEntries((await store.all()).map(({ id, user }) => [id, user]))).toEqual({ 1: 'ada', 2: 'bob' });
    expect(await store.length()).toBe(2);
    await store.clear();
    expect(await store.length()).toBe(0);
  });

  test('requests of a browser find their session again', async () => {
    const app = express();
    app.use(session({ store, secret: 'test', resave: false, saveUninitialized: false }));
    app.get('/', (request, response) => {
      Object.assign(request.session, { visits: (request.session.visits ?? 0) + 1 });
      response.end(String(request.session.visits));
    });
    const web = app.listen(0, '127.0.0.1');
    await once(web, 'listening');
    const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/`;
    const first = await fetch(url);
    const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const second = await fetch(url, { headers: { cookie } });
    expect([await first.text(), await second.text()]).toEqual(['1', '2']);
    await new Promise((resolve) => web.close(resolve));
  });
});

test('sessions of connect-redis are found: the same keys, the same text', async () => {
  await using redis = createRedis('embedded:');
  await redis.set('sess:1', JSON.stringify(sessionOf(60_000, { user: 'ada' })));
  const store = new KvStore(keyValue(redis, { prefix: 'sess:' }));
  expect(await store.get('1')).toMatchObject({ user: 'ada' });
});

test('callbacks get what the call gives, or its error, and may throw without being called again', async () => {
  await using redis = createRedis('embedded:');
  const store = new KvStore(keyValue(redis));
  await store.set('1', sessionOf(60_000, { user: 'ada' }));
  const found = await new Promise((resolve) => void store.get('1', (...told) => resolve(told)));
  expect(found).toMatchObject([null, { user: 'ada' }]);
  const away = new KvStore(keyValue(createRedis({ host: '127.0.0.1', port: 1 }, { timeout: 50 })));
  const failed = await new Promise((resolve) => void away.get('1', (...told) => resolve(told)).catch(() => undefined));
  expect(failed).toMatchObject([{ code: 'TIMEOUT' }]);
});

test('a failure that a callback is told is no unhandled rejection', async () => {
  const away = new KvStore(keyValue(createRedis({ host: '127.0.0.1', port: 1 }, { timeout: 50 })));
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', listen);
  const error = await new Promise((resolve) => {
    void away.destroy('1', resolve);
  });
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', listen);
  expect([error, unhandled]).toMatchObject([{ code: 'TIMEOUT' }, []]);
});

test('a function that gives a session no more time ends it, as a cookie that has ended does', async () => {
  await using redis = createRedis('embedded:');
  const kv = keyValue(redis);
  for (const left of [0, -5000]) {
    const store = new KvStore(kv, { ttl: () => left });
    await kv.set('a', '{}');
    await store.set('a', sessionOf(60_000));
    expect(await kv.has('a')).toBe(false);
    await kv.set('a', '{}');
    await store.touch('a', sessionOf(60_000));
    expect(await kv.has('a')).toBe(false);
  }
  const forgetful = new KvStore(kv, { ttl: () => undefined as unknown as number });
  await expect(forgetful.set('a', sessionOf(60_000))).rejects.toThrow('ttl: expected milliseconds from the function');
  await expect(forgetful.touch('a', sessionOf(60_000))).rejects.toThrow('ttl: expected milliseconds from the function');
});

test('options: a time to live of your own, no touch, another serializer', async () => {
  await using server = await startEmbedded({ redis: true, frozenAt: Date.now() });
  await using redis = createRedis(server.redis.address);
  const kv = keyValue(redis);
  await new KvStore(kv, { ttl: 5000 }).set('a', sessionOf(null));
  await new KvStore(kv, { ttl: (one) => (one.user === 'ada' ? 7000 : 1) }).set('b', sessionOf(60_000, { user: 'ada' }));
  expect([await kv.ttl('a'), await kv.ttl('b')]).toEqual([5000, 7000]);
  await new KvStore(kv, { touch: false }).touch('a', sessionOf(60_000));
  expect(await kv.ttl('a')).toBe(5000);
  const serializer = {
    stringify: (one: SessionData) => `v1${JSON.stringify(one)}`,
    parse: (text: string) => JSON.parse(text.slice(2)) as SessionData,
  };
  const store = new KvStore(kv, { serializer });
  await store.set('c', sessionOf(60_000, { user: 'bob' }));
  expect([(await redis.get('c'))?.startsWith('v1{'), (await store.get('c'))?.user]).toEqual([true, 'bob']);
});

test('a value that is no session is refused in words that show nothing of it', async () => {
  await using redis = createRedis('embedded:');
  const kv = keyValue(redis);
  const store = new KvStore(kv);
  await store.set('1', sessionOf(60_000, { user: 'ada' }));
  await kv.set('other', 'secret text');
  for (const call of [() => store.get('other'), () => store.all()]) {
    const error = await call().catch((reason: unknown) => reason);
    expect((error as Error).message).toMatch(/^session: the serializer cannot read a stored value/);
    expect(inspect(error)).not.toMatch(/secret/);
  }
  const problem = new Error('version 2 is unknown');
  const parse = (): never => {
    throw problem;
  };
  const own = new KvStore(kv, { serializer: { stringify: JSON.stringify, parse } });
  await expect(own.get('1')).rejects.toMatchObject({ cause: problem });
});

test('a session that lives longer than Gibson keeps anything is refused', async () => {
  await using gibson = createGibson('embedded:');
  const store = new KvStore(keyValueOfGibson(gibson, { prefix: 'sess:' }));
  await expect(store.set('1', sessionOf(86_400_000))).rejects.toMatchObject({ code: 'ARGUMENT' });
});
