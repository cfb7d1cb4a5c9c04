/** RESET logs the connection out and forgets its name, database and protocol: the next user must not notice. */
import { faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, createPool, createRedis } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis({ password: 'secret' });
});
afterAll(() => server.stop());

describe.each([2, 3] as const)('RESET by execute in RESP%i', (protocol) => {
  const options = (): object => ({ protocol, password: 'secret', db: 3, name: 'me' });
  const facts = [/db=3 /, /name=me /, new RegExp(`resp=${protocol}`)];

  it('a session that was reset is logged in again for the next user of its connection', async () => {
    await using redis = createRedis(server.url, { ...options(), maxSessions: 1 });
    const first = await redis.session();
    expect(await first.execute('RESET')).toBe('RESET');
    await first.release();
    await using second = await redis.session();
    const info = await second.clientInfo();
    for (const fact of facts) expect(info).toMatch(fact);
  });

  it('a lease of a pool that was reset is logged in again, also after a pipeline with RESET', async () => {
    await using pool = await createPool(server.url, { ...options(), maxSize: 1 });
    for (const reset of ['execute', 'pipeline'] as const) {
      const lease = await pool.acquire();
      if (reset === 'execute') await lease.execute('reset');
      else await lease.sendAll([command('RESET')]);
      await lease.release();
      expect(await pool.execute('SET', 'a', 1)).toBe('OK');
      const info = (await pool.execute('CLIENT', 'INFO')) as string;
      for (const fact of facts) expect(info).toMatch(fact);
    }
  });

  it('a session that is reset by its own method can be used on', async () => {
    await using redis = createRedis(server.url, options());
    await using session = await redis.session();
    await session.execute('RESET');
    await session.reset();
    expect(await session.set('a', 1)).toBe('OK');
    expect(session.db).toBe(3);
  });

  it('a session whose reset is not answered in time is over, and its connection is replaced', async () => {
    await using proxy = await faultProxy(server);
    const url = `redis://127.0.0.1:${proxy.port}`;
    const liveness = { idle: 60_000, grace: 60_000 };
    await using redis = createRedis(url, { ...options(), maxSessions: 1, liveness });
    await redis.connect();
    const session = await redis.session({ timeout: 100 });
    proxy.stall();
    const later = redis
      .with({ timeout: 2000 })
      .get('a')
      .catch(() => 'the call with a later deadline');
    const reset = session.reset().catch((error: unknown) => error);
    expect(await Promise.race([reset, later])).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown', command: 'RESET' });
    expect(session.closed).toBe(true);
    await session.release();
    proxy.resume();
    await using next = await redis.session();
    expect(await next.get('b')).toBeNull();
    await later;
  });
});
