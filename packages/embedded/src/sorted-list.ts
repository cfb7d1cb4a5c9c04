const CHUNK = 256;

/**
 * Items in order, without duplicates, in chunks so that inserting stays cheap when there are many. Positions are
 * numbers, so a range is "from this position on", and a rank is a position.
 *
 *     chunks: [ a b c … ] [ m n … ] [ t u … ]        each at most 2 × 256 items, none empty
 */
export class SortedList<T> {
  readonly #compare: (a: T, b: T) => number;
  #chunks: T[][] = [];
  #size = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  /** False when an equal item is there already. */
  add(item: T): boolean {
    const [index, offset] = this.#seek((other) => this.#compare(other, item) < 0);
    const chunk = this.#chunks[index] ?? this.#append();
    const at = this.#chunks[index] === undefined ? chunk.length : offset;
    const next = chunk[at];
    if (next !== undefined && this.#compare(next, item) === 0) return false;
    chunk.splice(at, 0, item);
    this.#size += 1;
    if (chunk.length > 2 * CHUNK) this.#chunks.splice(this.#chunks.indexOf(chunk) + 1, 0, chunk.splice(CHUNK));
    return true;
  }

  /** False when there is no equal item. */
  delete(item: T): boolean {
    const [index, offset] = this.#seek((other) => this.#compare(other, item) < 0);
    const chunk = this.#chunks[index];
    const found = chunk?.[offset];
    if (chunk === undefined || found === undefined || this.#compare(found, item) !== 0) return false;
    chunk.splice(offset, 1);
    this.#size -= 1;
    if (chunk.length === 0) this.#chunks.splice(index, 1);
    return true;
  }

  /** How many items come first for which `before` holds; it must hold for all items up to a point, then for none. */
  count(before: (item: T) => boolean): number {
    const [index, offset] = this.#seek(before);
    let count = offset;
    for (let at = 0; at < index; at += 1) count += (this.#chunks[at] as T[]).length;
    return count;
  }

  /** How many items are smaller. */
  rank(item: T): number {
    return this.count((other) => this.#compare(other, item) < 0);
  }

  at(position: number): T | undefined {
    const [index, offset] = this.#locate(position);
    return this.#chunks[index]?.[offset];
  }

  /** Items from a position on, upwards. The list must not change meanwhile. */
  *up(position = 0): Generator<T, void, undefined> {
    let [index, offset] = this.#locate(Math.max(0, position));
    for (; index < this.#chunks.length; index += 1, offset = 0) {
      const chunk = this.#chunks[index] as T[];
      for (; offset < chunk.length; offset += 1) yield chunk[offset] as T;
    }
  }

  /** Items from a position down to the first. The list must not change meanwhile. */
  *down(position: number = this.#size - 1): Generator<T, void, undefined> {
    if (position < 0) return;
    let [index, offset] = this.#locate(Math.min(position, this.#size - 1));
    for (; index >= 0; index -= 1, offset = Number.POSITIVE_INFINITY) {
      const chunk = this.#chunks[index];
      if (chunk === undefined) return;
      for (let at = Math.min(offset, chunk.length - 1); at >= 0; at -= 1) yield chunk[at] as T;
    }
  }

  /** Chunk and offset of the first item for which `before` does not hold; past the last chunk when it always does. */
  #seek(before: (item: T) => boolean): [chunk: number, offset: number] {
    const chunks = this.#chunks;
    const index = partition(chunks.length, (at) => before((chunks[at] as T[]).at(-1) as T));
    const chunk = chunks[index];
    return [index, chunk === undefined ? 0 : partition(chunk.length, (at) => before(chunk[at] as T))];
  }

  #locate(position: number): [chunk: number, offset: number] {
    let offset = position;
    let index = 0;
    for (; index < this.#chunks.length; index += 1) {
      const { length } = this.#chunks[index] as T[];
      if (offset < length) break;
      offset -= length;
    }
    return [index, offset];
  }

  /** The chunk for an item larger than all others. */
  #append(): T[] {
    const last = this.#chunks.at(-1);
    if (last !== undefined) return last;
    const first: T[] = [];
    this.#chunks.push(first);
    return first;
  }
}

/** The first of `length` positions for which `before` is false. */
function partition(length: number, before: (at: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Order of strings with one character per byte. */
export function byBytes(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
