import { SLOT_COUNT } from './key-slot.ts';

/**
 * Which node owns which slot. There is no bus between the nodes: what one of them is told about the owner of a slot, all
 * know at once.
 */
export class SlotOwners<Node> {
  readonly nodes: readonly Node[];
  /** `cluster_current_epoch` */
  epoch: number;
  readonly #owners: Node[];

  /** @param nodes they get equal shares of the slots, in their order */
  constructor(nodes: readonly Node[]) {
    const { length } = nodes;
    this.nodes = nodes;
    this.epoch = length;
    this.#owners = nodes.flatMap((node, i) => new Array<Node>(edge(i + 1, length) - edge(i, length)).fill(node));
  }

  ownerOf(slot: number): Node {
    return this.#owners[slot] as Node;
  }

  setOwner(slot: number, node: Node): void {
    this.#owners[slot] = node;
  }

  /** The slots of a node, as ranges. */
  rangesOf(node: Node): (readonly [first: number, last: number])[] {
    const ranges: [number, number][] = [];
    for (const [slot, owner] of this.#owners.entries()) {
      if (owner !== node) continue;
      const last = ranges.at(-1);
      if (last?.[1] === slot - 1) last[1] = slot;
      else ranges.push([slot, slot]);
    }
    return ranges;
  }
}

/** Where share `index` of `count` equal ones begins. */
function edge(index: number, count: number): number {
  return Math.round((SLOT_COUNT * index) / count);
}
