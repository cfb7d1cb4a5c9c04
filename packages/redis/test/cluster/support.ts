import type { Cluster } from '@kv/testkit/topology/cluster';
import type { ClusterNode } from '@kv/testkit/topology/cluster-node';
import { keySlot } from '../../src/topology/slot.ts';

/** The node that serves the slot of a key now. */
export function ownerOf(cluster: Cluster, key: string): Promise<ClusterNode> {
  return cluster.slotOwner(keySlot(key));
}

/** A primary that does not have the slot of a key. */
export async function otherThanOwner(cluster: Cluster, key: string): Promise<ClusterNode> {
  const owner = await ownerOf(cluster, key);
  return cluster.primaries.find((node) => node !== owner) as ClusterNode;
}

/** Names that begin with a text, each in a slot of this node. */
export function namesAt(node: ClusterNode, begin: string, count: number): string[] {
  const names: string[] = [];
  for (let i = 0; names.length < count; i++) if (node.serves(keySlot(`${begin}${i}`))) names.push(`${begin}${i}`);
  return names;
}
