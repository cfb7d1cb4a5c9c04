import type { Client } from '@kv/core';
import type { ClusterRouter } from './cluster-router.ts';

const clusters = new WeakMap<Client, ClusterRouter>();

/** Remembers which router sends the calls of a client. */
export function rememberCluster(client: Client, router: ClusterRouter): void {
  clusters.set(client, router);
}

/** The router of a client of a cluster; undefined for the client of one server. */
export function clusterOf(client: Client): ClusterRouter | undefined {
  return clusters.get(client);
}
