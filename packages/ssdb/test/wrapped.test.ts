import { startEmbedded } from '@kv/embedded';
import { listOf, wrappers } from '@kv/testkit/wrappers';
import { describe, expect, it } from 'vitest';
import { createConnection, createPool, createSsdb, keyValue } from '../src/index.ts';

describe.each(wrappers)('%s [#42]', (_name, wrap) => {
  it('around a client is used like the client', async () => {
    await using ssdb = createSsdb('embedded:');
    const wrapped = wrap(ssdb);
    expect(await wrapped.set('a', 1)).toBe(true);
    expect([wrapped.state, wrapped.writable, wrapped.address]).toEqual([ssdb.state, true, ssdb.address]);
    expect(await wrap(wrapped.with({ bytes: true })).get('a')).toEqual(Uint8Array.of(49));
    await wrapped.zset('z', 'm', 1);
    expect(await listOf(wrapped.scanIterator())).toEqual([['a', '1']]);
    expect(await listOf(wrapped.rkeysIterator())).toEqual(['a']);
    expect(await listOf(wrapped.zscanIterator('z'))).toEqual([{ member: 'm', score: 1 }]);
  });

  it('around a pipeline collects and executes', async () => {
    await using ssdb = createSsdb('embedded:');
    const batch = wrap(ssdb.pipeline());
    void batch.set('a', 1);
    const incremented = batch.incr('a');
    expect(batch.length).toBe(2);
    expect(await batch.execute()).toEqual([true, 2]);
    expect(await incremented).toBe(2);
  });

  it('around a key-value reads, writes and iterates', async () => {
    await using ssdb = createSsdb('embedded:');
    const kv = wrap(keyValue(ssdb, { prefix: 'p:' }));
    await kv.setMany({ a: 1, b: 2 });
    expect(await kv.getMany(['a', 'b'])).toEqual(['1', '2']);
    expect(await listOf(kv.keys(''))).toEqual(['a', 'b']);
    expect(await kv.del('a')).toBe(true);
    expect(await kv.clear('')).toBe(1);
  });

  it('around a pool, its leases and a connection works', async () => {
    await using servers = await startEmbedded({ ssdb: true });
    await using pool = await createPool(servers.ssdb.address, { maxSize: 2 });
    const wrapped = wrap(pool);
    const lease = wrap(await wrapped.acquire());
    expect(await lease.set('a', 1)).toBe(true);
    wrapped.release(lease);
    expect([await wrapped.get('a'), wrapped.maxSize]).toEqual(['1', 2]);
    await using connection = await createConnection(servers.ssdb.address);
    expect([await wrap(connection).get('a'), wrap(connection).closed]).toEqual(['1', false]);
  });
});
