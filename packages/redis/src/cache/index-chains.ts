/** No index. */
export const NONE = -1;
/** There is an index, of something that must not be used now. */
export const IN_DOUBT = -2;

const EMPTY = new Int32Array(0);

/**
 * Doubly linked chains of indexes, of which each index is in one at most. They are numbers in two arrays: a collection of
 * garbage has nothing to follow.
 */
export class IndexChains {
  /** What both take for each index, bytes. */
  static readonly BYTES = 8;
  readonly #firsts: Int32Array;
  readonly #lasts: Int32Array;
  #next = EMPTY;
  #previous = EMPTY;

  /** @param count how many chains there are */
  constructor(count: number) {
    this.#firsts = new Int32Array(count).fill(NONE);
    this.#lasts = new Int32Array(count).fill(NONE);
  }

  /** The first index of a chain. */
  first(chain: number): number {
    return this.#firsts[chain] as number;
  }

  last(chain: number): number {
    return this.#lasts[chain] as number;
  }

  /** The index behind another in its chain. */
  next(index: number): number {
    return this.#next[index] as number;
  }

  append(chain: number, index: number): void {
    const last = this.#lasts[chain] as number;
    this.#previous[index] = last;
    this.#next[index] = NONE;
    this.#lasts[chain] = index;
    if (last === NONE) this.#firsts[chain] = index;
    else this.#next[last] = index;
  }

  remove(chain: number, index: number): void {
    const previous = this.#previous[index] as number;
    const next = this.#next[index] as number;
    if (previous === NONE) this.#firsts[chain] = next;
    else this.#next[previous] = next;
    if (next === NONE) this.#lasts[chain] = previous;
    else this.#previous[next] = previous;
  }

  /** Makes room for so many indexes; those that are in chains stay there. */
  resize(capacity: number): void {
    this.#next = resized(this.#next, capacity);
    this.#previous = resized(this.#previous, capacity);
  }

  /** Empties all chains. */
  clear(): void {
    this.#firsts.fill(NONE);
    this.#lasts.fill(NONE);
    this.resize(0);
  }
}

/** A copy with room for so many numbers. */
export function resized<T extends Int32Array | Float64Array | Uint8Array>(from: T, capacity: number): T {
  const to = new (from.constructor as new (length: number) => T)(capacity);
  to.set(from.length > capacity ? (from.subarray(0, capacity) as T) : from);
  return to;
}
