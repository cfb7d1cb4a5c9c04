import { faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ArgumentError, createRedis, type KvError, type Redis } from '../src/index.ts';

let server: RedisServer;
let other: Redis;
beforeAll(async () => {
  server = await startRedis();
  other = createRedis(server.url);
});
afterAll(async () => {
  await other.close();
  await server.stop();
});

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);

/** Resolves when the server has this many blocked clients. */
async function blocked(count: number): Promise<void> {
  while (!(await other.info('clients')).includes(`blocked_clients:${count}\r\n`)) await new Promise(setImmediate);
}

/** How many connections the server has whose name this is. */
const connectionsNamed = async (name: string): Promise<number> =>
  ((await other.execute('CLIENT LIST')) as string).split(`name=${name} `).length - 1;

describe.each([2, 3] as const)("a client with connections: 'one' in RESP%i", (protocol) => {
  let redis: Redis;
  beforeEach(async () => {
    await other.flushall();
    redis = createRedis(server.url, { protocol, connections: 'one', name: 'only' });
  });
  afterEach(() => redis.close());

  it('sends blocking commands on the connection of all others', async () => {
    await redis.ping();
    const popped = redis.blpop('list', 0);
    await blocked(1);
    expect(await connectionsNamed('only')).toBe(1);
    await other.rpush('list', 'element');
    expect(await popped).toEqual({ key: 'list', element: 'element' });
    expect(redis.stats().connections).toMatchObject({ shared: { size: 1 }, blocking: { size: 0 } });
  });

  it('runs what is called after a blocking command after its end', async () => {
    const popped = redis.blpop('list', 0);
    const length = redis.llen('list');
    const again = redis.blpop('list', 0);
    const set = redis.set('after', 1);
    await blocked(1);
    expect(await other.exists('after')).toBe(0);
    await other.rpush('list', 'a', 'b', 'c');
    expect(await Promise.all([popped, length, again, set])).toEqual([
      { key: 'list', element: 'a' },
      2,
      { key: 'list', element: 'b' },
      'OK',
    ]);
  });

  it('keeps a transaction together that waits behind two blocking commands', async () => {
    const popped = [redis.blpop('list', 0), redis.blpop('list', 0)];
    const multi = redis.multi();
    void multi.incr('n');
    void multi.incr('n');
    const ran = multi.execute();
    await blocked(1);
    await other.rpush('list', 'a', 'b');
    expect(await Promise.all(popped)).toHaveLength(2);
    expect(await ran).toEqual([1, 2]);
  });

  it('ends a blocking command at its deadline, and goes on with what was called after it', async () => {
    const popped = settle(redis.with({ timeout: 50 }).blpop('list', 0));
    const got = redis.get('a');
    expect(await popped).toMatchObject({ code: 'TIMEOUT', outcome: 'refused' });
    expect(await got).toBeNull();
    expect(redis.stats().connections.shared.size).toBe(1);
  });

  it('ends a blocking command by a signal, but not the one after it', async () => {
    const controller = new AbortController();
    const first = settle(redis.with({ signal: controller.signal }).blpop('list', 0));
    const second = redis.blpop('list', 0);
    await blocked(1);
    controller.abort();
    expect(await first).toMatchObject({ code: 'ABORTED', outcome: 'refused' });
    await blocked(1);
    await other.rpush('list', 'element');
    expect(await second).toEqual({ key: 'list', element: 'element' });
  });

  it('close() ends a blocking command in order: nothing is popped that is not delivered', async () => {
    const popped = settle(redis.blpop('list', 0));
    await blocked(1);
    await redis.close();
    expect(await popped).toMatchObject({ code: 'CLOSED', outcome: 'refused' });
  });

  it('replaces a lost connection, with its name and database, and tells that a pop is in doubt', async () => {
    await using proxy = await faultProxy(server);
    await using cut = createRedis(`redis://127.0.0.1:${proxy.port}/3`, {
      protocol,
      connections: 'one',
      name: 'came-back',
      backoff: { min: 1, max: 10 },
    });
    const popped = settle(cut.blpop('list', 0));
    const read = cut.get('a');
    await blocked(1);
    proxy.cut();
    expect(await popped).toMatchObject({ code: 'CONNECTION', outcome: 'unknown' });
    expect(await read).toBeNull();
    expect(await cut.execute('CLIENT INFO')).toMatch(/name=came-back .*db=3 /);
  });

  it('waits for an element that comes later than the deadline of other calls', async () => {
    await using patient = createRedis(server.url, { protocol, connections: 'one', timeout: 200 });
    await patient.ping();
    expect(await patient.blpop('list', 0.5)).toBeNull();
  });
});

describe("connections: 'one'", () => {
  it('is refused with what it leaves no use for', () => {
    expect(() => createRedis('redis+cluster://h', { connections: 'one' })).toThrow(ArgumentError);
    expect(() => createRedis('redis://h', { connections: 'one', minBlocking: 1 })).toThrow(
      "minBlocking: with connections: 'one' there are no connections for blocking commands",
    );
    expect(() => createRedis('redis://h', { connections: 'one', maxBlocking: 1 })).toThrow(/^maxBlocking: /);
    expect(() => createRedis('redis://h?connections=two')).toThrow(ArgumentError);
  });
});
