import type { Reply } from '@kv/resp-parser';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../src/topology/cluster.ts';
import type { ClusterNode } from '../src/topology/cluster-node.ts';
import { startMover } from '../src/topology/mover.ts';
import { startMoverProcess } from '../src/topology/mover-process.ts';
import { waitFor } from '../src/topology/wait.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ primaries: 3, replicas: 1 });
});
beforeEach(() => cluster.settled());
afterAll(() => cluster.close());

async function ends(key: string): Promise<{ slot: number; source: ClusterNode; target: ClusterNode }> {
  const slot = await cluster.slotOf(key);
  const source = await cluster.slotOwner(slot);
  return { slot, source, target: cluster.primaries.find((node) => node !== source) as ClusterNode };
}

test('a started cluster serves all slots, with a replica for each primary that every node lists', async () => {
  expect(cluster.nodes.map(({ role, shard }) => `${role} ${shard}`)).toEqual([
    ...['primary 0', 'primary 1', 'primary 2'],
    ...['replica 0', 'replica 1', 'replica 2'],
  ]);
  expect(cluster.primaries.flatMap(({ slots }) => slots)).toEqual([
    [0, 5460],
    [5461, 10_922],
    [10_923, 16_383],
  ]);
  for (const node of cluster.nodes) {
    const ranges = (await node.ask('CLUSTER', 'SLOTS')) as Reply[][];
    const listed = ranges.map((range) => range.slice(2).map((one) => (one as Reply[])[2]));
    const shards = [0, 1, 2].map((shard) => cluster.nodes.filter((one) => one.shard === shard).map(({ id }) => id));
    expect(listed).toHaveLength(3);
    expect(listed).toEqual(expect.arrayContaining(shards));
  }
});

test('a moved slot takes its keys along, and the other nodes answer MOVED to the new owner', async () => {
  const { slot, source, target } = await ends('moved');
  await source.ask('SET', 'moved', 'here');
  await cluster.moveSlot(slot, target);
  expect(await cluster.slotOwner(slot)).toBe(target);
  expect(await cluster.read('moved')).toBe('here');
  for (const node of cluster.nodes) {
    if (node.shard === target.shard) continue;
    await expect(node.ask('GET', 'moved')).rejects.toThrow(`MOVED ${slot} ${target.address}`);
  }
});

test('the steps of a move one by one: ASK and TRYAGAIN while the slot is open', async () => {
  const { slot, source, target } = await ends('{open}1');
  await source.ask('MSET', '{open}1', 'one', '{open}2', 'two');
  await cluster.importing(slot, target, source);
  await cluster.migrating(slot, source, target);
  expect(await source.ask('GET', '{open}1')).toBe('one');
  await expect(source.ask('GET', '{open}new')).rejects.toThrow(`ASK ${slot} ${target.address}`);

  expect(await cluster.migrateKeys(slot, source, target, 1)).toBe(1);
  await expect(source.ask('MGET', '{open}1', '{open}2')).rejects.toThrow('TRYAGAIN');
  expect(await cluster.migrateKeys(slot, source, target)).toBe(1);
  expect(await cluster.migrateKeys(slot, source, target)).toBe(0);
  await using connection = await target.dial();
  expect(await connection.replies(['ASKING'], ['MGET', '{open}1', '{open}2'])).toEqual(['OK', ['one', 'two']]);

  await cluster.setNode(slot, target);
  expect(await target.ask('MGET', '{open}1', '{open}2')).toEqual(['one', 'two']);
});

test('the mover moves slots without losing a key, and leaves none open', async () => {
  const keys = Array.from({ length: 4 }, (_, i) => `{mover-${i}}`);
  const slots = await Promise.all(keys.map((key) => cluster.slotOf(key)));
  for (const [i, slot] of slots.entries()) await (await cluster.slotOwner(slot)).ask('SET', keys[i] as string, i);
  const mover = startMover(cluster, { slots, duration: 30_000 });
  await waitFor('moves', () => mover.report.moves > 5 || undefined);
  expect((await mover.stop()).interruptions).toEqual([]);
  await cluster.settled();
  expect(cluster.nodes.flatMap(({ openSlots }) => openSlots)).toEqual([]);
  expect(await Promise.all(keys.map((key) => cluster.read(key)))).toEqual(['0', '1', '2', '3']);
});

test('a mover in a process of its own does the same, and tells what it has done', async () => {
  const mover = await startMoverProcess(cluster, { slots: [1, 6000, 11_000], duration: 30_000 });
  await waitFor('moves in the other process', () => mover.report.moves > 5 || undefined);
  const { moves, interruptions } = await mover.stop();
  expect(moves).toBeGreaterThan(5);
  expect(interruptions).toEqual([]);
  await cluster.refresh();
  expect(cluster.nodes.flatMap(({ openSlots }) => openSlots)).toEqual([]);
});

test('an orderly failover makes the replica the primary, and the old primary its replica', async () => {
  const [replica] = cluster.replicas as [ClusterNode];
  const old = await cluster.primaryOf(replica.shard);
  const { node } = await cluster.failover(replica);
  expect(node).toBe(replica);
  await cluster.settled();
  expect([replica.role, old.role]).toEqual(['primary', 'replica']);
});

test('the mover ends its moves with the successor of a primary that is killed', async () => {
  const key = '{mover-killed}';
  const slot = await cluster.slotOf(key);
  await (await cluster.slotOwner(slot)).ask('SET', key, 'v');
  const mover = startMover(cluster, { slots: [slot, 1, 6000, 11_000], duration: 30_000 });
  await waitFor('the first moves', () => mover.report.moves > 3 || undefined);
  const [victim] = cluster.primaries as [ClusterNode];
  const killed = performance.now();
  await cluster.kill(victim);
  const { node, at } = await cluster.waitForPromotion(victim);
  expect(node.shard).toBe(victim.shard);
  expect(at).toBeGreaterThan(killed);
  const before = mover.report.moves;
  await waitFor('moves after the failover', () => mover.report.moves >= before + 8 || undefined);
  expect((await mover.stop()).interruptions.length).toBeGreaterThan(0);
  await cluster.restart(victim);
  await cluster.settled();
  expect(victim.role).toBe('replica');
  expect(cluster.nodes.flatMap(({ openSlots }) => openSlots)).toEqual([]);
});

test('a frozen primary is replaced, and is a replica after its thaw', async () => {
  const [frozen] = cluster.primaries as [ClusterNode];
  cluster.freeze(frozen);
  expect((await cluster.waitForPromotion(frozen)).node).not.toBe(frozen);
  cluster.thaw(frozen);
  await cluster.settled();
  expect(frozen.role).toBe('replica');
});
