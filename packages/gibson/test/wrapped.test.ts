import { startEmbedded } from '@kv/embedded';
import { listOf, wrappers } from '@kv/testkit/wrappers';
import { describe, expect, it } from 'vitest';
import { createConnection, createGibson, createPool, keyValue } from '../src/index.ts';

describe.each(wrappers)('%s [#42]', (_name, wrap) => {
  it('around a client is used like the client', async () => {
    await using gibson = createGibson('embedded:');
    const wrapped = wrap(gibson);
    expect(await wrapped.set('a', 1)).toBe('OK');
    expect([wrapped.state, wrapped.writable, wrapped.address]).toEqual([gibson.state, true, gibson.address]);
    expect(await wrap(wrapped.with({ bytes: true })).get('a')).toEqual(Uint8Array.of(49));
    expect(await wrapped.mget('a')).toEqual(new Map([['a', '1']]));
  });

  it('around a key-value reads, writes and iterates', async () => {
    await using gibson = createGibson('embedded:');
    const kv = wrap(keyValue(gibson, { prefix: 'p:' }));
    await kv.setMany({ a: 1, b: 2 }, { ttl: 60_000 });
    expect(await kv.getMany(['a', 'b'])).toEqual(['1', '2']);
    expect(await listOf(kv.keys(''))).toEqual(['a', 'b']);
    expect(await kv.clear('')).toBe(2);
  });

  it('around a pool, its leases and a connection works', async () => {
    await using servers = await startEmbedded({ gibson: true });
    await using pool = await createPool(servers.gibson.address, { maxSize: 2 });
    const wrapped = wrap(pool);
    const lease = wrap(await wrapped.acquire());
    expect(await lease.set('a', 1)).toBe('OK');
    wrapped.release(lease);
    expect([await wrapped.get('a'), wrapped.maxSize]).toEqual(['1', 2]);
    await using connection = await createConnection(servers.gibson.address);
    expect([await wrap(connection).get('a'), wrap(connection).closed]).toEqual(['1', false]);
  });
});
