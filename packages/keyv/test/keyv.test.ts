import type { KeyValue } from '@kv/core';
import { startEmbedded } from '@kv/embedded';
import { createRedis, keyValue } from '@kv/redis';
import { type AdapterServer, adapterServers, ownPrefix } from '@kv/testkit/adapter-servers';
import { Keyv as Keyv5 } from 'keyv';
import { Keyv } from 'keyv-6';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Keyv5Store, KeyvStore } from '../src/index.ts';

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What the tests call; the types of the two versions differ in their overloads. */
interface Cache {
  on(event: 'error', listener: (error: { code?: unknown }) => void): unknown;
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, ttl?: number): Promise<boolean>;
  has(key: string): Promise<boolean>;
  delete(key: string): Promise<boolean>;
  clear(): Promise<void>;
  getMany(keys: string[]): Promise<unknown[]>;
  setMany(entries: { key: string; value: unknown; ttl?: number }[]): Promise<unknown>;
  hasMany(keys: string[]): Promise<boolean[]>;
  iterator(namespace?: unknown): AsyncIterable<unknown>;
}

const versions: readonly [name: string, open: (kv: KeyValue, namespace: string) => Cache][] = [
  ['Keyv 5', (kv, namespace) => new Keyv5(new Keyv5Store(kv), { namespace }) as Cache],
  ['Keyv 6', (kv, namespace) => new Keyv(new KeyvStore(kv), { namespace })],
  ['Keyv 6 with the store of Keyv 5', (kv, namespace) => new Keyv(new Keyv5Store(kv), { namespace })],
];

describe.each(adapterServers)('on %s', (_, start) => {
  let server: AdapterServer;
  const prefix = ownPrefix();
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    await server.open(prefix).clear('');
    await server.close();
  });

  describe.each(versions)('%s', (name, open) => {
    const kv = (): KeyValue => server.open(`${prefix}${name.replaceAll(' ', '-')}:`);

    test('values of all kinds come back, and are gone when they were deleted', async () => {
      const keyv = open(kv(), 'values');
      for (const value of ['text', 5, true, null, { a: [1, { b: 2 }] }, 'grüße ☃']) {
        expect(await keyv.set('k', value)).toBe(true);
        expect(await keyv.get('k')).toEqual(value);
      }
      expect([await keyv.delete('k'), await keyv.delete('k'), await keyv.get('k')]).toEqual([true, false, undefined]);
    });

    test('several at once, each with a time to live of its own', async () => {
      const keyv = open(kv(), 'several');
      await keyv.setMany([
        { key: 'a', value: 1, ttl: 60_000 },
        { key: 'b', value: { two: 2 } },
      ]);
      expect(await keyv.getMany(['b', 'none', 'a'])).toEqual([{ two: 2 }, undefined, 1]);
      expect(await keyv.hasMany(['b', 'none', 'a'])).toEqual([true, false, true]);
      const keys = await listed(kv().keys());
      const [a = '', b = ''] = ['a', 'b'].map((end) => keys.find((key) => key.endsWith(`:${end}`)));
      expect(await kv().ttl(a)).toBeLessThanOrEqual(60_000 + kv().capabilities.ttlLateness);
      expect(await kv().ttl(b)).toBe(Number.POSITIVE_INFINITY);
    });

    test('namespaces do not see each other, and clear removes one of them', async () => {
      const [one, two] = [open(kv(), 'one'), open(kv(), 'two')];
      await one.set('k', 1);
      await two.set('k', 2);
      expect([await one.get('k'), await two.get('k')]).toEqual([1, 2]);
      expect([await listed(one.iterator()), await listed(two.iterator())]).toEqual([[['k', 1]], [['k', 2]]]);
      await one.clear();
      expect([await one.get('k'), await two.get('k')]).toEqual([undefined, 2]);
    });

    test('an entry ends with its time to live', async () => {
      const keyv = open(kv(), 'ends');
      await keyv.set('k', 1, 60_000);
      expect(await keyv.get('k')).toBe(1);
      await keyv.set('k', 1, 30);
      while ((await keyv.get('k')) !== undefined) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await keyv.has('k')).toBe(false);
    });
  });
});

test('Keyv 6 is told which of several keys were there', async () => {
  await using redis = createRedis('embedded:');
  const keyv = new Keyv(new KeyvStore(keyValue(redis)));
  await keyv.set('a', 1);
  expect(await keyv.deleteMany(['a', 'b'])).toEqual([true, false]);
});

test('both versions use the same keys, so that an update keeps the cache', async () => {
  await using redis = createRedis('embedded:');
  await new Keyv5(new Keyv5Store(keyValue(redis)), { namespace: 'n' }).set('a', 1);
  expect(await new Keyv(new KeyvStore(keyValue(redis)), { namespace: 'n' }).get('a')).toBe(1);
  expect(await redis.keys('*')).toEqual(['n:a']);
});

test('a store of Keyv 6 refuses the durations of Keyv 5, which would be ends in 1970', async () => {
  await using redis = createRedis('embedded:');
  // @ts-expect-error a storage of Keyv 5 has options
  const keyv = new Keyv5(new KeyvStore(keyValue(redis)), { throwOnErrors: true });
  await expect(keyv.set('a', 1, 60_000)).rejects.toThrow('use Keyv5Store');
  expect(await redis.dbsize()).toBe(0);
});

test('disconnect leaves the client open', async () => {
  await using redis = createRedis('embedded:');
  await new Keyv(new KeyvStore(keyValue(redis))).disconnect();
  await new Keyv5(new Keyv5Store(keyValue(redis))).disconnect();
  expect(await redis.ping()).toBe('PONG');
});

describe('a server that is away', () => {
  const away = (): KeyValue => keyValue(createRedis({ host: '127.0.0.1', port: 1 }, { timeout: 50 }));

  test.each(versions)('%s emits the error of every call, and reads find nothing', async (_, open) => {
    const keyv = open(away(), 'away');
    const codes: unknown[] = [];
    keyv.on('error', ({ code }) => codes.push(code));
    expect([await keyv.get('a'), await keyv.set('a', 1)]).toEqual([undefined, false]);
    expect([codes.length >= 2, new Set(codes)]).toEqual([true, new Set(['TIMEOUT'])]);
  });
});

test('an entry that ends on the server is gone for Keyv', async () => {
  await using server = await startEmbedded({ redis: true, frozenAt: Date.now() });
  await using redis = createRedis(server.redis.address);
  const keyv = new Keyv(new KeyvStore(keyValue(redis)));
  await keyv.set('a', 1, 60_000);
  server.advance(61_000);
  expect([await keyv.get('a'), await keyv.has('a')]).toEqual([undefined, false]);
});
