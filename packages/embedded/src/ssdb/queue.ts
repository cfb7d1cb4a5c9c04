import { Deque } from '../deque.ts';

/** Where the server starts to number items. */
const FIRST_SEQUENCE = 2n ** 62n - 1n;

/** A double-ended list; each item has a sequence number, which a dump shows. */
export class Queue {
  readonly #items = new Deque<string>();
  #front = FIRST_SEQUENCE;

  get size(): number {
    return this.#items.size;
  }

  /** Sequence number of the first item. */
  get front(): bigint {
    return this.#front;
  }

  pushBack(item: string): void {
    this.#items.push(item);
  }

  pushFront(item: string): void {
    if (this.#items.size > 0) this.#front -= 1n;
    this.#items.unshift(item);
  }

  popFront(): string | undefined {
    const item = this.#items.shift();
    if (item !== undefined) this.#front += 1n;
    return item;
  }

  popBack(): string | undefined {
    return this.#items.pop();
  }

  /** A negative index counts from the end. */
  get(index: number): string | undefined {
    return this.#items.at(index < 0 ? index + this.size : index);
  }

  /** False when there is no such item. */
  set(index: number, item: string): boolean {
    const at = index < 0 ? index + this.size : index;
    if (at < 0 || at >= this.size) return false;
    this.#items.set(at, item);
    return true;
  }

  all(): string[] {
    return this.#items.slice(0, this.size);
  }

  /** Both ends included, negative ones count from the end; a begin before the first item gives nothing. */
  slice(begin: bigint, end: bigint): string[] {
    const [first, last] = [this.#sequence(begin), this.#sequence(end)];
    const from = first - this.#front;
    if (from < 0n || from >= BigInt(this.size) || first > last) return [];
    return this.#items.slice(Number(from), Math.min(Number(last - this.#front) + 1, this.size));
  }

  /** The sequence number of an index, which wraps at 64 bits without sign, as in the server. */
  #sequence(index: bigint): bigint {
    return BigInt.asUintN(64, this.#front + index + (index < 0n ? BigInt(this.size) : 0n));
  }
}
