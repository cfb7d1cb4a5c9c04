import { byBytes, SortedList } from './sorted-list.ts';

/** A map whose keys, one character per byte, can be walked in order. */
export class OrderedMap<V> {
  readonly #values = new Map<string, V>();
  #keys = new SortedList<string>(byBytes);

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** True when the key is new. */
  set(key: string, value: V): boolean {
    const fresh = !this.#values.has(key);
    this.#values.set(key, value);
    if (fresh) this.#keys.add(key);
    return fresh;
  }

  delete(key: string): boolean {
    if (!this.#values.delete(key)) return false;
    return this.#keys.delete(key);
  }

  clear(): void {
    this.#values.clear();
    this.#keys = new SortedList<string>(byBytes);
  }

  /** Keys above `after`, in order. */
  *above(after: string): Generator<string, void, undefined> {
    yield* this.#keys.up(this.#keys.count((key) => key <= after));
  }

  /** Keys below `before`, in reverse order. */
  *below(before: string): Generator<string, void, undefined> {
    yield* this.#keys.down(this.#keys.rank(before) - 1);
  }

  /** All entries in order. */
  *entries(): Generator<[key: string, value: V], void, undefined> {
    for (const key of this.#keys.up()) yield [key, this.#values.get(key) as V];
  }
}
