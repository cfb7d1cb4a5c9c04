/** Collections without a table until something is put into them: most clients never use most of theirs. */

/** A map; see `Map`. */
export class LazyMap<K, V> {
  #map: Map<K, V> | undefined;

  /** How many entries it has. */
  get size(): number {
    return this.#map?.size ?? 0;
  }

  get(key: K): V | undefined {
    return this.#map?.get(key);
  }

  set(key: K, value: V): void {
    this.#map ??= new Map();
    this.#map.set(key, value);
  }

  /** Removes an entry. The table goes with the last one. */
  delete(key: K): void {
    if (this.#map?.delete(key) === true && this.#map.size === 0) this.#map = undefined;
  }

  keys(): Iterable<K> {
    return this.#map?.keys() ?? [];
  }

  values(): Iterable<V> {
    return this.#map?.values() ?? [];
  }

  [Symbol.iterator](): Iterator<[K, V]> {
    return this.#map?.entries() ?? [][Symbol.iterator]();
  }
}

/** A set; see `Set`. */
export class LazySet<T> {
  #set: Set<T> | undefined;

  /** How many elements it has. */
  get size(): number {
    return this.#set?.size ?? 0;
  }

  has(item: T): boolean {
    return this.#set?.has(item) === true;
  }

  add(item: T): void {
    this.#set ??= new Set();
    this.#set.add(item);
  }

  /** Removes an element. Returns whether it was there. */
  delete(item: T): boolean {
    return this.#set?.delete(item) === true;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#set?.values() ?? [][Symbol.iterator]();
  }
}
