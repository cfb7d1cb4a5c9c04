import type { KeyValue } from '@kv/core';
import { startEmbedded } from '@kv/embedded';
import { namedServer, namedServers } from '@kv/testkit';
import { type KeyValueBackend, keyValueSuite } from '@kv/testkit/key-value-suite';
import { describe, expect, test } from 'vitest';
import { createPool, createSsdb, keyValue, type Ssdb, type SsdbSender } from '../src/index.ts';

function backend(ssdb: Ssdb): Omit<KeyValueBackend, 'close'> {
  const bytes = ssdb.with({ bytes: true });
  return { open: (prefix) => keyValue(ssdb, { prefix }), openBytes: (prefix) => keyValue(bytes, { prefix }) };
}

describe('on the embedded server', () => {
  keyValueSuite(async () => {
    const server = await startEmbedded({ ssdb: true, frozenAt: Date.now() });
    const ssdb = createSsdb(server.ssdb.address);
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
    const ssdb = createSsdb(server.ssdb.address, { connections: 3, keyPrefix: 'p:' });
    const close = async (): Promise<void> => {
      await ssdb.close();
      await server.close();
    };
    return { ...backend(ssdb), advance: (ms) => server.advance(ms), close };
  });
});

describe('[#218] on three servers', () => {
  keyValueSuite(async () => {
    const now = Date.now();
    const servers = await Promise.all([1, 2, 3].map(() => startEmbedded({ ssdb: true, frozenAt: now })));
    const ssdb = createSsdb(servers.map((server, i) => ({ address: server.ssdb.address, name: `ssdb-${i}` })));
    const close = async (): Promise<void> => {
      await ssdb.close();
      await Promise.all(servers.map((server) => server.close()));
    };
    const advance = (ms: number): void => {
      for (const server of servers) server.advance(ms);
    };
    return { ...backend(ssdb), advance, close };
  });
});

test('[#218] on three servers setMany is not atomic, and all else is as on one', () => {
  const one = keyValue(createSsdb('embedded:')).capabilities;
  const three = keyValue(createSsdb(['embedded:a', 'embedded:b', 'embedded:c'])).capabilities;
  expect(three).toEqual({ ...one, atomicSetMany: 'never' });
});

const server = namedServer('ssdb');

describe.skipIf(server === undefined)('on the server that KV_TEST_SSDB names', () => {
  keyValueSuite(async () => {
    const ssdb = createSsdb(server?.url ?? 'ssdb:');
    return { ...backend(ssdb), close: () => ssdb.close() };
  });
});

const several = namedServers('ssdb').slice(0, 3);

describe.skipIf(several.length < 3)('[#218] on the three servers that KV_TEST_SSDB names', () => {
  keyValueSuite(async () => {
    const ssdb = createSsdb(several.map(({ url }, i) => ({ address: url, name: `ssdb-${i}` })));
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

test('pools, leases and views will do, and what it stores is plain SSDB with an end 68 years off', async () => {
  await using pool = await createPool('embedded:');
  const kv = keyValue(pool, { prefix: 'p:' });
  await kv.set('a', 1);
  await kv.setMany({ b: 2 });
  await using lease = await pool.acquire();
  expect([await lease.get('p:a'), await lease.get('p:b')]).toEqual(['1', '2']);
  for (const key of ['p:a', 'p:b']) expect(await lease.ttl(key)).toBeGreaterThan(2 ** 30);
  expect(await keyValue(lease.with({ timeout: 1000 })).get('p:b')).toBe('2');
});

/** The contract on a client; others are at work (`meanwhile`) once its first trip to the server is back. */
function withTrips(ssdb: Ssdb, meanwhile: () => Promise<unknown>): KeyValue {
  let trips = 0;
  const sender: SsdbSender<string> = {
    keyPrefix: ssdb.keyPrefix,
    with: (options) => ssdb.with(options),
    scanIterator: (options) => ssdb.scanIterator(options),
    send: async (command) => {
      const reply = await ssdb.send(command);
      if (trips++ === 0) await meanwhile();
      return reply;
    },
    sendAll: async (commands) => {
      const replies = await ssdb.sendAll(commands);
      if (trips++ === 0) await meanwhile();
      return replies;
    },
  };
  return keyValue(sender);
}

describe('setting without a time undoes nothing that others do between its trips', () => {
  const sets = [
    ['set', (kv: KeyValue) => kv.set('a', 5)],
    ['setMany', (kv: KeyValue) => kv.setMany({ a: 5, b: 5 })],
  ] as const;

  test.each(sets)('%s and an increment', async (_, act) => {
    await using ssdb = createSsdb('embedded:');
    await ssdb.setx('a', 1, 60);
    await act(withTrips(ssdb, () => ssdb.incr('a')));
    expect(await ssdb.get('a')).toBe('6');
    expect(await keyValue(ssdb).ttl('a')).toBe(Number.POSITIVE_INFINITY);
  });

  test.each(sets)('%s and a del', async (_, act) => {
    await using ssdb = createSsdb('embedded:');
    await ssdb.setx('a', 1, 60);
    await act(withTrips(ssdb, () => ssdb.del('a')));
    expect(await ssdb.exists('a')).toBe(false);
  });

  test.each(sets)('%s and another time to live', async (_, act) => {
    await using ssdb = createSsdb('embedded:');
    await ssdb.setx('a', 1, 60);
    await act(withTrips(ssdb, () => ssdb.setx('a', 'theirs', 50)));
    expect(await ssdb.get('a')).toBe('theirs');
    expect(await keyValue(ssdb).ttl('a')).toBeLessThanOrEqual(50_000);
  });
});

test('setMany makes a key again whose end comes while it is at work', async () => {
  await using server = await startEmbedded({ ssdb: true, frozenAt: Date.now() });
  await using ssdb = createSsdb(server.ssdb.address);
  await ssdb.setx('a', 'old', 1);
  // The end comes behind multi_set, before the rest of the same go.
  const late: SsdbSender<string> = {
    keyPrefix: '',
    with: (options) => ssdb.with(options),
    scanIterator: (options) => ssdb.scanIterator(options),
    send: (command) => ssdb.send(command),
    sendAll: async (commands) => {
      const [first, ...rest] = commands;
      if (first === undefined || rest.length === 0) return ssdb.sendAll(commands);
      const head = await ssdb.sendAll([first]);
      server.advance(2000);
      return [...head, ...(await ssdb.sendAll(rest))] as never;
    },
  };
  await keyValue(late).setMany({ a: 'new', b: 'new' });
  expect(await keyValue(ssdb).getMany(['a', 'b'])).toEqual(['new', 'new']);
  server.advance(1e9);
  expect(await keyValue(ssdb).getMany(['a', 'b'])).toEqual(['new', 'new']);
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
