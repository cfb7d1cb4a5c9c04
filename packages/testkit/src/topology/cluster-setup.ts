import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '@kv/resp-parser';
import type { ClusterNode } from './cluster-node.ts';
import { clusterRows, hasSlot } from './cluster-rows.ts';
import { waitFor } from './wait.ts';

const SLOTS = 16_384;

/** Milliseconds after which the others have surely heard of a new epoch, so that the next one is another. */
const BROADCAST = 20;

/** Joins started nodes into one cluster: slots spread evenly over the primaries, each replica in its shard. */
export async function formCluster(nodes: readonly ClusterNode[], primaries: number): Promise<void> {
  await Promise.all(nodes.slice(0, primaries).map((node, i) => giveSlots(node, i, primaries)));
  // Equal epochs would be resolved one by one, with a view of its own on every node meanwhile.
  await Promise.all(nodes.map((node, i) => node.ask('CLUSTER', 'SET-CONFIG-EPOCH', i + 1)));
  await introduce(nodes);
  await waitFor('CLUSTER MEET', () => allKnowAll(nodes));
  for (const replica of nodes.slice(primaries)) {
    await replica.ask('CLUSTER', 'REPLICATE', (nodes[replica.shard] as ClusterNode).id);
  }
}

/**
 * Throws unless a node sees a cluster that works: state ok, and each range with all running nodes of its shard. CLUSTER
 * SLOTS leaves out a replica until it has data.
 */
export async function checkView(node: ClusterNode, nodes: readonly ClusterNode[]): Promise<void> {
  const info = await node.askText('CLUSTER', 'INFO');
  if (!info.includes('cluster_state:ok')) throw new Error(`${node.address} says that the state is not ok`);
  const running = nodes.filter(({ answers }) => answers);
  for (const range of (await node.ask('CLUSTER', 'SLOTS')) as Reply[][]) {
    if (!isComplete(range, running)) throw new Error(`${node.address} has an old view: ${JSON.stringify(range)}`);
  }
}

function isComplete([first, last, ...listed]: readonly Reply[], running: readonly ClusterNode[]): boolean {
  const ids = listed.map((one) => (one as Reply[])[2]);
  const primary = running.find(({ id }) => id === ids[0]);
  if (primary === undefined || ![first, last].every((slot) => primary.serves(slot as number))) return false;
  return ofShard(running, primary.shard).every(({ id }) => ids.includes(id));
}

/**
 * Makes old views of slots new. A node believes a claim only if its epoch is higher than that of the owner it knows, and
 * two nodes that got the same epoch at the same time leave some node with the wrong owner until somebody has a new one.
 */
export async function renewClaims(primaries: readonly ClusterNode[]): Promise<void> {
  for (const primary of primaries) {
    await primary.ask('CLUSTER', 'BUMPEPOCH');
    await sleep(BROADCAST);
  }
}

/**
 * Makes nodes replicas of their shard's primary again. A primary that was away follows the node that has its last slot then,
 * which can be another shard when slots were moved meanwhile.
 */
export async function returnToShards(nodes: readonly ClusterNode[]): Promise<void> {
  const running = nodes.filter(({ answers }) => answers);
  for (const node of running.filter(({ slots }) => slots.length === 0)) {
    const primary = ofShard(running, node.shard).find(({ slots }) => slots.length > 0);
    if (primary !== undefined && node.primaryId !== primary.id) await node.ask('CLUSTER', 'REPLICATE', primary.id);
  }
}

/** Throws unless all running nodes name this node as owner of the slot. */
export async function checkOwner(slot: number, owner: ClusterNode, nodes: readonly ClusterNode[]): Promise<void> {
  for (const node of nodes.filter(({ answers }) => answers)) {
    const rows = clusterRows(await node.askText('CLUSTER', 'NODES'));
    const named = rows.find(({ slots }) => hasSlot(slots, slot));
    if (named?.id !== owner.id) throw new Error(`${node.address} names another owner of slot ${slot}`);
  }
}

function ofShard(nodes: readonly ClusterNode[], shard: number): ClusterNode[] {
  return nodes.filter((node) => node.shard === shard);
}

async function giveSlots(node: ClusterNode, index: number, count: number): Promise<void> {
  const first = Math.round((SLOTS / count) * index);
  const last = Math.round((SLOTS / count) * (index + 1)) - 1;
  await node.ask('CLUSTER', 'ADDSLOTSRANGE', first, last);
}

async function introduce([first, ...others]: readonly ClusterNode[]): Promise<void> {
  for (const { host, port, busPort } of others) await first?.ask('CLUSTER', 'MEET', host, port, busPort);
}

async function allKnowAll(nodes: readonly ClusterNode[]): Promise<true | undefined> {
  for (const node of nodes) {
    const rows = clusterRows(await node.askText('CLUSTER', 'NODES'));
    if (rows.length < nodes.length || rows.some(({ flags }) => flags.includes('handshake'))) return undefined;
  }
  return true;
}
