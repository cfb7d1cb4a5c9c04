import { ConnectionError, type Endpoint } from '@kv/core';
import type { ClusterNodes } from './cluster-nodes.ts';
import { LeavingEndpoints } from './leaving-endpoints.ts';
import type { ClusterNode, SlotMap } from './slot-map.ts';
import type { Slots } from './slots.ts';

/**
 * How long a server that left the map may still answer what it has, ms. One whose replica has taken its place is ended
 * sooner: what it still does is lost, and later calls wait behind it.
 */
const LEFT_GRACE = 5000;
const REPLACED_GRACE = 250;

/** Servers that left the map, or have another role now: they get nothing new, and their connections end soon. */
export class LeavingNodes extends LeavingEndpoints {
  readonly #slots: Slots;
  readonly #nodes: ClusterNodes;

  constructor(slots: Slots, nodes: ClusterNodes) {
    super((endpoint) => nodes.forget(endpoint));
    this.#slots = slots;
    this.#nodes = nodes;
  }

  /** Moves what the endpoint has not written to the owners of the new map, and ends it after a while. */
  leave(endpoint: Endpoint, before: SlotMap | undefined, after: SlotMap): void {
    const { addressText, role = 'server' } = endpoint.identity;
    const error = new ConnectionError(`${addressText} is no ${role} of the cluster any more`);
    const replaced = before !== undefined && isReplaced(before, after, this.#nodes.nodeOf(endpoint));
    this.#slots.routeAll(endpoint.pools.flatMap((pool) => pool.takeUnsent(({ part }) => part >= 0)));
    this.add(endpoint, error, replaced ? REPLACED_GRACE : LEFT_GRACE);
  }
}

/** Whether a replica has taken the place of a primary. */
function isReplaced(before: SlotMap, after: SlotMap, node: ClusterNode | undefined): boolean {
  const range = before.ranges.find(({ primary }) => primary.id === node?.id);
  if (range === undefined) return false;
  const owner = after.ranges.find(({ start, end }) => start <= range.start && range.start <= end)?.primary.id;
  return range.replicas.some(({ id }) => id === owner);
}
