import type { Endpoint } from '@kv/core';
import type { ClusterNodes } from './cluster-nodes.ts';
import { type SlotMap, type SlotRange, type SlotTable, slotTable } from './slot-map.ts';

/** The replicas of each slot, as the newest map names them. */
export class SlotReplicas {
  readonly #nodes: ClusterNodes;
  readonly #newest: () => SlotMap | undefined;
  readonly #found = new Map<SlotRange, readonly Endpoint[]>();
  #map: SlotMap | undefined;
  #table: SlotTable = [];

  /** @param newest gives the newest map */
  constructor(nodes: ClusterNodes, newest: () => SlotMap | undefined) {
    this.#nodes = nodes;
    this.#newest = newest;
  }

  of(slot: number): readonly Endpoint[] {
    const map = this.#newest();
    if (map !== this.#map) this.#read(map);
    const range = this.#table[slot];
    if (range === undefined) return [];
    const known = this.#found.get(range);
    if (known !== undefined) return known;
    const replicas = range.replicas.map((node) => this.#nodes.endpointOf(node));
    const found = replicas.filter((endpoint) => endpoint !== undefined);
    this.#found.set(range, found);
    return found;
  }

  #read(map: SlotMap | undefined): void {
    this.#map = map;
    this.#table = map === undefined ? [] : slotTable(map);
    this.#found.clear();
  }
}
