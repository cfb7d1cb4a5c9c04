import { faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createConnection, createPool, createRedis, type KvError } from '../src/index.ts';

vi.mock('../../core/src/timers.ts', () => import('@kv/testkit/faked-timers'));

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe.each([2, 3] as const)('pool in RESP%i', (protocol) => {
  it('85: is ready with minSize connections and grows to maxSize', async () => {
    await using pool = await createPool(server.url, { protocol, minSize: 2, maxSize: 3 });
    expect([pool.size, pool.freeSize, pool.minSize, pool.maxSize]).toEqual([2, 2, 2, 3]);
    const leases = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
    expect([pool.size, pool.freeSize]).toEqual([3, 0]);
    await expect(pool.acquire({ timeout: 20 })).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
    for (const lease of leases) pool.release(lease);
    await Promise.all(leases.map((lease) => lease.release()));
    expect(pool.freeSize).toBe(3);
    pool.clear();
    expect(pool.freeSize).toBe(0);
    expect(await pool.execute('PING')).toBe('PONG');
  });

  it('85: serves waiters first in, first out', async () => {
    await using pool = await createPool(server.url, { protocol, maxSize: 1 });
    const first = await pool.acquire();
    const order: number[] = [];
    const waiters = Array.from({ length: 20 }, async (_, i) => {
      await using _lease = await pool.acquire();
      order.push(i);
    });
    pool.release(first);
    await Promise.all(waiters);
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('87: a task that throws gives back a clean connection', async () => {
    await using pool = await createPool(server.url, { protocol, maxSize: 1 });
    const task = async (): Promise<never> => {
      await using lease = await pool.acquire();
      await lease.select(5);
      await lease.watch('k');
      await lease.execute('CLIENT', 'SETNAME', 'mine');
      await lease.execute('MULTI');
      throw new Error('task failed');
    };
    await expect(task()).rejects.toThrow('task failed');
    await using lease = await pool.acquire();
    expect(lease.db).toBe(0);
    expect(await lease.execute('CLIENT', 'GETNAME')).toBeNull();
    expect(await lease.set('k', 'not queued')).toBe('OK');
  });

  it('select() holds for free and later connections, and for leased ones when they come back', async () => {
    await using pool = await createPool(server.url, { protocol, minSize: 2, maxSize: 2 });
    const lease = await pool.acquire();
    await pool.select(7);
    expect([pool.db, lease.db]).toEqual([7, 0]);
    await lease.release();
    const leases = await Promise.all([pool.acquire(), pool.acquire()]);
    expect(leases.map(({ db }) => db)).toEqual([7, 7]);
    await Promise.all(leases.map((one) => one.release()));
    await expect(pool.select(99)).rejects.toMatchObject({ code: 'REPLY' });
    expect(pool.db).toBe(7);
    expect(await pool.execute('PING')).toBe('PONG');
  });

  it('select() holds for blocking commands', async () => {
    await using pool = await createPool(server.url, { protocol });
    await using other = createRedis(server.url);
    expect(await pool.blpop('queue', 0.01)).toBeNull();
    await pool.ping(); // the connection of the pop is back
    await pool.select(7);
    await other.rpush('queue', 'in 0');
    await pool.rpush('queue', 'in 7');
    expect(await pool.blpop('queue', 1)).toEqual({ key: 'queue', element: 'in 7' });
    await expect(pool.select(99)).rejects.toMatchObject({ code: 'REPLY' });
    await pool.rpush('queue', 'in 7 again');
    expect(await pool.blpop('queue', 1)).toEqual({ key: 'queue', element: 'in 7 again' });
    await other.del('queue');
  });

  it('select() holds for a connection that is just being made', async () => {
    await using proxy = await faultProxy(server);
    await using pool = await createPool(`redis://127.0.0.1:${proxy.port}`, { protocol, maxSize: 2 });
    await using _first = await pool.acquire();
    const handshake = proxy.connections[0]?.fromServer ?? 0;
    proxy.faults = { toClient: { stallAfter: handshake - 3 } }; // within the last reply
    const made = pool.acquire();
    while ((proxy.connections[1]?.fromServer ?? 0) < handshake) await turn();
    await pool.select(7);
    proxy.resume();
    await using second = await made;
    expect(second.db).toBe(7);
    expect(await second.clientInfo()).toContain('db=7');
  });

  it('select() holds for a connection that is just being cleaned', async () => {
    await using proxy = await faultProxy(server);
    const address = `redis://127.0.0.1:${proxy.port}`;
    await using measured = await createPool(address, { protocol });
    const first = await measured.acquire();
    await first.select(3);
    await first.release();
    const cleaned = proxy.connections[0]?.fromServer ?? 0;
    proxy.faults = { toClient: { stallAfter: cleaned - 3 } }; // within the last reply of the cleaning
    await using pool = await createPool(address, { protocol, maxSize: 1 });
    const lease = await pool.acquire();
    await lease.select(3);
    pool.release(lease);
    while ((proxy.connections[1]?.fromServer ?? 0) < cleaned) await turn();
    await pool.select(7);
    proxy.resume();
    await using again = await pool.acquire();
    expect(again.db).toBe(7);
    expect(await again.clientInfo()).toContain('db=7');
  });

  it('select() that failed on one connection holds for none', async () => {
    await using proxy = await faultProxy(server);
    await using pool = await createPool(`redis://127.0.0.1:${proxy.port}`, { protocol, minSize: 2, maxSize: 2 });
    const [lost, slow] = proxy.connections;
    slow?.stall('toClient');
    lost?.stall('toClient');
    const selected = pool.select(7).catch((error: KvError) => error);
    await turn();
    lost?.cut();
    await lost?.closed;
    await turn();
    slow?.resume();
    expect(await selected).toMatchObject({ code: 'CONNECTION' });
    expect(pool.db).toBe(0);
    const leases = await Promise.all([pool.acquire(), pool.acquire()]);
    for (const lease of leases) expect(await lease.clientInfo()).toContain('db=0');
    await Promise.all(leases.map((lease) => lease.release()));
  });

  it('select() that one connection did not answer in time holds for none, also when that runs it later', async () => {
    await using proxy = await faultProxy(server);
    const url = `redis://127.0.0.1:${proxy.port}`;
    await using pool = await createPool(url, { protocol, minSize: 2, maxSize: 2 });
    proxy.connections[1]?.stall('toClient');
    const selected = pool.with({ timeout: 50 }).select(7);
    await expect(selected).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' });
    proxy.connections[1]?.resume();
    expect(pool.db).toBe(0);
    await using first = await pool.acquire();
    await using second = await pool.acquire();
    for (const lease of [first, second]) expect(await lease.clientInfo()).toContain('db=0');
  });

  it('88: close settles its waiters', async () => {
    const pool = await createPool(server.url, { protocol, maxSize: 1 });
    const lease = await pool.acquire();
    const waiter = pool.acquire().catch((error: KvError) => error);
    await pool.close({ timeout: 10 });
    expect(await waiter).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
    expect(lease.closed).toBe(true);
  });
});

describe('raw connection', () => {
  it('keeps its state, is not replaced, and says where it is', async () => {
    const connection = await createConnection(server.url);
    expect(connection.address).toBe(`127.0.0.1:${server.port}`);
    await connection.select(3);
    expect(connection.db).toBe(3);
    expect(await connection.execute('SET', 'a', 1)).toBe('OK');
    expect(await connection.with({ bytes: true }).execute('GET', 'a')).toEqual(Uint8Array.of(49));
    const other = createRedis(server.url);
    await other.execute('CLIENT', 'KILL', 'ID', (await connection.execute('CLIENT', 'ID')) as number);
    await other.close();
    await expect(connection.execute('PING')).rejects.toMatchObject({ code: 'CONNECTION' });
    expect(connection.closed).toBe(true);
    await connection.close();
  });

  it('quit means close', async () => {
    const connection = await createConnection(server.url);
    await connection.execute('QUIT');
    expect(connection.closed).toBe(true);
  });
});
