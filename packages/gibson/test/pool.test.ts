/** Pools and views of them, against the in-process server. */

import { connectEmbedded, startEmbedded } from '@kv/embedded';
import { createConnection, createGibson, createPool, Gibson, isKvError, keyValue } from '@kv/gibson';
import { mget } from '@kv/gibson/commands';
import { afterEach, describe, expect, test } from 'vitest';

const closing: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

function closed<T extends AsyncDisposable>(one: T): T {
  closing.push(one);
  return one;
}

describe('a pool', () => {
  test('opens minSize connections and grows to maxSize under load', async () => {
    const pool = closed(await createPool(connectEmbedded('gibson'), { minSize: 2, maxSize: 5 }));
    expect([pool.size, pool.freeSize, pool.minSize, pool.maxSize]).toEqual([2, 2, 2, 5]);
    const counts = await Promise.all(Array.from({ length: 100 }, () => pool.inc('n')));
    expect(new Set(counts)).toHaveLength(100);
    expect([pool.size, pool.freeSize]).toEqual([5, 5]);
    expect((await pool.stats())['total_clients']).toBe(5);
  });

  test('checks out connections: typed, exclusive, given back by release or at the end of a block', async () => {
    const pool = closed(await createPool(connectEmbedded('gibson'), { minSize: 1, maxSize: 2 }));
    const lease = await pool.acquire();
    expect([await lease.set('k', 'v'), await lease.execute('GET', 'k')]).toEqual(['OK', 'v']);
    {
      await using other = await pool.acquire();
      expect([pool.size, pool.freeSize, other.closed]).toEqual([2, 0, false]);
      const third = await pool.acquire({ timeout: 20 }).catch((error: unknown) => error);
      expect(isKvError(third) && third.code).toBe('TIMEOUT');
    }
    expect(pool.freeSize).toBe(1);
    pool.release(lease);
    await pool.ping();
    expect([pool.freeSize, lease.closed]).toEqual([2, true]);
    await expect(lease.get('k')).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('checks out with the options of the call, and otherwise with its own', async () => {
    const address = connectEmbedded('gibson');
    const pool = closed(await createPool(address, { keyPrefix: 'a:' }));
    const plain = closed(await createPool(address));
    {
      await using lease = await pool.acquire({ bytes: true, timeout: 1000 });
      await lease.set('k', 'v');
      expect([lease.bytes, await lease.get('k')]).toEqual([true, Uint8Array.of(0x76)]);
    }
    await using lease = await pool.acquire();
    expect([lease.bytes, await lease.get('k'), await plain.get('a:k')]).toEqual([false, 'v', 'v']);
  });

  test('clear closes what is free; the next command opens again', async () => {
    const pool = closed(await createPool(connectEmbedded('gibson'), { minSize: 3, maxSize: 3 }));
    await using lease = await pool.acquire();
    pool.clear();
    expect([pool.size, pool.freeSize]).toEqual([1, 0]);
    expect([await lease.ping(), await pool.ping()]).toEqual(['OK', 'OK']);
  });

  test('rejects with the cause when no one listens', async () => {
    const server = await startEmbedded({ gibson: { port: 0 } });
    const url = server.gibson.url;
    await server.close();
    await expect(createPool(url)).rejects.toMatchObject({ code: 'CONNECTION' });
  });
});

describe('views', () => {
  test('bytes gives user data as Uint8Array, keys of a map and counters stay what they are', async () => {
    const gibson = closed(createGibson('embedded:'));
    const bytes = gibson.with({ bytes: true });
    await bytes.set('k', Uint8Array.of(0, 255));
    await bytes.inc('n');
    expect([gibson.bytes, bytes.bytes]).toEqual([false, true]);
    expect(await bytes.get('k')).toEqual(Uint8Array.of(0, 255));
    expect(await bytes.get('n')).toEqual(Uint8Array.of(0x31));
    expect(await bytes.mget('k')).toEqual(new Map([['k', Uint8Array.of(0, 255)]]));
    expect(await bytes.keys('k')).toEqual([Uint8Array.of(0x6b)]);
    expect(await bytes.inc('n')).toBe(2);
  });

  test('bytes and keyPrefix can be given when a client, a pool or a connection is made', async () => {
    const address = connectEmbedded('gibson');
    const plain = closed(createGibson(address));
    const options = { bytes: true, keyPrefix: 'p:' } as const;
    const made = [
      closed(createGibson(address, options)),
      closed(await createPool(address, options)),
      closed(await createConnection(address, options)),
    ];
    for (const [index, one] of made.entries()) {
      await one.set(`k${index}`, 'v');
      expect([one.bytes, await one.get(`k${index}`)]).toEqual([true, Uint8Array.of(0x76)]);
    }
    expect(await plain.keys('p:')).toEqual(['p:k0', 'p:k1', 'p:k2']);
  });

  test('keyPrefix is put before keys and prefixes, and taken off where keys come back', async () => {
    const gibson = closed(createGibson('embedded:'));
    const app = gibson.with({ keyPrefix: 'äpp:' });
    await app.set('k1', 'v1');
    await app.set('kü', 'v2', { ttl: 60 });
    expect(await gibson.keys('äpp:')).toEqual(['äpp:k1', 'äpp:kü']);
    expect([...(await app.mget('k'))]).toEqual([
      ['k1', 'v1'],
      ['kü', 'v2'],
    ]);
    expect(await app.keys('k')).toEqual(['k1', 'kü']);
    expect(await app.with({ bytes: true }).keys('k1')).toEqual([Uint8Array.of(0x6b, 0x31)]);
    expect(await app.execute('KEYS', 'kü')).toEqual([['0', 'kü']]);
    expect([await app.metaTtl('kü'), await app.count('k'), await gibson.count('k')]).toEqual([60, 2, 0]);
    expect([await app.del('k1'), await app.mdel('k')]).toEqual([true, 1]);
  });

  test('an empty prefix means all keys below the key prefix, and is refused where there is none [#46]', async () => {
    await using servers = await startEmbedded({ gibson: true });
    await using gibson = createGibson(servers.gibson.address);
    const shop = gibson.with({ keyPrefix: 'shop:' });
    await Promise.all([shop.set('a', 1), shop.set('b', 2), gibson.set('other', 3)]);
    expect(await shop.mget('')).toEqual(
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    );
    expect(await shop.keys(new Uint8Array())).toHaveLength(2);
    expect(await shop.count('')).toBe(2);
    expect(await shop.execute('COUNT', '')).toBe(2);
    expect(await keyValue(shop).clear('')).toBe(2);
    expect(await gibson.get('other')).toBe('3');
    for (const call of [gibson.mget(''), gibson.mdel(''), gibson.execute('COUNT', ''), gibson.send(mget(''))])
      await expect(call).rejects.toMatchObject({
        code: 'ARGUMENT',
        message: expect.stringMatching(/: the prefix must not be empty$/),
      });
    await expect(shop.get('')).rejects.toMatchObject({ code: 'ARGUMENT' });
  });

  test('a prefix that is no key is refused', () => {
    const gibson = closed(createGibson('embedded:'));
    expect(() => createGibson('embedded:', { keyPrefix: 'a b' })).toThrow(/keyPrefix/);
    expect(gibson.with({ keyPrefix: '' }).bytes).toBe(false);
  });

  test('keep the class of the client', async () => {
    class Counters extends Gibson {
      async twice(key: string): Promise<number | bigint> {
        await this.inc(key);
        return this.inc(key);
      }
    }
    const counters = closed(createGibson('embedded:', { client: Counters }));
    expect(await counters.twice('n')).toBe(2);
    expect(await counters.with({ timeout: 1000 }).twice('n')).toBe(4);
  });
});

describe('a client', () => {
  test('tells its state, its address and what it did', async () => {
    const gibson = createGibson('embedded:');
    const states: string[] = [gibson.state];
    gibson.on('state', ({ to }) => states.push(to));
    await gibson.ping();
    await gibson.inc('n');
    const { commands, connections } = gibson.clientStats();
    expect([commands['PING'], commands['INC']]).toMatchObject([{ count: 1 }, { count: 1 }]);
    expect(connections.shared.size).toBeGreaterThan(0);
    expect([gibson.address, gibson.writable]).toEqual(['embedded:', true]);
    await gibson.drained();
    await gibson.close();
    await Promise.resolve();
    expect(states).toEqual(['idle', 'connecting', 'ready', 'closing', 'closed']);
  });

  test('reads and writes over TCP and over a unix socket', async () => {
    const path = `/tmp/kv-gibson-test-${process.pid}.sock`;
    const server = closed(await startEmbedded({ gibson: { path } }));
    const tcp = closed(await startEmbedded({ gibson: { port: 0 } }));
    for (const address of [`gibson+unix://${path}`, { path }, tcp.gibson.url]) {
      const gibson = closed(createGibson(address));
      expect([await gibson.set('k', 'x'.repeat(100_000)), (await gibson.get('k'))?.length]).toEqual(['OK', 100_000]);
    }
    expect(server.gibson.path).toBe(path);
  });

  test('sendAll gives a tuple, and value or error per position when a member fails', async () => {
    const { get, inc, set } = await import('@kv/gibson/commands');
    const gibson = closed(createGibson('embedded:', { maxSize: 1 }));
    expect(await gibson.sendAll([set('k', 'text'), get('k')])).toEqual(['OK', 'text']);
    await expect(gibson.sendAll([get('k'), inc('k')])).rejects.toMatchObject({
      code: 'BATCH',
      outcome: 'refused',
      results: ['text', { name: 'NotANumberError' }],
    });
  });
});
