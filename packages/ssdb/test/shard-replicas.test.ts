import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSsdb, type Ssdb, type SsdbServer } from '../src/index.ts';
import { type ShardRig, startShards, takeAway } from './shard-rig.ts';

let rig: ShardRig;
let shard: SsdbServer;
let ssdb: Ssdb;

/** The second server stands for a replica of the first that lags: it has other values. */
beforeAll(async () => {
  rig = await startShards(2);
  shard = { ...(rig.list[0] as SsdbServer), replicas: [rig.list[1]?.address as string] };
  await rig.direct[0]?.set('a', 'primary');
  await rig.direct[1]?.set('a', 'replica');
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  ssdb = createSsdb([shard], { readFrom: 'preferReplica', connections: 2, backoff: { min: 1, max: 5 } });
  await ssdb.connect();
  await replicaIs(true);
  return () => ssdb.close();
});

async function replicaIs(ready: boolean): Promise<void> {
  const size = (): number => {
    const replica = ssdb.stats().nodes.find(({ role }) => role === 'replica');
    return replica?.ready === true ? replica.connections.shared.size : 0;
  };
  await expect.poll(size, { interval: 2 }).toBe(ready ? 2 : 0);
  if (ready) await expect.poll(() => ssdb.get('a'), { interval: 2 }).toBe('replica');
}

describe('with readFrom: preferReplica', () => {
  test('reads of a key come from the replica, everything else from the server itself', async () => {
    expect([await ssdb.get('a'), await ssdb.strlen('a'), await ssdb.exists('a')]).toEqual(['replica', 7, true]);
    expect(await ssdb.set('b', 1)).toBe(true);
    expect([await rig.direct[0]?.exists('b'), await rig.direct[1]?.exists('b')]).toEqual([true, false]);
    const p = ssdb.pipeline();
    void p.get('a');
    expect(await p.execute()).toEqual(['primary']);
    expect(await ssdb.scan('', '', 10)).toEqual(
      new Map([
        ['a', 'primary'],
        ['b', '1'],
      ]),
    );
    await ssdb.del('b');
  });

  test('a replica that is down is passed over at once, and used again when it is back', async () => {
    await takeAway(rig.proxies[1]);
    await replicaIs(false);
    expect(await ssdb.get('a')).toBe('primary');
    await rig.proxies[1]?.accept();
    await replicaIs(true);
  });

  test('a read that a replica loses is answered by the server itself', async () => {
    rig.proxies[1]?.stall();
    const read = ssdb.get('a');
    await new Promise(setImmediate);
    await takeAway(rig.proxies[1]);
    expect(await read).toBe('primary');
    await rig.proxies[1]?.accept();
  });

  test('reads go on from the replica when the server itself is down; writes do not', async () => {
    await takeAway(rig.proxies[0]);
    await expect.poll(() => ssdb.stats().nodes[0]?.ready, { interval: 2 }).toBe(false);
    expect(await ssdb.get('a')).toBe('replica');
    await expect(ssdb.with({ timeout: 60 }).set('a', 1)).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
    await rig.proxies[0]?.accept();
  });

  test('nodes() are the servers that keys lie on', () => {
    expect(ssdb.nodes().map(({ name }) => name)).toEqual(['ssdb-1']);
  });
});

test('without it replicas are not even connected to', async () => {
  await using plain = createSsdb([shard]);
  expect(await plain.get('a')).toBe('primary');
  expect(plain.stats().nodes).toHaveLength(1);
  expect(() => createSsdb([shard], { readFrom: 'replica' as 'primary' })).toThrow(/readFrom/);
});
