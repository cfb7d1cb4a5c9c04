import type { Endpoint, Engine } from '@kv/core';
import { extensionOf } from '../client/client-extension.ts';
import type { ClusterRouter } from './cluster-router.ts';
import type { SentinelRouter } from './sentinel-router.ts';
import type { ClusterNode, NodeRole, SlotMap } from './slot-map.ts';

/** One server, and a client for it alone. */
export interface RedisNode<R> {
  /** The cluster's name for it, which outlives its address; the address where there is no such name. */
  readonly id: string;
  /** Where the client connects to, `host:port`. */
  readonly address: string;
  readonly role: NodeRole;
  /** Availability zone, as far as the server tells it. */
  readonly az: string | undefined;
  /** In a cluster: first and last slot of each range that it serves; a replica has those of its primary. */
  readonly slots: readonly (readonly [first: number, last: number])[];
  /** Sends everything to this server, on the connections of the client that made it. Closing it closes that client. */
  readonly client: R;
}

/**
 * The servers that a client knows; of a cluster, and from sentinels, none before the first answer. One server alone counts
 * as a primary.
 */
export function nodesOf(client: Engine, role: NodeRole | undefined): RedisNode<Engine>[] {
  if (!client.isRouted) return [];
  const { cluster, replicated } = extensionOf(client);
  const nodes = cluster === undefined ? nodesWithoutSlots(client, replicated) : clusterNodes(client, cluster);
  return nodes.filter((node) => role === undefined || node.role === role);
}

function nodesWithoutSlots(client: Engine, router: SentinelRouter | undefined): RedisNode<Engine>[] {
  return router === undefined ? [onlyNode(client)] : namedNodes(client, router);
}

/** What the sentinels name. */
function namedNodes(client: Engine, { named, qualities }: SentinelRouter): RedisNode<Engine>[] {
  return named.map((endpoint) => {
    const { id = '', addressText: address, role = 'primary' } = endpoint.identity;
    return { id, address, role, az: qualities.zoneOf(endpoint) || undefined, slots: [], client: client.only(endpoint) };
  });
}

function onlyNode(client: Engine): RedisNode<Engine> {
  const { addressText } = client.setup;
  return { id: addressText, address: addressText, role: 'primary', az: undefined, slots: [], client };
}

function clusterNodes(client: Engine, cluster: ClusterRouter): RedisNode<Engine>[] {
  const { map } = cluster;
  if (map === undefined) return [];
  return map.nodes.flatMap((node) => {
    const endpoint = cluster.nodes.endpointOf(node);
    return endpoint === undefined ? [] : [described(client, cluster, map, node, endpoint)];
  });
}

function described(
  client: Engine,
  { qualities }: ClusterRouter,
  map: SlotMap,
  { id, role }: ClusterNode,
  endpoint: Endpoint,
): RedisNode<Engine> {
  const has = map.ranges.filter(({ primary, replicas }) => [primary, ...replicas].some((node) => node.id === id));
  return {
    id,
    address: endpoint.identity.addressText,
    role,
    az: qualities.zoneOf(endpoint) || undefined,
    slots: has.map(({ start, end }) => [start, end]),
    client: client.only(endpoint),
  };
}
