import { startEmbedded } from '@kv/embedded';
import { namedServer } from '@kv/testkit';
import { type KeyValueBackend, keyValueSuite } from '@kv/testkit/key-value-suite';
import { describe, expect, test } from 'vitest';
import { createPool, createSsdb, keyValue, type Ssdb } from '../src/index.ts';

function backend(ssdb: Ssdb): Omit<KeyValueBackend, 'close'> {
  const bytes = ssdb.with({ bytes: true });
  return { open: (prefix) => keyValue(ssdb, { prefix }), openBytes: (prefix) => keyValue(bytes, { prefix }) };
}

describe('on the embedded server', () => {
  keyValueSuite(async () => {
    const server = await startEmbedded({ ssdb: true, frozenAt: Date.now() });
    const ssdb = createSsdb(server.ssdb?.address);
    const close = async (): Promise<void> => {
      await ssdb.close();
      await server.close();
    };
    return { ...backend(ssdb), advance: (ms) => server.advance(ms), close };
  });
});

describe('with several connections and a prefix of the client', () => {
  keyValueSuite(async () => {
    const server = await startEmbedded({ ssdb: true, frozenAt: Date.now() });
    const ssdb = createSsdb(server.ssdb?.address, { connections: 3, keyPrefix: 'p:' });
    const close = async (): Promise<void> => {
      await ssdb.close();
      await server.close();
    };
    return { ...backend(ssdb), advance: (ms) => server.advance(ms), close };
  });
});

const server = namedServer('ssdb');

describe.skipIf(server === undefined)('on the server that KV_TEST_SSDB names', () => {
  keyValueSuite(async () => {
    const ssdb = createSsdb({ host: server?.host ?? '', port: server?.port ?? 1 });
    return { ...backend(ssdb), close: () => ssdb.close() };
  });
});

test('the capabilities', () => {
  const ssdb = createSsdb('embedded:');
  expect(keyValue(ssdb, { prefix: 'ü:' }).capabilities).toEqual({
    ttlGrain: 1000,
    ttlLateness: 1100,
    maxTtl: 2 ** 30 * 1000,
    orderedKeys: true,
    uniqueKeys: true,
    liveKeys: true,
    incrementSteps: 'any',
    emptyPrefix: true,
    emptyValues: true,
    atomicSetMany: 'withoutTtl',
    exactCounts: false,
    maxKeyBytes: 252,
    forbiddenInKeys: [],
  });
});

test('pools, leases and views will do, and what it stores is plain SSDB', async () => {
  await using pool = await createPool('embedded:');
  const kv = keyValue(pool, { prefix: 'p:' });
  await kv.set('a', 1);
  await kv.setMany({ b: 2 });
  await using lease = await pool.acquire();
  expect([await lease.get('p:a'), await lease.ttl('p:a'), await lease.ttl('p:b')]).toEqual(['1', -1, -1]);
  expect(await keyValue(lease.with({ timeout: 1000 })).get('p:b')).toBe('2');
});

test('keys that are not text are cleared too', async () => {
  await using ssdb = createSsdb('embedded:');
  await ssdb.set(Uint8Array.of(0x61, 0xff, 0xfe), 1);
  await ssdb.set(Uint8Array.of(0x61, 0xff), 1);
  expect(await keyValue(ssdb).clear('a')).toBe(2);
  expect(await keyValue(ssdb).clear('')).toBe(0);
});

test('a failure has the code of what failed, also where several commands were sent', async () => {
  await using ssdb = createSsdb({ host: '127.0.0.1', port: 1 }, { timeout: 100 });
  const kv = keyValue(ssdb);
  for (const call of [kv.set('a', 1), kv.del('a'), kv.deleteMany(['a']), kv.ttl('a')]) {
    await expect(call).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
  }
});
