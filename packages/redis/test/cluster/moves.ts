import type { Cluster } from '@kv/testkit/topology/cluster';
import type { ClusterNode } from '@kv/testkit/topology/cluster-node';

/** A primary that does not own the slot of a key. */
export async function otherPrimary(cluster: Cluster, key: string): Promise<ClusterNode> {
  const owner = await cluster.slotOwner(await cluster.slotOf(key));
  return cluster.primaries.find((node) => node !== owner) as ClusterNode;
}

/** Moves the slot of a key to another primary; resolves when all know it. */
export async function slotMoved(cluster: Cluster, key: string): Promise<void> {
  await cluster.moveSlot(await cluster.slotOf(key), await otherPrimary(cluster, key));
}
