/**
 * A server that answers, but cannot do what it is for: it became a replica, lost its master, or loads its data. Users
 * of other clients need a hand-made `reconnectOnError` for it (ioredis#439).
 */
import { type FaultProxy, faultProxy } from '@kv/testkit/fault-proxy';
import { freePort, type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { scriptedServer } from '@kv/testkit/scripted-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedis, type KvError, type Redis } from '../src/index.ts';

let old: RedisServer;
let proxy: FaultProxy;
let admin: Redis;
beforeEach(async () => {
  old = await startRedis();
  proxy = await faultProxy(old);
  admin = createRedis(old.url);
});
afterEach(async () => {
  await admin.close();
  await proxy.close();
  await old.stop();
});

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);
const readonly = { code: 'REPLY', outcome: 'refused', prefix: 'READONLY' };

/** A connection is left when it is older than this, ms. */
const FRESH = 1000;
const age = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, FRESH + 50));

describe.each([2, 3] as const)('in RESP%i', (protocol) => {
  const open = (): Redis =>
    createRedis({ host: '127.0.0.1', port: proxy.port }, { protocol, backoff: { min: 1, max: 20 }, timeout: 20_000 });

  it('84: READONLY after a failover: the connection is left for the new master, and what was refused runs there, once', async () => {
    await using master = await startRedis();
    await using redis = open();
    await redis.connect();
    await age();
    await admin.execute('REPLICAOF', '127.0.0.1', await freePort());
    proxy.target = master;
    expect(await Promise.all(Array.from({ length: 10 }, () => redis.incr('counter')))).toHaveLength(10);
    await using direct = createRedis(master.url);
    expect(await direct.get('counter')).toBe('10');
    expect(proxy.total).toBe(2);
    await using session = await redis.session();
    expect(await session.incr('counter')).toBe(11);
  });

  it('84: a session that heard READONLY is not checked out again: who waits for one gets the new master', async () => {
    await using master = await startRedis();
    await using redis = createRedis({ host: '127.0.0.1', port: proxy.port }, { protocol, maxSessions: 1 });
    const session = await redis.session();
    const waiter = redis.session();
    await session.ping();
    await age();
    await admin.execute('REPLICAOF', '127.0.0.1', await freePort());
    proxy.target = master;
    expect(await settle(session.set('a', '1'))).toMatchObject(readonly);
    await session.release();
    await using next = await waiter;
    expect(await next.set('a', '1')).toBe('OK');
  });

  it('84: subscriptions and blocking commands follow to the new master', async () => {
    await using master = await startRedis();
    await using redis = open();
    const news = await redis.subscribe('news');
    expect(await redis.blpop('list', 0.01)).toBeNull();
    await age();
    await admin.execute('REPLICAOF', '127.0.0.1', await freePort());
    proxy.target = master;
    expect(await settle(redis.blpop('list', 1))).toMatchObject(readonly);
    await redis.rpush('list', 'x');
    expect(await redis.blpop('list', 1)).toEqual({ key: 'list', element: 'x' });
    await using direct = createRedis(master.url);
    for (const connection of proxy.connections) connection.cut(); // also that of the subscription
    while ((await direct.publish('news', 'from the new master')) === 0) await new Promise(setImmediate);
    expect((await news.next()).value).toMatchObject({ message: 'from the new master' });
    await news.close();
  });

  it('84: READONLY of a server that is meant to be a replica: writes are refused, reads go on, no one knocks all the time', async () => {
    await admin.set('a', '1');
    await admin.execute('REPLICAOF', '127.0.0.1', await freePort());
    await using redis = open();
    await redis.connect();
    await age();
    const began = Date.now();
    for (let i = 0; i < 20; i++) {
      expect(await settle(redis.set('a', '2'))).toMatchObject(readonly);
      expect(await redis.get('a')).toBe('1');
    }
    expect(proxy.total).toBeLessThanOrEqual(2 + (Date.now() - began) / FRESH);
  });

  it('84: READONLY in a transaction or on a session is an answer; with retry never for all', async () => {
    await using redis = open();
    await redis.connect();
    await using session = await redis.session();
    await session.ping();
    await age();
    await admin.execute('REPLICAOF', '127.0.0.1', await freePort());
    expect(await settle(session.set('a', '1'))).toMatchObject(readonly);
    expect(await settle(redis.with({ retry: 'never' }).set('a', '1'))).toMatchObject(readonly);
    const multi = redis.multi();
    void multi.set('a', '1');
    void multi.set('b', '1');
    expect(await settle(multi.execute())).toMatchObject({ code: 'REPLY', outcome: 'refused' });
  });

  it('84: MASTERDOWN: calls wait for the server, within their deadline', async () => {
    await admin.set('a', '1');
    await using redis = open();
    await redis.connect();
    await age();
    await admin.configSet({ 'replica-serve-stale-data': 'no' });
    await admin.execute('REPLICAOF', '127.0.0.1', await freePort());
    expect(await settle(redis.with({ timeout: 200 }).get('a'))).toMatchObject({
      code: 'TIMEOUT',
      outcome: 'notSent',
      cause: { cause: { prefix: 'MASTERDOWN' } },
    });
    const waiting = redis.get('a');
    await admin.execute('REPLICAOF', 'NO', 'ONE');
    expect(await waiting).toBe('1');
  });
});

it('84: LOADING: what is refused while a server loads runs when it has loaded', async () => {
  const hello = /^[\s\S]*HELLO[\s\S]*3\r\n/;
  let lines = 0;
  await using server = await scriptedServer(async (peer) => {
    const line = ++lines;
    await peer.expect(hello);
    await peer.reply('%1\r\n$2\r\nid\r\n:7\r\n');
    await peer.expect(/[\s\S]*PING\r\n/);
    await peer.reply(line === 2 ? '+OK\r\n+OK\r\n-LOADING wait\r\n' : '+OK\r\n+OK\r\n+PONG\r\n');
    if (line === 2) return;
    await peer.expect('*2\r\n$4\r\nINCR\r\n$1\r\na\r\n');
    await peer.reply(line === 1 ? '-LOADING wait\r\n' : ':1\r\n');
    await peer.expectEnd();
  });
  await using redis = createRedis({ host: '127.0.0.1', port: server.port }, { backoff: { min: 1, max: 5 } });
  await redis.connect();
  await age();
  expect(await redis.incr('a')).toBe(1);
  expect(lines).toBe(3);
  await redis.close();
});
