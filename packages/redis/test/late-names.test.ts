import dns from 'node:dns';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort, type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRedis, type KvError, type Redis } from '../src/index.ts';

/** A managed service: its name leads to one of two addresses with the same port. */
const OLD = '127.0.0.1';
const NEW = '127.0.0.2';
/** On a connection that is younger than this, READONLY is the answer to the call, ms. */
const FRESH = 1000;

let servers: RedisServer[];
let relays: Server[];
let sockets: Socket[];
let port: number;
let named: string;
let lookups: number;

/** Takes connections to an address and hands them to a server. */
async function relay(host: string, target: RedisServer): Promise<void> {
  const server = createServer((socket) => {
    const onward = connect(target.port, target.host);
    for (const one of [socket, onward]) sockets.push(one.on('error', () => undefined));
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  relays.push(server);
}

beforeEach(async () => {
  servers = await Promise.all([startRedis(), startRedis()]);
  [relays, sockets, named, lookups] = [[], [], OLD, 0];
  port = await freePort();
  await relay(OLD, servers[0] as RedisServer);
  await relay(NEW, servers[1] as RedisServer);
  const real = dns.lookup;
  const lookup = (name: string, ...rest: unknown[]): void => {
    if (name !== 'db.example') return (real as (...args: unknown[]) => void)(name, ...rest);
    const [{ all }, done] = rest as [{ all?: boolean }, (...args: unknown[]) => void];
    lookups++;
    queueMicrotask(() => (all === true ? done(null, [{ address: named, family: 4 }]) : done(null, named, 4)));
  };
  vi.spyOn(dns, 'lookup').mockImplementation(lookup as never);
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const socket of sockets) socket.destroy();
  for (const server of relays) server.close();
  await Promise.all(servers.map((server) => server.stop()));
});

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);
const age = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, FRESH + 50));
const readonly = { code: 'REPLY', prefix: 'READONLY', outcome: 'refused' };

async function demote(server: RedisServer): Promise<void> {
  await using admin = createRedis({ host: server.host, port: server.port });
  await admin.execute('REPLICAOF', '127.0.0.1', await freePort());
}

describe.each([2, 3] as const)('a name that moves late, in RESP%i [#32]', (protocol) => {
  const open = (): Redis =>
    createRedis({ host: 'db.example', port }, { protocol, backoff: { min: 1, max: 20 }, timeout: 20_000 });

  it('is looked up once for many calls that a demoted server refuses, and again a while later', async () => {
    await using redis = open();
    await redis.set('a', 0);
    await age();
    await demote(servers[0] as RedisServer);
    const refused = await Promise.all(Array.from({ length: 10 }, () => settle(redis.incr('a'))));
    expect(refused).toEqual(Array.from(refused, () => expect.objectContaining(readonly)));
    expect(lookups).toBe(2);
    await age();
    expect(await settle(redis.incr('a'))).toMatchObject(readonly); // the name has not moved
    expect(lookups).toBe(3);
    named = NEW;
    await age();
    expect(await Promise.all(Array.from({ length: 10 }, () => redis.incr('a')))).toHaveLength(10);
    expect(lookups).toBe(4);
    expect(await redis.get('a')).toBe('10');
  });

  it('is followed by sessions and by blocking commands', async () => {
    await using redis = open();
    await (await redis.session()).release();
    expect(await redis.blmove('a', 'b', 'left', 'right', 0.01)).toBeNull();
    await age();
    await demote(servers[0] as RedisServer);
    named = NEW;
    expect(await settle(redis.blmove('a', 'b', 'left', 'right', 0.1))).toMatchObject(readonly);
    await redis.rpush('a', 'x');
    expect(await redis.blmove('a', 'b', 'left', 'right', 1)).toBe('x');
    const first = await redis.session();
    await settle(first.set('k', 'v'));
    await first.release();
    await using second = await redis.session();
    expect(await second.set('k', 'v')).toBe('OK');
  });
});
