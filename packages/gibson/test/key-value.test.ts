import { startEmbedded } from '@kv/embedded';
import { namedServer, namedServers } from '@kv/testkit';
import { type KeyValueBackend, keyValueSuite } from '@kv/testkit/key-value-suite';
import { describe, expect, test } from 'vitest';
import { createGibson, createPool, type Gibson, keyValue } from '../src/index.ts';

function backend(gibson: Gibson): Omit<KeyValueBackend, 'close'> {
  const bytes = gibson.with({ bytes: true });
  return { open: (prefix) => keyValue(gibson, { prefix }), openBytes: (prefix) => keyValue(bytes, { prefix }) };
}

describe('on the embedded server', () => {
  keyValueSuite(async () => {
    const server = await startEmbedded({ gibson: true, frozenAt: Date.now() });
    const gibson = createGibson(server.gibson.address);
    const close = async (): Promise<void> => {
      await gibson.close();
      await server.close();
    };
    return { ...backend(gibson), advance: (ms) => server.advance(ms), close };
  });
});

describe('with a prefix of the client, on one connection', () => {
  keyValueSuite(async () => {
    const server = await startEmbedded({ gibson: true, frozenAt: Date.now() });
    const gibson = createGibson(server.gibson.address, { maxSize: 1, keyPrefix: 'p:' });
    const close = async (): Promise<void> => {
      await gibson.close();
      await server.close();
    };
    return { ...backend(gibson), advance: (ms) => server.advance(ms), close };
  });
});

describe('[#218] on three servers', () => {
  keyValueSuite(async () => {
    const now = Date.now();
    const servers = await Promise.all([1, 2, 3].map(() => startEmbedded({ gibson: true, frozenAt: now })));
    const gibson = createGibson(servers.map((server, i) => ({ address: server.gibson.address, name: `gibson-${i}` })));
    const close = async (): Promise<void> => {
      await gibson.close();
      await Promise.all(servers.map((server) => server.close()));
    };
    const advance = (ms: number): void => {
      for (const server of servers) server.advance(ms);
    };
    return { ...backend(gibson), advance, close };
  });
});

test('[#218] on three servers setMany is not atomic, and all else is as on one', () => {
  const one = keyValue(createGibson('embedded:')).capabilities;
  const three = keyValue(createGibson(['embedded:a', 'embedded:b', 'embedded:c'])).capabilities;
  expect(three).toEqual({ ...one, atomicSetMany: 'never' });
});

const server = namedServer('gibson');

describe.skipIf(server === undefined)('on the server that KV_TEST_GIBSON names', () => {
  keyValueSuite(async () => {
    const gibson = createGibson(server?.url ?? 'gibson:');
    return { ...backend(gibson), close: () => gibson.close() };
  });
});

const several = namedServers('gibson').slice(0, 3);

describe.skipIf(several.length < 3)('[#218] on the three servers that KV_TEST_GIBSON names', () => {
  keyValueSuite(async () => {
    const gibson = createGibson(several.map(({ url }, i) => ({ address: url, name: `gibson-${i}` })));
    return { ...backend(gibson), close: () => gibson.close() };
  });
});

test('the capabilities', () => {
  const gibson = createGibson('embedded:', { maxKeySize: 1024 });
  const capabilities = {
    ttlGrain: 1000,
    ttlLateness: 2200,
    maxTtl: 32_765_900,
    orderedKeys: false,
    uniqueKeys: true,
    liveKeys: false,
    incrementSteps: 'one',
    emptyPrefix: true,
    emptyValues: false,
    atomicSetMany: 'never',
    exactCounts: true,
    maxKeyBytes: 1024 - 6 - 3,
    forbiddenInKeys: [' ', '\0'],
  };
  expect(keyValue(gibson, { prefix: 'ü:' }).capabilities).toEqual(capabilities);
  expect(keyValue(gibson).capabilities).toEqual({ ...capabilities, emptyPrefix: false, maxKeyBytes: 1024 - 6 });
});

test('pools and leases will do, and what it stores is plain Gibson, one second longer', async () => {
  await using pool = await createPool('embedded:');
  const kv = keyValue(pool, { prefix: 'p:' });
  await kv.set('a', 1);
  await kv.set('b', 2, { ttl: 1 });
  await using lease = await pool.acquire();
  expect([await lease.get('p:a'), await lease.metaTtl('p:a'), await lease.metaTtl('p:b')]).toEqual(['1', -1, 2]);
  expect(await keyValue(lease.with({ timeout: 1000 })).get('p:b')).toBe('2');
});

test('setMany sets what it can and tells the rest', async () => {
  await using gibson = createGibson('embedded:');
  await gibson.set('locked', 'old');
  await gibson.lock('locked', -1);
  const kv = keyValue(gibson);
  await expect(kv.setMany({ a: 1, locked: 2 })).rejects.toMatchObject({
    code: 'BATCH',
    results: ['OK', { name: 'KeyLockedError' }],
  });
  expect(await kv.getMany(['a', 'locked'])).toEqual(['1', 'old']);
  await expect(kv.del('locked')).rejects.toMatchObject({ code: 'REPLY', name: 'KeyLockedError' });
});
