import type { Endpoint, KvError } from '@kv/core';
import type { ClusterNodes } from './cluster-nodes.ts';
import type { Endpoint as HostAndPort } from './host.ts';

/** Which servers are asked for the map, and in which order. */
export class MapServers {
  readonly #nodes: ClusterNodes;
  readonly #addresses: readonly HostAndPort[];
  /** Endpoints that are asked for a map and are no part of one. */
  #seeds: Endpoint[] = [];
  /** The server whose connection was lost last is not the first to be asked. */
  suspect: Endpoint | undefined;

  constructor(nodes: ClusterNodes, addresses: readonly HostAndPort[]) {
    this.#nodes = nodes;
    this.#addresses = addresses;
  }

  /** The seeds that are being asked. */
  get seeds(): readonly Endpoint[] {
    return this.#seeds;
  }

  /**
   * Group after group: the named server and others that are known, all of them, then the seeds. The server whose connection
   * was lost last is asked with the seeds: it may know more than one of them that has left the cluster.
   */
  *groups(first: Endpoint | undefined): Iterable<readonly Endpoint[]> {
    const known = shuffled(this.#nodes.endpoints.filter((endpoint) => endpoint !== this.suspect));
    const order = first === undefined ? known : [first, ...known.filter((endpoint) => endpoint !== first)];
    if (order.length > 0) yield order.slice(0, 3);
    if (order.length > 3) yield order.slice(3);
    this.#seeds = this.#addresses.map((address) => this.#nodes.seed(address));
    yield [...this.#seeds, ...this.#nodes.endpoints.filter((endpoint) => endpoint === this.suspect)];
  }

  /** A round is over: seeds are asked again only by another one. */
  end(error: KvError): void {
    this.suspect = undefined;
    for (const seed of this.#seeds.splice(0)) seed.close(error);
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
