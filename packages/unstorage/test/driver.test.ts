import { startEmbedded } from '@kv/embedded';
import { createRedis, keyValue } from '@kv/redis';
import { type AdapterServer, adapterServers, ownPrefix } from '@kv/testkit/adapter-servers';
import { createStorage, prefixStorage, type Storage, type StorageValue } from 'unstorage';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { kvDriver } from '../src/index.ts';

describe.each(adapterServers)('on %s', (_, start) => {
  let server: AdapterServer;
  let storage: Storage;
  const prefix = ownPrefix();
  beforeAll(async () => {
    server = await start();
    storage = createStorage({ driver: kvDriver(server.open(prefix)) });
  });
  afterEach(() => storage.clear());
  afterAll(() => server.close());

  test('an item is there until it is removed', async () => {
    expect([await storage.hasItem('s:a'), await storage.getItem('s:a')]).toEqual([false, null]);
    await storage.setItem('s:a', 'text');
    expect([await storage.hasItem('s:a'), await storage.getItem('s:a')]).toEqual([true, 'text']);
    await storage.removeItem('s:a');
    expect([await storage.hasItem('s:a'), await storage.getItem('s:a')]).toEqual([false, null]);
  });

  test('values of all kinds come back as they were', async () => {
    for (const value of [{ a: [1, { b: null }] }, true, false, 0, 'grüße ☃', ['x']]) {
      await storage.setItem('v', value);
      expect(await storage.getItem('v')).toEqual(value);
    }
  });

  test('raw bytes come back as they were', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    await storage.setItemRaw('raw', bytes);
    expect(Uint8Array.from((await storage.getItemRaw<Uint8Array>('raw')) ?? [])).toEqual(bytes);
  });

  test('several items are set and read in one call, in order, each with a time to live of its own', async () => {
    await storage.setItems<StorageValue>([
      { key: 'a', value: 1, options: { ttl: 600 } },
      { key: 'b', value: { two: 2 }, options: { ttl: 0 } },
      { key: 'c', value: 'three' },
    ]);
    expect(await storage.getItems(['c', 'none', { key: 'a' }, 'b'])).toEqual([
      { key: 'c', value: 'three' },
      { key: 'none', value: null },
      { key: 'a', value: 1 },
      { key: 'b', value: { two: 2 } },
    ]);
    const { ttl = 0 } = await storage.getMeta('a');
    expect([ttl > 500, ttl < 610]).toEqual([true, true]);
    expect([(await storage.getMeta('b')).ttl, (await storage.getMeta('none')).ttl]).toEqual([undefined, undefined]);
  });

  test('keys are listed by base and by depth, and the driver clears a base', async () => {
    for (const key of ['s1:a', 's1:b:c', 's2:a', 's11']) await storage.setItem(key, 1);
    expect((await storage.getKeys()).toSorted()).toEqual(['s11', 's1:a', 's1:b:c', 's2:a']);
    expect((await storage.getKeys('s1')).toSorted()).toEqual(['s1:a', 's1:b:c']);
    expect((await storage.getKeys(undefined, { maxDepth: 1 })).toSorted()).toEqual(['s11', 's1:a', 's2:a']);
    expect(await prefixStorage(storage, 's2').getItem('a')).toBe(1);
    await storage.getMount('').driver.clear?.('s1:', {});
    expect((await storage.getKeys()).toSorted()).toEqual(['s11', 's2:a']);
  });

  test('meta data that unstorage keeps beside an item comes back with it', async () => {
    await storage.setItem('m', 1);
    await storage.setMeta('m', { note: 'mine' });
    expect(await storage.getMeta('m')).toMatchObject({ note: 'mine' });
  });
});

test('the time to live of the driver holds where setItem gives none', async () => {
  await using server = await startEmbedded({ redis: true, frozenAt: Date.now() });
  await using redis = createRedis(server.redis.address);
  const storage = createStorage({ driver: kvDriver(keyValue(redis), { ttl: 60 }) });
  await storage.setItem('a', 1);
  await storage.setItem('b', 1, { ttl: 120 });
  await storage.setItem('c', 1, { ttl: 0 });
  await storage.setItems([{ key: 'd', value: 1 }], { ttl: 30 });
  expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => redis.ttl(key)))).toEqual([60, 120, -1, 30]);
});

test('dispose leaves the client open', async () => {
  await using redis = createRedis('embedded:');
  await createStorage({ driver: kvDriver(keyValue(redis)) }).dispose();
  expect(await redis.ping()).toBe('PONG');
});

test('getInstance gives the KeyValue, for what unstorage has no call for', async () => {
  await using redis = createRedis('embedded:');
  const kv = keyValue(redis);
  expect(kvDriver(kv).getInstance()).toBe(kv);
});
