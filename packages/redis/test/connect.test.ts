/** Behaviors 58 to 70: how a client comes to its server, and leaves it. */
import { faultProxy } from '@kv/testkit/fault-proxy';
import { RawClient } from '@kv/testkit/raw-client';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedis, type KvError, type Redis } from '../src/index.ts';
import { recordedWrites } from './recorded-writes.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);

/** Resolves when the client says that it is in this state. */
function reached(redis: Redis, state: string): Promise<unknown> {
  return new Promise((resolve) => redis.on('state', ({ to }) => to === state && resolve(to)));
}

/** As long as each value of a saved database: the server looks after its clients between two of them. */
const LARGE = 'x'.repeat(1100);

/** 5 ms for each key, so that a test can be sure to meet it while it loads. */
const SLOW_TO_LOAD = [
  ...['--loading-process-events-interval-bytes', '1024', '--key-load-delay', '5000'],
  ...['--rdbcompression', 'no'],
];

/** A bare connection to a server that was just started, once it says that it loads its data. */
async function whileLoading(server: RedisServer): Promise<RawClient> {
  for (;;) {
    const raw = await RawClient.dial(server).catch(() => undefined);
    raw?.write('PING\r\n');
    if ((await raw?.readText(8)) === '-LOADING') return raw as RawClient;
    await raw?.close();
    await new Promise(setImmediate);
  }
}

describe.each([2, 3] as const)('connecting in RESP%i', (protocol) => {
  it('58: the handshake goes out in at most two writes, and is answered before any command of users', async () => {
    const { address, connections } = recordedWrites(server.port);
    await using redis = createRedis(address, { protocol, db: 2, name: 'me' });
    await Promise.all([redis.set('a', 1), redis.get('a')]);
    const [writes] = connections as [string[]];
    const users = writes.findIndex((write) => write.includes('\r\nSET\r\n'));
    expect(users).toBe(protocol === 3 ? 2 : 1);
    const handshake = writes.slice(0, users).join('');
    for (const word of ['SELECT', 'SETNAME', 'SETINFO', 'PING']) expect(handshake).toContain(word);
    expect(handshake.includes('HELLO')).toBe(protocol === 3);
  });

  it('59: a server that knows no HELLO is spoken to in RESP2, with the same values', async () => {
    await using old = await startRedis({ args: ['--rename-command', 'HELLO', ''], password: 'p' });
    await using redis = createRedis(old.url, { protocol });
    await redis.hset('h', { f: 'v' });
    expect(await redis.hgetall('h')).toEqual({ f: 'v' });
    expect(await redis.execute('HGETALL', 'h')).toEqual(['f', 'v']);
  });

  it('60: AUTH with a password alone, and with a user', async () => {
    await using guarded = await startRedis({ password: 'pass word', users: ['alice on >secret ~* +@all'] });
    await using old = createRedis(guarded.url, { protocol });
    expect(await old.aclWhoami()).toBe('default');
    await using alice = createRedis(`redis://alice:secret@127.0.0.1:${guarded.port}`, { protocol });
    expect(await alice.aclWhoami()).toBe('alice');
  });

  it('61: a wrong password is final: calls end at once, and no other attempt is made', async () => {
    await using guarded = await startRedis({ password: 'right' });
    await using proxy = await faultProxy(guarded);
    await using redis = createRedis(`redis://:wrong@127.0.0.1:${proxy.port}`, {
      protocol,
      backoff: { min: 1, max: 1 },
    });
    const errors = await Promise.all(Array.from({ length: 10 }, () => settle(redis.get('a'))));
    for (const error of errors) expect(error).toMatchObject({ outcome: 'notSent', cause: { prefix: 'WRONGPASS' } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(proxy.total).toBe(1);
  });

  it('62: the database is selected again after a lost connection', async () => {
    await using proxy = await faultProxy(server);
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}/4`, { protocol });
    await redis.set('only in 4', 'x');
    const lost = reached(redis, 'reconnecting');
    proxy.cut();
    await lost;
    expect(await redis.get('only in 4')).toBe('x');
    await using zero = createRedis(server.url, { protocol });
    expect(await zero.get('only in 4')).toBeNull();
  });

  it('63: tells its name, and which library in which version it is', async () => {
    await using redis = createRedis(server.url, { protocol, name: 'worker-7' });
    expect(await redis.clientGetname()).toBe('worker-7');
    const me = (await redis.clientList()).split('\n').find((line) => line.includes('name=worker-7')) ?? '';
    // Servers before 7.2 keep no library.
    const library = / lib-name=\S* lib-ver=\S*/.exec(me)?.[0] ?? ' lib-name=kv lib-ver=0.0.0';
    expect(library).toMatch(/^ lib-name=kv lib-ver=\d+\.\d+\.\d+$/);
  });

  it('64: a server that loads its data is waited for, each call no longer than its deadline, which says why', async () => {
    await using slow = await startRedis({ args: SLOW_TO_LOAD });
    await using redis = createRedis(slow.url, { protocol, timeout: 20_000, backoff: { min: 1, max: 5 } });
    await redis.mset(Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, LARGE])));
    await redis.save();
    await slow.kill();
    const started = slow.start();
    await using admin = await whileLoading(slow);
    const waiting = redis.get('k7');
    const error = await settle(redis.with({ timeout: 500 }).get('k8'));
    expect(error).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent', cause: { cause: { prefix: 'LOADING' } } });
    expect(await settle(redis.connect())).toMatchObject({ code: 'CONNECTION', cause: { prefix: 'LOADING' } });
    admin.write('CONFIG SET key-load-delay 0\r\n');
    expect(await waiting).toBe(LARGE);
    await started;
  });

  it('65: a server that takes the connection and is silent fails the attempt at connectTimeout', async () => {
    await using mute = await startRedis();
    mute.pause(); // its system still takes connections, nobody answers on them
    await using redis = createRedis(mute.url, { protocol, connectTimeout: 50, timeout: 20_000 });
    expect(await settle(redis.connect())).toMatchObject({ code: expect.stringMatching(/CONNECTION|TIMEOUT/) });
    expect(await settle(redis.with({ timeout: 120 }).ping())).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
    const waiting = redis.ping();
    mute.resume();
    expect(await waiting).toBe('PONG');
  });

  it('66: close() during the handshake settles everything and hangs up', async () => {
    await using mute = await startRedis();
    await using proxy = await faultProxy(mute);
    mute.pause();
    const redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol });
    const calls = [redis.connect(), redis.get('a'), redis.session(), redis.subscribe('a'), redis.blpop('a', 0)];
    const ends = Promise.all(calls.map(settle));
    await proxy.connected(4); // shared, session, subscription, blocking
    const open = proxy.connections;
    while (open.some(({ fromClient }) => fromClient === 0)) await new Promise(setImmediate);
    expect(redis.state).toBe('connecting');
    await redis.close({ timeout: 20 });
    for (const end of await ends) expect(end).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
    mute.resume();
    await Promise.all(open.map(({ closed }) => closed));
    expect([redis.state, proxy.total]).toEqual(['closed', 4]);
  });

  it('67: close() settles everything in each state, and may be called again', async () => {
    await using proxy = await faultProxy(server);
    const open = (): Redis => createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol });
    const idle = open();
    expect(idle.state).toBe('idle');
    const connecting = open();
    const first = settle(connecting.ping());
    expect(connecting.state).toBe('connecting');
    const ready = open();
    await ready.connect();
    expect(ready.state).toBe('ready');
    const under = settle(ready.ping());
    const away = open();
    await away.connect();
    const lost = reached(away, 'reconnecting');
    await proxy.refuse();
    proxy.connections.at(-1)?.cut();
    await lost;
    const waiting = settle(away.ping());
    const clients = [idle, connecting, ready, away];
    await Promise.all(clients.map((client) => client.close({ timeout: 20 })));
    expect(await under).toBe('PONG');
    for (const end of [await first, await waiting])
      expect(end === 'PONG' || (end as KvError).code === 'CLOSED').toBe(true);
    for (const client of clients) {
      expect(client.state).toBe('closed');
      await client.close();
      expect(await settle(client.ping())).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
      expect(await settle(client.connect())).toMatchObject({ code: 'CLOSED' });
    }
  });

  it('68: connect() twice, at once or later, is one connection', async () => {
    await using proxy = await faultProxy(server);
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol });
    await Promise.all([redis.connect(), redis.connect()]);
    await redis.connect();
    await redis.ping();
    expect(proxy.total).toBe(1);
  });

  it('69: creating a client connects to nothing; the first command does', async () => {
    await using proxy = await faultProxy(server);
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol });
    await new Promise(setImmediate);
    expect([proxy.total, redis.state]).toEqual([0, 'idle']);
    await redis.ping();
    expect([proxy.total, redis.state]).toEqual([1, 'ready']);
  });

  it('70: a provider of credentials that throws costs an attempt, not the client', async () => {
    await using guarded = await startRedis({ password: 'p' });
    let asked = 0;
    const credentials = (): { password: string } => {
      if (++asked < 3) throw new Error('vault is away');
      return { password: 'p' };
    };
    await using redis = createRedis(`redis://127.0.0.1:${guarded.port}`, {
      protocol,
      credentials,
      backoff: { min: 1, max: 5 },
    });
    expect(await redis.ping()).toBe('PONG');
    expect(asked).toBe(3);
  });

  it('70: an own transport that throws costs an attempt, not the client', async () => {
    const { address } = recordedWrites(server.port);
    let dialled = 0;
    const connect: typeof address.connect = (...all) => {
      if (++dialled < 3) throw new Error('no network yet');
      return address.connect(...all);
    };
    await using redis = createRedis({ connect }, { protocol, backoff: { min: 1, max: 5 } });
    expect(await redis.ping()).toBe('PONG');
    expect(dialled).toBe(3);
  });
});
