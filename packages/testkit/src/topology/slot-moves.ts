import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '@kv/resp-parser';
import type { ClusterNode } from './cluster-node.ts';
import { clusterRows, hasSlot } from './cluster-rows.ts';

/** Milliseconds that a MIGRATE may take. */
const MIGRATE_TIMEOUT = 1000;

/** The target takes the slot's keys, and serves those that it has to clients that say ASKING. */
export async function importing(slot: number, target: ClusterNode, source: ClusterNode): Promise<void> {
  await target.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', source.id);
}

/** The source answers ASK for keys of the slot that it does not have. */
export async function migrating(slot: number, source: ClusterNode, target: ClusterNode): Promise<void> {
  await source.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', target.id);
}

/** Moves up to `count` keys of an open slot; resolves with their number, 0 when the source has none left. */
export async function migrateKeys(
  slot: number,
  source: ClusterNode,
  target: ClusterNode,
  count: number,
): Promise<number> {
  const keys = (await source.ask('CLUSTER', 'GETKEYSINSLOT', slot, count)) as string[];
  if (keys.length > 0) await migrate(source, target, keys);
  return keys.length;
}

/** Moves these keys of an open slot. A copy at the target is older than what the source has, and is replaced. */
export async function migrate(source: ClusterNode, target: ClusterNode, keys: readonly string[]): Promise<Reply> {
  const { host, port } = target;
  return source.ask('MIGRATE', host, port, '', 0, MIGRATE_TIMEOUT, 'REPLACE', 'KEYS', ...keys);
}

/** Tells one node who owns the slot. */
export async function setNode(slot: number, owner: ClusterNode, told: ClusterNode): Promise<void> {
  await told.ask('CLUSTER', 'SETSLOT', slot, 'NODE', owner.id);
}

/**
 * Ends a move. Only the target is told, the others hear of it on the cluster bus, at once; then they are told, too, which
 * closes the slot at the source. A node of Redis 7.0 that is told before it has heard holds the slot for doubtful when it
 * reads older messages of the target, without an end. Should it get the slot itself later on, it believes any late claim by
 * others, and drops the keys.
 */
export async function closeSlot(slot: number, target: ClusterNode, primaries: readonly ClusterNode[]): Promise<void> {
  const others = primaries.filter((one) => one !== target);
  await outrank(target, others);
  await setNode(slot, target, target);
  await Promise.all(others.map((one) => heard(slot, target, one)));
  await Promise.all(others.map((one) => setNode(slot, target, one)));
}

/** Resolves when a node has heard of a slot's new owner; one that does not, since it imports the slot itself, is told. */
async function heard(slot: number, owner: ClusterNode, node: ClusterNode): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    const row = clusterRows(await node.askText('CLUSTER', 'NODES')).find(({ id }) => id === owner.id);
    if (row !== undefined && hasSlot(row.slots, slot)) return;
    await sleep(1);
  }
}

/**
 * Gives the target the highest epoch. SETSLOT itself raises it above what the target has heard, which is too little when
 * moves follow each other quickly: a late claim of the source takes the slot back, and the target drops its keys.
 */
async function outrank(target: ClusterNode, others: readonly ClusterNode[]): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    const [own, ...rest] = await Promise.all([target, ...others].map(epochOf));
    if (rest.every((epoch) => epoch < (own as number))) return;
    await target.ask('CLUSTER', 'BUMPEPOCH');
    await sleep(1);
  }
  throw new Error(`${target.address} did not get the highest epoch`);
}

async function epochOf(node: ClusterNode): Promise<number> {
  return Number(/cluster_my_epoch:(\d+)/.exec(await node.askText('CLUSTER', 'INFO'))?.[1]);
}

/**
 * Moves a slot from wherever an interrupted move left it: the ends may have been replaced by their replicas, which know
 * nothing of open slots, and keys may be at both of them.
 */
export async function moveAgain(
  slot: number,
  source: ClusterNode,
  target: ClusterNode,
  primaries: readonly ClusterNode[],
): Promise<void> {
  if (!target.serves(slot)) await importing(slot, target, source);
  if (source.serves(slot)) await migrating(slot, source, target);
  while ((await migrateKeys(slot, source, target, 100)) > 0);
  await closeSlot(slot, target, primaries);
}
