import { inspect } from 'node:util';
import { startEmbedded } from '@kv/embedded';
import { startRedis } from '@kv/testkit/redis-server';
import { listOf, wrappers } from '@kv/testkit/wrappers';
import { describe, expect, it } from 'vitest';
import { createConnection, createPool, createRedis, keyValue } from '../src/index.ts';

it.each(wrappers)('%s around a client is used like the client [#42]', async (_name, wrap) => {
  await using redis = createRedis('embedded:');
  const wrapped = wrap(redis);
  expect(await wrapped.set('a', 1)).toBe('OK');

  expect([wrapped.state, wrapped.writable, wrapped.address]).toEqual([redis.state, true, redis.address]);
  await using news = await wrapped.subscribe('news');
  expect(await wrapped.publish('news', 'x')).toBe(1);
  await using session = await wrapped.session();
  expect(await wrap(session).get('a')).toBe('1');
  await news.close();
});

describe.each(wrappers)('%s [#42]', (_name, wrap) => {
  it('around a pipeline or a transaction collects and executes', async () => {
    await using redis = createRedis('embedded:');
    for (const made of [redis.pipeline(), redis.multi()]) {
      const batch = wrap(made);
      void batch.set('a', 1);
      const incremented = batch.incr('a');
      expect(batch.length).toBe(2);
      expect(await batch.execute()).toEqual(['OK', 2]);
      expect(await incremented).toBe(2);
    }
  });

  it('around a subscription reads, listens and closes', async () => {
    await using redis = createRedis('embedded:');
    const news = wrap(await redis.subscribe('news'));
    const heard: string[] = [];
    news.on('message', ({ message }) => heard.push(message));
    await redis.publish('news', 'x');
    expect(heard).toEqual(['x']);
    const first = news.next();
    await redis.publish('news', 'y');
    expect(await first).toMatchObject({ value: { message: 'y' } });
    await news.close();
    expect(news.closed).toBe(true);
  });

  it('around a consumer handles entries and stops', async () => {
    const server = await startRedis();
    await using _ = { [Symbol.asyncDispose]: () => server.stop() };
    await using redis = createRedis(server.url);
    const consumer = wrap(redis.consumer({ stream: 'jobs', group: 'g', name: 'c', from: '0' }));
    await redis.xadd('jobs', '*', { a: 1 });
    const handled = await new Promise<unknown>((resolve) => {
      void consumer.on('failed', () => undefined).run(({ fields }) => resolve(fields));
    });
    expect(handled).toEqual({ a: '1' });
    await consumer.stop();
  });

  it('around a key-value reads, writes and iterates', async () => {
    await using redis = createRedis('embedded:');
    const kv = wrap(keyValue(redis, { prefix: 'p:' }));
    await kv.setMany({ a: 1, b: 2 }, { ttl: 60_000 });
    expect(await kv.getMany(['a', 'b'])).toEqual(['1', '2']);
    expect(await listOf(kv.keys(''))).toHaveLength(2);
    expect(await kv.clear('')).toBe(2);
  });

  it('around a pool, its leases and a connection works', async () => {
    await using servers = await startEmbedded({ redis: true });
    const address = servers.redis.address;
    await using pool = await createPool(address, { maxSize: 2 });
    const wrapped = wrap(pool);
    expect(await wrapped.select(1)).toBe('OK');
    const lease = wrap(await wrapped.acquire());
    expect(await lease.set('a', 1)).toBe('OK');
    wrapped.release(lease);
    expect([await wrapped.get('a'), wrapped.db, wrapped.maxSize]).toEqual(['1', 1, 2]);
    await using connection = await createConnection(address);
    expect(await wrap(connection).select(1)).toBe('OK');
    expect([await wrap(connection).get('a'), wrap(connection).closed]).toEqual(['1', false]);
  });

  it('around a client iterates over keys', async () => {
    await using redis = createRedis('embedded:');
    await redis.set('a', 1);
    expect(await listOf(wrap(redis).scanIterator())).toEqual(['a']);
  });
});

it('what is logged of a client has no login in it [#42]', async () => {
  const url = 'redis://user:hidden-word@127.0.0.1:1';
  await using client = createRedis(url);
  expect(inspect(client, { depth: 20 })).not.toContain('hidden-word');
  expect(JSON.stringify(client)).not.toContain('hidden-word');
});
