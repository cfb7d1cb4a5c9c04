/** Spans of everything that a Redis client can do, each in the span of its caller. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { type Span, SpanRecorder } from '@kv/testkit/span-recorder';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { get, incr, set } from '../src/commands/index.ts';
import { createConnection, createPool, createRedis, type Redis } from '../src/index.ts';

let server: RedisServer;
let redis: Redis;
let recorder: SpanRecorder;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  recorder = new SpanRecorder();
});
afterEach(async () => {
  recorder[Symbol.dispose]();
  await redis.close();
});

const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);
const own = (operation: string): Partial<Span> => ({ operation, parent: undefined });

describe.each([2, 3] as const)('spans in RESP%i', (protocol) => {
  beforeEach(() => {
    redis = createRedis(`${server.url}/3`, { protocol, name: 'cache' });
  });

  it('1,000 calls at once, in spans of their own, end in their own spans', async () => {
    const calls = Array.from({ length: 1000 }, (_, i) =>
      recorder.run(`task ${i}`, async () => {
        await redis.set(`k${i}`, i);
        const value = await redis.get(`k${i}`);
        return [recorder.current?.operation, value];
      }),
    );
    expect(await Promise.all(calls)).toEqual(calls.map((_, i) => [`task ${i}`, String(i)]));
    const spans = recorder.of('kv:command');
    const tasks = spans.map(({ parent }) => parent?.operation);
    expect(new Set(tasks).size).toBe(1000);
    expect([spans.length, recorder.strays]).toEqual([2000, 0]);
    expect(spans.every(({ events }) => events.join() === 'end,asyncStart,asyncEnd')).toBe(true);
  });

  it('a command tells client, server and database, and never its arguments or its reply', async () => {
    await redis.set('secret-key', 'secret-value');
    await redis.get('secret-key');
    const [, span] = recorder.of('kv:command');
    expect(span?.end).toEqual({
      client: 'cache',
      backend: 'redis',
      command: 'GET',
      address: redis.address,
      attempt: 1,
      redirects: 0,
      database: 3,
      batchMode: undefined,
      batchSize: undefined,
      durationMs: expect.any(Number),
      error: undefined,
    });
    expect(JSON.stringify(recorder.spans)).not.toContain('secret');
  });

  it('a pipeline names its commands, which are spans of its own span, and the first error', async () => {
    await redis.set('text', 'x');
    const pipeline = redis.pipeline();
    recorder.run('elsewhere', () => void pipeline.set('a', 'secret'));
    void pipeline.incr('text');
    await recorder.run('caller', () => failure(pipeline.execute()));
    const [batch] = recorder.of('kv:batch');
    expect(batch).toMatchObject({ parent: own('caller'), events: ['end', 'error', 'asyncStart', 'asyncEnd'] });
    expect(batch?.end).toMatchObject({ batchMode: 'pipeline', batchSize: 2, commands: ['SET', 'INCR'] });
    expect(batch?.end).toMatchObject({ address: redis.address, error: { code: 'REPLY', command: 'INCR' } });
    expect(recorder.of('kv:command').filter(({ parent }) => parent === batch)).toHaveLength(2);
    expect(JSON.stringify(recorder.spans)).not.toContain('secret');
  });

  it('a transaction names its commands, without MULTI and EXEC, and what EXEC refused', async () => {
    await redis.set('text', 'x');
    const multi = redis.multi();
    void multi.set('a', 1);
    void multi.incr('text');
    await recorder.run('caller', () => failure(multi.execute()));
    const [batch] = recorder.of('kv:batch');
    expect(batch?.parent).toMatchObject(own('caller'));
    expect(batch?.end).toMatchObject({ batchMode: 'multi', batchSize: 2, commands: ['SET', 'INCR'] });
    expect(batch?.end).toMatchObject({ error: { code: 'REPLY', command: 'INCR' } });
    const members = recorder.of('kv:command').filter(({ parent }) => parent === batch);
    expect(members.map(({ begin }) => begin['command'])).toEqual(['MULTI', 'SET', 'INCR', 'EXEC']);
  });

  it('a conflict is the error of the attempt that it ended, and the next attempt has none', async () => {
    let first = true;
    await recorder.run('caller', () =>
      redis.transaction(['watched'], async (session) => {
        await session.get('watched');
        if (first) await redis.incr('watched');
        first = false;
        return [incr('watched')];
      }),
    );
    const batches = recorder.of('kv:batch');
    expect(batches.map(({ end }) => end?.['error'])).toEqual([
      expect.objectContaining({ code: 'CONFLICT' }),
      undefined,
    ]);
    const direct = recorder.of('kv:command').filter(({ parent }) => parent?.operation === 'caller');
    expect(direct.map(({ begin }) => begin['command'])).toEqual(['WATCH', 'GET', 'INCR', 'WATCH', 'GET']);
    expect(recorder.strays).toBe(0);
  });

  it('command values that are sent together are a batch', async () => {
    await redis.sendAll([set('a', '1'), get('a')]);
    expect(recorder.of('kv:batch').map(({ end }) => end)).toMatchObject([
      { batchMode: 'pipeline', commands: ['SET', 'GET'], error: undefined },
    ]);
  });

  it('a blocking command has one span, from its call to its value', async () => {
    const popped = recorder.run('popper', async () => {
      const value = await redis.blpop('list', 5);
      return [value?.element, recorder.current?.operation];
    });
    await recorder.run('pusher', () => redis.rpush('list', 'x'));
    expect(await popped).toEqual(['x', 'popper']);
    const spans = recorder.of('kv:command').map(({ begin, parent }) => [begin['command'], parent?.operation]);
    expect(spans).toEqual([
      ['BLPOP', 'popper'],
      ['RPUSH', 'pusher'],
    ]);
    expect(recorder.of('kv:command')[0]?.end).toMatchObject({ attempt: 1, address: redis.address, database: 3 });
    expect(recorder.strays).toBe(0);
  });

  it('a subscription has a span until it is confirmed; its messages come to the context of their reader', async () => {
    const read = recorder.run('reader', async () => {
      await using news = await redis.subscribe('news');
      await recorder.run('publisher', () => redis.publish('news', 'hello'));
      for await (const { message } of news) return [message, recorder.current?.operation];
      return [];
    });
    expect(await read).toEqual(['hello', 'reader']);
    const spans = recorder
      .of('kv:command')
      .map(({ begin, parent, events }) => [begin['command'], parent?.operation, events.length]);
    expect(spans).toEqual([
      ['SUBSCRIBE', 'reader', 3],
      ['PUBLISH', 'publisher', 3],
    ]);
  });

  it('sessions, pools and single connections trace what is sent on them', async () => {
    await recorder.run('session', async () => {
      await using session = await redis.session();
      await session.get('a');
      await session.pipeline().execute();
    });
    await using pool = await createPool(server.url, { protocol });
    await recorder.run('pool', () => pool.get('a'));
    await recorder.run('lease', async () => {
      await using lease = await pool.acquire();
      await lease.get('a');
    });
    const connection = await createConnection(server.url, { protocol });
    await recorder.run('connection', () => connection.execute('GET', 'a'));
    await connection.close();
    const spans = recorder.of('kv:command').filter(({ begin }) => begin['command'] === 'GET');
    expect(spans.map(({ parent }) => parent?.operation)).toEqual(['session', 'pool', 'lease', 'connection']);
    expect(recorder.strays).toBe(0);
  });

  it('the connection that a call asks for is in the span of its caller', async () => {
    await recorder.run('caller', () => redis.get('a'));
    const [connect] = recorder.of('kv:connect');
    expect(connect).toMatchObject({ parent: own('caller'), events: ['end', 'asyncStart', 'asyncEnd'] });
    expect(connect?.end).toMatchObject({ client: 'cache', backend: 'redis', address: redis.address });
  });
});
