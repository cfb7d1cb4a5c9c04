import type { ConsumerGroup } from './consumer-group.ts';
import { compareIds, FIRST_ID, isZero, LAST_ID, nextId, type StreamId } from './stream-id.ts';
import { type StreamEntry, StreamNode } from './stream-node.ts';

/** How a stream is made shorter. */
export interface Trim {
  readonly by: { readonly maxLength: bigint } | { readonly minId: StreamId };
  /** Only whole blocks, and at most so many entries; 0: all. Undefined: exactly. */
  readonly limit: bigint | undefined;
}

/** A stream: entries in the order of their ids, in the blocks that the server makes, and its groups of consumers. */
export class Stream {
  #nodes: StreamNode[] = [];
  #length = 0;
  lastId: StreamId = FIRST_ID;
  maxDeletedId: StreamId = FIRST_ID;
  /** Entries ever added. */
  added = 0n;
  /** Grows when those who wait for the stream must look at it. */
  arrivals = 0;
  readonly groups: Map<string, ConsumerGroup> = new Map<string, ConsumerGroup>();

  get length(): number {
    return this.#length;
  }

  /** In how many blocks the entries are. */
  get nodes(): readonly StreamNode[] {
    return this.#nodes;
  }

  get first(): StreamEntry | undefined {
    return this.#nodes[0]?.entries[0];
  }

  get last(): StreamEntry | undefined {
    return this.#nodes.at(-1)?.entries.at(-1);
  }

  /** The id of the first entry, or 0-0. */
  get firstId(): StreamId {
    return this.first?.id ?? FIRST_ID;
  }

  /** The id of an entry that comes now; undefined: there is no greater one. */
  idAt(now: number): StreamId | undefined {
    const ms = BigInt(now);
    return ms > this.lastId.ms ? { ms, seq: 0n } : nextId(this.lastId);
  }

  /** The id must be greater than `lastId`. */
  append(entry: StreamEntry): void {
    const last = this.#nodes.at(-1);
    const node = last === undefined || last.isFullFor(entry) ? new StreamNode(entry) : last;
    if (node !== last) this.#nodes.push(node);
    node.add(entry);
    this.lastId = entry.id;
    this.added += 1n;
    this.#length += 1;
    this.arrivals += 1;
  }

  /** The entry with exactly this id. */
  get(id: StreamId): StreamEntry | undefined {
    const entry = this.up(id).next().value;
    return entry !== undefined && compareIds(entry.id, id) === 0 ? entry : undefined;
  }

  /** Entries from one id to another, both included. */
  *up(from: StreamId, to: StreamId = LAST_ID): Generator<StreamEntry, undefined, undefined> {
    for (let at = this.#seek(from); at < this.#nodes.length; at += 1) {
      const node = this.#nodes[at] as StreamNode;
      for (let index = node.seek(from); index < node.entries.length; index += 1) {
        const entry = node.entries[index] as StreamEntry;
        if (compareIds(entry.id, to) > 0) return undefined;
        yield entry;
      }
    }
    return undefined;
  }

  /** The same downwards, from the greatest. */
  *down(from: StreamId, to: StreamId): Generator<StreamEntry, undefined, undefined> {
    for (let at = Math.min(this.#seek(to), this.#nodes.length - 1); at >= 0; at -= 1) {
      const { entries } = this.#nodes[at] as StreamNode;
      for (let index = entries.length - 1; index >= 0; index -= 1) {
        const entry = entries[index] as StreamEntry;
        if (compareIds(entry.id, from) < 0) return undefined;
        if (compareIds(entry.id, to) <= 0) yield entry;
      }
    }
    return undefined;
  }

  /** False when there is no such entry. */
  delete(id: StreamId): boolean {
    const at = this.#seek(id);
    const node = this.#nodes[at];
    const index = node?.seek(id) ?? 0;
    const entry = node?.entries[index];
    if (node === undefined || entry === undefined || compareIds(entry.id, id) !== 0) return false;
    node.entries.splice(index, 1);
    if (node.entries.length === 0) this.#nodes.splice(at, 1);
    this.#length -= 1;
    if (compareIds(id, this.maxDeletedId) > 0) this.maxDeletedId = id;
    return true;
  }

  /** Removes the oldest entries and returns how many. */
  trim({ by, limit }: Trim): number {
    let deleted = 0;
    for (let node = this.#nodes[0]; node !== undefined; node = this.#nodes[0]) {
      const count = node.entries.length;
      if ('maxLength' in by && BigInt(this.#length) <= by.maxLength) break;
      if (limit !== undefined && limit !== 0n && BigInt(deleted + count) > limit) break;
      const whole =
        'maxLength' in by ? BigInt(this.#length - count) >= by.maxLength : compareIds(node.last, by.minId) < 0;
      if (!whole) return limit === undefined ? deleted + this.#trimFirst(node, by) : deleted;
      this.#nodes.shift();
      this.#length -= count;
      deleted += count;
    }
    return deleted;
  }

  /** Another stream with the same content. */
  copy(): Stream {
    const twin = new Stream();
    twin.#nodes = this.#nodes.map((node) => node.copy());
    twin.#length = this.#length;
    twin.lastId = this.lastId;
    twin.maxDeletedId = this.maxDeletedId;
    twin.added = this.added;
    for (const [name, group] of this.groups) twin.groups.set(name, group.copy());
    return twin;
  }

  /** Whether an entry may have been deleted from an id on. */
  hasGapsFrom(id: StreamId): boolean {
    if (this.#length === 0 || compareIds(this.firstId, this.maxDeletedId) > 0) return false;
    return compareIds(id, this.maxDeletedId) <= 0;
  }

  /** How many entries there were up to an id; -1: that is not known. */
  countUpTo(id: StreamId): bigint {
    if (this.added === 0n) return 0n;
    const toLast = compareIds(id, this.lastId);
    if (toLast === 0 || (this.#length === 0 && toLast < 0)) return this.added;
    if (toLast > 0) return -1n;
    const toFirst = compareIds(id, this.firstId);
    const isWhole = isZero(this.maxDeletedId) || compareIds(this.maxDeletedId, this.firstId) < 0;
    if (!isWhole || toFirst > 0) return -1n;
    return this.added - BigInt(this.#length) + (toFirst === 0 ? 1n : 0n);
  }

  #trimFirst({ entries }: StreamNode, by: Trim['by']): number {
    const excess = 'maxLength' in by ? BigInt(this.#length) - by.maxLength : 0n;
    const count = 'maxLength' in by ? Number(excess) : entries.filter(({ id }) => compareIds(id, by.minId) < 0).length;
    entries.splice(0, count);
    this.#length -= count;
    return count;
  }

  /** The first block that may hold an id, or greater ones. */
  #seek(id: StreamId): number {
    let [low, high] = [0, this.#nodes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareIds((this.#nodes[middle] as StreamNode).last, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** How many nodes the server's radix tree has that finds the blocks. */
export function radixNodes(nodes: readonly StreamNode[]): number {
  const keys = nodes.map(({ master: { ms, seq } }) => `${hex(ms)}${hex(seq)}`);
  return keys.length === 0 ? 1 : countRadix(keys, 0);
}

const KEY_DIGITS = 32;

function hex(value: bigint): string {
  return value.toString(16).padStart(KEY_DIGITS / 2, '0');
}

/** Keys that are the same up to `depth`, in hexadecimal digits; a node is for bytes. */
function countRadix(keys: readonly string[], depth: number): number {
  if (depth === KEY_DIGITS) return 1;
  const [first = '', last = ''] = [keys[0], keys.at(-1)];
  let same = depth;
  while (same < KEY_DIGITS && first.slice(same, same + 2) === last.slice(same, same + 2)) same += 2;
  if (same > depth) return 1 + countRadix(keys, same);
  const groups = new Map<string, string[]>();
  for (const key of keys) {
    const byte = key.slice(depth, depth + 2);
    groups.set(byte, [...(groups.get(byte) ?? []), key]);
  }
  return [...groups.values()].reduce((sum, group) => sum + countRadix(group, depth + 2), 1);
}
