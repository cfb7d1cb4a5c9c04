import { startRedis } from '@kv/testkit/redis-server';
import { scriptedServer } from '@kv/testkit/scripted-server';
import { describe, expect, it } from 'vitest';
import { createConnection, createPool, createRedis, type KvError } from '../src/index.ts';

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);

describe('a server that is killed and comes back in the middle of load', () => {
  it('72, 73, 74, pain 1, pain 2, pain 4: every promise settles, reads are repeated, sent writes are unknown, transactions stay whole, and it works again', async () => {
    await using server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    await using redis = createRedis(server.url, { timeout: 20_000 });
    const printed: unknown[] = [];
    const note = (error: unknown): void => void printed.push(error);
    process.on('unhandledRejection', note);
    await redis.set('read', 'value');
    const outcomes: unknown[] = [];
    const transactions: unknown[] = [];
    let acknowledged = 0;
    let stop = false;
    const writer = async (): Promise<void> => {
      while (!stop) {
        const result = await settle(redis.incr('counter'));
        if (typeof result === 'number') acknowledged++;
        else outcomes.push(result);
      }
    };
    const reader = async (): Promise<void> => {
      while (!stop) expect(await redis.get('read')).toBe('value');
    };
    const transactor = async (): Promise<void> => {
      while (!stop) {
        const m = redis.multi();
        void m.incr('left');
        void m.incr('right');
        const result = await settle(m.execute());
        if (result instanceof Error) transactions.push(result);
        expect(new Set(await redis.mget('left', 'right')).size).toBe(1);
      }
    };
    const load = [...Array.from({ length: 20 }, writer), ...Array.from({ length: 5 }, reader), transactor()];
    for (let round = 0; round < 2; round++) {
      const before = acknowledged;
      while (acknowledged < before + 200) await new Promise((resolve) => setImmediate(resolve));
      await server.kill();
      await server.start();
    }
    const before = acknowledged;
    while (acknowledged < before + 200) await new Promise((resolve) => setImmediate(resolve));
    stop = true;
    await Promise.all(load);
    const counter = Number(await redis.get('counter'));
    expect(counter).toBeGreaterThanOrEqual(acknowledged);
    expect(counter).toBeLessThanOrEqual(acknowledged + outcomes.length);
    expect(outcomes.length).toBeGreaterThan(0); // some writes were on the wire when it was killed
    for (const error of [...outcomes, ...transactions])
      expect(error).toMatchObject({ code: 'CONNECTION', outcome: 'unknown' });
    expect(redis.state).toBe('ready');
    process.off('unhandledRejection', note);
    expect(printed).toEqual([]);
  });

  it('72: commands that were never sent run when it is back', async () => {
    await using server = await startRedis();
    await using redis = createRedis(server.url, { timeout: 20_000 });
    await redis.connect();
    await server.kill();
    while (redis.state === 'ready') await new Promise((resolve) => setImmediate(resolve));
    const waiting = redis.set('late', 'but sent');
    await server.start();
    expect(await waiting).toBe('OK');
    expect(await redis.get('late')).toBe('but sent');
  });
});

describe('a server that is away', () => {
  it('76: fails calls at their deadline with the cause, and connect() and createPool() at once', async () => {
    const server = await startRedis();
    await server.stop();
    const redis = createRedis(server.url);
    const error = (await settle(redis.with({ timeout: 100 }).get('a'))) as KvError;
    expect(error).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent', command: 'GET' });
    expect(error.cause).toMatchObject({ code: 'CONNECTION', cause: { code: 'ECONNREFUSED' } });
    await expect(redis.connect()).rejects.toMatchObject({ code: 'CONNECTION', cause: { code: 'ECONNREFUSED' } });
    await redis.close();
    await expect(createPool(server.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await expect(createConnection(server.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});

describe('a server that stops answering', () => {
  it('76, 77, pain 6: calls end at their deadline, and later replies go to the right calls', async () => {
    await using server = await startRedis();
    await using redis = createRedis(server.url);
    await redis.set('a', 'late');
    await redis.set('b', 'right');
    server.pause();
    expect(await settle(redis.with({ timeout: 50 }).get('a'))).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' });
    const next = redis.get('b');
    server.resume();
    expect(await next).toBe('right');
  });

  it('80, pain 8: a half-open connection is found and replaced', async () => {
    await using server = await startRedis();
    await using redis = createRedis(server.url, { liveness: { idle: 50, grace: 50 }, connectTimeout: 100 });
    await redis.connect();
    const lost = new Promise<unknown>((resolve) =>
      redis.on('state', ({ to, cause }) => to === 'reconnecting' && resolve(cause)),
    );
    server.pause();
    expect(await lost).toMatchObject({ code: 'CONNECTION' });
    server.resume();
    expect(await redis.ping()).toBe('PONG');
  });
});

describe('a server that sends a reply to no pending command', () => {
  it('is told so, and the connection is replaced', async () => {
    await using server = await scriptedServer(async (peer) => {
      await peer.expect(/[\s\S]*PING\r\n/);
      await peer.reply(':7\r\n+OK\r\n+OK\r\n+PONG\r\n');
      await peer.expect(/[\s\S]*GET\r\n\$1\r\na\r\n/);
      await peer.reply(`$1\r\n${peer.index}\r\n${peer.index === 0 ? '+unasked\r\n' : ''}`);
      await peer.expectEnd();
    });
    await using redis = createRedis({ host: '127.0.0.1', port: server.port }, { protocol: 2 });
    const lost = new Promise((resolve) => redis.on('state', ({ cause }) => cause !== undefined && resolve(cause)));
    expect(await redis.get('a')).toBe('0');
    expect(await lost).toMatchObject({ code: 'PROTOCOL', message: 'Received a reply with no pending command' });
    expect(await redis.get('a')).toBe('1');
    await redis.close();
  });
});

describe('a server that refuses without a text', () => {
  it('is told so in the message of the error', async () => {
    await using server = await scriptedServer(async (peer) => {
      await peer.expect(/[\s\S]*PING\r\n/);
      await peer.reply(':7\r\n+OK\r\n+OK\r\n+PONG\r\n');
      await peer.expect(/[\s\S]*GET\r\n\$1\r\na\r\n/);
      await peer.reply('-\r\n');
      await peer.expectEnd();
    });
    await using redis = createRedis({ host: '127.0.0.1', port: server.port }, { protocol: 2 });
    const error = await settle(redis.get('a'));
    expect(error).toMatchObject({ code: 'REPLY', prefix: '', message: 'The server sent an error without a text' });
    await redis.close();
  });
});
