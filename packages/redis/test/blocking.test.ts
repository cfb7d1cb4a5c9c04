import { faultProxy } from '@kv/testkit/fault-proxy';
import type { Faults } from '@kv/testkit/faults';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedis, type KvError, type Redis } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);

const errorInWords = ({ code, outcome, attempts }: KvError): string => `${code} ${outcome} ${attempts}`;

/** Resolves when the server has this many blocked clients. */
async function blocked(redis: Redis, count: number): Promise<void> {
  while (!(await redis.info('clients')).includes(`blocked_clients:${count}\r\n`)) await new Promise(setImmediate);
}

describe.each([2, 3] as const)('blocking commands in RESP%i', (protocol) => {
  let redis: Redis;
  beforeEach(async () => {
    redis = createRedis(server.url, { protocol, maxBlocking: 3 });
    await redis.flushall();
  });
  afterEach(() => redis.close());

  it('the wait for a connection of the pool ends at the usual deadline, the wait on the server at its own', async () => {
    await using one = createRedis(server.url, { protocol, maxBlocking: 1, timeout: 50 });
    const patient = one.with({ timeout: 60_000 });
    const first = patient.blpop(['one'], 0);
    await blocked(redis, 1);
    expect(await settle(one.blpop(['two'], 0))).toMatchObject({
      code: 'TIMEOUT',
      outcome: 'notSent',
      command: 'BLPOP',
      message: expect.stringContaining('timed out waiting for a connection (pool exhausted)'),
    });
    const second = patient.blpop(['two'], 0);
    await redis.rpush('one', 'late');
    expect(await first).toEqual({ key: 'one', element: 'late' });
    await redis.rpush('two', 'its turn');
    expect(await second).toEqual({ key: 'two', element: 'its turn' });
  });

  it('do not hold up the client, and come back with what was pushed', async () => {
    const popped = redis.blpop(['list'], 5);
    await blocked(redis, 1);
    expect(await redis.set('a', 1)).toBe('OK');
    await redis.rpush('list', 'element');
    expect(await popped).toEqual({ key: 'list', element: 'element' });
  });

  it('76: time out as the server says, with null', async () => {
    expect(await redis.blpop(['none'], 0.05)).toBeNull();
  });

  it('more poppers than connections: all are served, and pushers never wait for them', async () => {
    const poppers = Array.from({ length: 12 }, () => redis.with({ timeout: 30_000 }).blpop(['queue'], 0));
    await blocked(redis, 3);
    for (let i = 0; i < 12; i++) await redis.rpush('queue', i);
    const popped = await Promise.all(poppers);
    expect(new Set(popped.map((one) => one?.element))).toEqual(
      new Set(Array.from({ length: 12 }, (_, i) => String(i))),
    );
    expect(redis.stats().connections.blocking.size).toBe(3);
  });

  it('76, 78, 83: canceled by signal or deadline: the server is told to unblock, nothing was popped, the connection is used again', async () => {
    const controller = new AbortController();
    const popped = settle(redis.with({ signal: controller.signal }).blpop(['list'], 0));
    await blocked(redis, 1);
    controller.abort(new Error('changed my mind'));
    expect(await popped).toMatchObject({ code: 'ABORTED', outcome: 'refused', cause: { message: 'changed my mind' } });
    expect(await settle(redis.with({ timeout: 50 }).blpop(['list'], 0))).toMatchObject({
      code: 'TIMEOUT',
      outcome: 'refused',
    });
    await blocked(redis, 0);
    await redis.rpush('list', 'still here');
    expect(await redis.blpop(['list'], 1)).toMatchObject({ element: 'still here' });
    expect(redis.stats().connections.blocking.size).toBe(1);
  });

  it('83: an element that is popped in the moment of canceling is delivered or stays: none is lost', async () => {
    let delivered = 0;
    const rounds = 300;
    for (let i = 0; i < rounds; i++) {
      const controller = new AbortController();
      const popped = redis.with({ signal: controller.signal }).blpop(['race'], 0);
      const result = settle(popped);
      if (i % 3 === 0) await blocked(redis, 1);
      const push = redis.rpush('race', i);
      if (i % 2 === 0) await new Promise(setImmediate);
      controller.abort();
      const value = await result;
      await push;
      const end = value instanceof Error ? (value as KvError).code : 'delivered';
      expect(['ABORTED', 'delivered']).toContain(end);
      if (end === 'delivered') delivered++;
      const left = await redis.llen('race');
      expect(left + (end === 'delivered' ? 1 : 0)).toBe(1);
      await redis.del('race');
    }
    expect(delivered).toBeGreaterThan(0);
  });

  it('82: a lost connection rejects the popper as unknown', async () => {
    const popped = settle(redis.blpop(['list'], 0));
    await blocked(redis, 1);
    const id = /id=(\d+) [^\n]*cmd=blpop/.exec(await redis.clientList())?.[1];
    await redis.execute('CLIENT', 'KILL', 'ID', String(id));
    expect(await popped).toMatchObject({ code: 'CONNECTION', outcome: 'unknown' });
  });

  // The promise of a pop that was cut never settled (ioredis#1888).
  it('a read of what is new is not repeated, or what came in between would be missing', async () => {
    const patient = redis.with({ retry: 'always' });
    const read = patient.xread({ s: '$' }, { block: 0 }).catch(errorInWords);
    await blocked(redis, 1);
    await redis.clientKill({ type: 'normal', skipme: true });
    expect(await read).toBe('CONNECTION unknown 1');
  });

  it('82, pain 1: a pop that is cut at any byte settles: with the element, or as unknown', async () => {
    const pop = async (faults: Faults): Promise<unknown> => {
      await using proxy = await faultProxy(server, { faults: (_, index) => (index === 0 ? faults : {}) });
      const popper = createRedis({ host: '127.0.0.1', port: proxy.port }, { protocol, connectTimeout: 2000 });
      const end = await settle(popper.blpop(['bytes'], 0));
      await popper.close({ timeout: 0 });
      return end;
    };
    await using proxy = await faultProxy(server);
    await using measured = createRedis({ host: '127.0.0.1', port: proxy.port }, { protocol });
    await measured.execute('PING');
    const [line] = proxy.connections;
    const [request, reply] = [line?.fromClient ?? 0, line?.fromServer ?? 0]; // the handshake and a PING
    const ends = new Set<string>();
    for (let byte = 0; byte < 50; byte++) {
      for (const faults of [
        { toServer: { cutAfter: request - 14 + byte } },
        { toClient: { cutAfter: reply - 7 + byte } },
      ]) {
        await redis.rpush('bytes', byte);
        const end = await pop(faults);
        const words =
          end instanceof Error ? errorInWords(end as KvError) : JSON.stringify([end, await redis.llen('bytes')]);
        ends.add(words.replace(`"${byte}"`, 'it'));
        await redis.del('bytes');
      }
    }
    expect([...ends].sort()).toEqual(['CONNECTION unknown 1', '[{"key":"bytes","element":it},0]']);
  });

  it('pain 3: close() ends them all', async () => {
    const popped = Array.from({ length: 5 }, () => settle(redis.blpop(['list'], 0)));
    await blocked(redis, 3);
    await redis.close();
    for (const one of await Promise.all(popped)) expect(one).toMatchObject({ code: 'CLOSED' });
  });

  it('on a session they block that session only', async () => {
    await using session = await redis.session();
    const popped = session.blpop(['list'], 0);
    await blocked(redis, 1);
    await redis.rpush('list', 'x');
    expect(await popped).toMatchObject({ element: 'x' });
  });

  it('several on one session: the end of one leaves the next alone, and what was called after them comes after them', async () => {
    await using session = await redis.session();
    const controller = new AbortController();
    const first = session.blpop(['first'], 0);
    const second = settle(session.with({ signal: controller.signal }).blpop(['second'], 0));
    const third = session.blpop(['third'], 0);
    const last = session.get('last');
    await blocked(redis, 1);
    controller.abort();
    expect(await second).toMatchObject({ code: 'ABORTED', outcome: 'notSent' });
    await redis.rpush('third', 'c');
    await redis.rpush('first', 'a');
    expect(await first).toEqual({ key: 'first', element: 'a' });
    expect(await third).toEqual({ key: 'third', element: 'c' });
    expect(await last).toBeNull();
  });

  it('several on one session: an element that is popped while the one before is canceled is never lost', async () => {
    await using session = await redis.session();
    for (let i = 0; i < 100; i++) {
      const controller = new AbortController();
      const one = settle(session.with({ signal: controller.signal }).blpop(['one'], 0));
      const two = session.blpop(['two'], 0);
      if (i % 3 === 0) await blocked(redis, 1);
      const push = redis.rpush('one', i);
      if (i % 2 === 0) await new Promise(setImmediate);
      controller.abort();
      const end = await one;
      await push;
      await redis.rpush('two', `${i}`);
      expect(await two).toEqual({ key: 'two', element: `${i}` });
      expect((await redis.llen('one')) + (end instanceof Error ? 0 : 1)).toBe(1);
      await redis.del('one');
    }
  });

  it.each([
    ['on a session', 'the next command of the session'],
    ['on the lane', 'the next user of the connection'],
  ])('CLIENT UNBLOCK that is late never meets %s %s', async (where) => {
    await using proxy = await faultProxy(server);
    await using client = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol, maxBlocking: 1 });
    await client.connect();
    const [shared] = proxy.connections;
    await using session = await client.session();
    const popper = where === 'on a session' ? session : client;
    const controller = new AbortController();
    const one = popper.with({ signal: controller.signal }).blpop(['one'], 0);
    const two = popper.blpop(['two'], 0);
    await blocked(redis, 1);
    shared?.stall(); // it would carry CLIENT UNBLOCK
    controller.abort();
    await redis.rpush('one', 'a');
    expect(await one).toEqual({ key: 'one', element: 'a' });
    for (let i = 0; i < 10; i++) await redis.ping(); // the time to write the next
    shared?.resume();
    await blocked(redis, 1);
    await redis.rpush('two', 'b');
    expect(await two).toEqual({ key: 'two', element: 'b' });
  });

  it('a session that is given back while they wait ends them all', async () => {
    const session = await redis.session();
    const ends = [session.blpop(['one'], 0), session.blpop(['two'], 0), session.get('a')].map(settle);
    await blocked(redis, 1);
    await session.release();
    const [one, two, get] = await Promise.all(ends);
    expect(one).toMatchObject({ code: 'CLOSED', outcome: 'unknown' });
    for (const end of [two, get]) expect(end).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
  });
});
