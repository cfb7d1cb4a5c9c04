/** A Map has room for four keys at first. */
const FIRST = 4;
/** The Map and the head of its table. */
const HEAD = 80;
/** A place in the table: key, value, the next one in its bucket, and half a bucket. */
const PLACE = 28;

/**
 * The entries of a group by key, as text: for each key the newest, which leads to the others. It knows how much memory its
 * Map takes: V8 leaves holes where keys were deleted, and grows the table before it fills more than half of it with them.
 */
export class KeyTable<Entry> {
  readonly #map = new Map<string, Entry>();
  #places = FIRST;
  #holes = 0;

  /** About how many bytes it takes, without entries and keys. */
  get bytes(): number {
    return HEAD + this.#places * PLACE;
  }

  /** The newest entry of each key. */
  get firsts(): Iterable<Entry> {
    return this.#map.values();
  }

  /** How many keys there are. */
  get size(): number {
    return this.#map.size;
  }

  get(key: string): Entry | undefined {
    return this.#map.get(key);
  }

  /** Returns how many bytes it takes more. */
  set(key: string, entry: Entry): number {
    const { size } = this.#map;
    this.#map.set(key, entry);
    if (this.#map.size === size || size + this.#holes < this.#places) return 0;
    return this.#rehash(this.#holes < this.#places / 2 ? this.#places * 2 : this.#places);
  }

  /** Returns how many bytes it takes more, which is 0 or less. */
  delete(key: string): number {
    if (!this.#map.delete(key)) return 0;
    this.#holes++;
    return this.#map.size < this.#places / 4 && this.#places > FIRST ? this.#rehash(this.#places / 2) : 0;
  }

  /** Returns how many bytes it takes more, which is 0 or less. */
  clear(): number {
    this.#map.clear();
    return this.#rehash(FIRST);
  }

  #rehash(places: number): number {
    const more = (places - this.#places) * PLACE;
    this.#places = places;
    this.#holes = 0;
    return more;
  }
}
