/** An empty ring with more places than this gives them back: a burst must not hold memory forever. */
const KEPT = 4096;

/** Places of a ring with one element, a power of two. */
const SMALLEST = 4;

/** Of all rings that are not used: many of a client never are. It has the kind of array that the others have. */
const NO_ITEMS: undefined[] = new Array(1).fill(undefined);
NO_ITEMS.length = 0;

/**
 * A first-in first-out queue in a circular array: no shifting, no allocation per element.
 *
 * ```text
 *   items  [ . . a b c d . . ]
 *                ^head    ^head + length (mod capacity)
 * ```
 */
export class Ring<T> {
  #items: (T | undefined)[] = NO_ITEMS;
  #head = 0;
  length = 0;

  /** Puts an element behind all others. */
  push(item: T): void {
    if (this.length === this.#items.length) this.#grow();
    this.#items[(this.#head + this.length) & (this.#items.length - 1)] = item;
    this.length++;
  }

  /** Puts an element before all others. */
  unshift(item: T): void {
    if (this.length === this.#items.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#items.length - 1);
    this.#items[this.#head] = item;
    this.length++;
  }

  /** The oldest element; it stays. */
  peek(): T | undefined {
    return this.length === 0 ? undefined : this.#items[this.#head];
  }

  /** Takes the oldest element out. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    this.length--;
    if (this.length === 0 && this.#items.length > KEPT) this.#reset();
    return item;
  }

  /** Visits the elements, oldest first. */
  forEach(visit: (item: T) => void): void {
    for (let i = 0; i < this.length; i++) visit(this.#items[(this.#head + i) & (this.#items.length - 1)] as T);
  }

  /** Whether an element is in it. */
  includes(item: T): boolean {
    for (let i = 0; i < this.length; i++)
      if (this.#items[(this.#head + i) & (this.#items.length - 1)] === item) return true;
    return false;
  }

  /** Takes everything out, oldest first. */
  drain(): T[] {
    const all: T[] = [];
    for (let item = this.shift(); item !== undefined; item = this.shift()) all.push(item);
    this.#reset();
    return all;
  }

  #reset(): void {
    this.#items = NO_ITEMS;
    this.#head = 0;
  }

  #grow(): void {
    const old = this.#items;
    const items: (T | undefined)[] = new Array(old.length * 2 || SMALLEST).fill(undefined);
    for (let i = 0; i < this.length; i++) items[i] = old[(this.#head + i) & (old.length - 1)];
    this.#items = items;
    this.#head = 0;
  }
}
