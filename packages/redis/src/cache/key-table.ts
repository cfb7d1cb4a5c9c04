import { NONE } from './index-chains.ts';

/** An empty table has one place, which stays free. */
const EMPTY = Int32Array.of(0);
const FIRST = 4;
/** A hash and an index. */
const PLACE = 8;

/**
 * Finds indexes by keys. Beside an index lies the hash of its key, so that only keys with the same hash are looked at.
 *
 *     hashes    0  17  33   0  52   0      0: free
 *     indexes   -   4   0   -   9   -      33 belongs to place 1 as 17 does: it is looked for from there to the next free one
 */
export class KeyTable {
  /** How many keys there are. */
  size = 0;
  #hashes = EMPTY;
  #indexes = EMPTY;

  /** How many bytes it takes. */
  get bytes(): number {
    return this.#hashes.length * PLACE;
  }

  /** The index of a key, or NONE. @param keys by their indexes */
  get(key: string, hash: number, keys: readonly string[]): number {
    const hashes = this.#hashes;
    const last = hashes.length - 1;
    for (let place = hash & last; ; place = (place + 1) & last) {
      const found = hashes[place];
      if (found === 0) return NONE;
      if (found === hash && keys[this.#indexes[place] as number] === key) return this.#indexes[place] as number;
    }
  }

  /** Adds a key that is not there. */
  add(hash: number, index: number): void {
    if (this.#isFull) this.#resize(Math.max(this.#hashes.length * 2, FIRST));
    this.#put(this.#freePlace(hash), hash, index);
    this.size++;
  }

  /** The key of an index has another index now. */
  replace(hash: number, index: number, other: number): void {
    const place = this.#placeOf(hash, index);
    if (place !== NONE) this.#indexes[place] = other;
  }

  /** Removes the key of an index. Returns false where no key has this index. */
  delete(hash: number, index: number): boolean {
    const place = this.#placeOf(hash, index);
    if (place === NONE) return false;
    this.#free(place);
    this.size--;
    const { length } = this.#hashes;
    if (this.size < length / 8 && length > FIRST) this.#resize(length / 2);
    return true;
  }

  clear(): void {
    this.size = 0;
    this.#hashes = EMPTY;
    this.#indexes = EMPTY;
  }

  /** At three quarters, so that there are free places near each key. */
  get #isFull(): boolean {
    return (this.size + 1) * 4 > this.#hashes.length * 3;
  }

  #placeOf(hash: number, index: number): number {
    const last = this.#hashes.length - 1;
    for (let place = hash & last; this.#hashes[place] !== 0; place = (place + 1) & last)
      if (this.#indexes[place] === index) return place;
    return NONE;
  }

  #freePlace(hash: number): number {
    const last = this.#hashes.length - 1;
    let place = hash & last;
    while (this.#hashes[place] !== 0) place = (place + 1) & last;
    return place;
  }

  #put(place: number, hash: number, index: number): void {
    this.#hashes[place] = hash;
    this.#indexes[place] = index;
  }

  /** Frees a place. What was put behind it because it was taken moves up, or it would not be found. */
  #free(place: number): void {
    const last = this.#hashes.length - 1;
    let free = place;
    for (let next = (free + 1) & last; this.#hashes[next] !== 0; next = (next + 1) & last) {
      const hash = this.#hashes[next] as number;
      if (((next - hash) & last) < ((next - free) & last)) continue; // it belongs behind the free place
      this.#put(free, hash, this.#indexes[next] as number);
      free = next;
    }
    this.#hashes[free] = 0;
  }

  #resize(places: number): void {
    const hashes = this.#hashes;
    const indexes = this.#indexes;
    this.#hashes = new Int32Array(places);
    this.#indexes = new Int32Array(places);
    for (let i = 0; i < hashes.length; i++) {
      const hash = hashes[i] as number;
      if (hash !== 0) this.#put(this.#freePlace(hash), hash, indexes[i] as number);
    }
  }
}
