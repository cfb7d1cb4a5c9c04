const SLACK = 16;

/**
 * A list with cheap ends.
 *
 *     slots: [ free free | item item item ]
 *                        ^ head
 */
export class Deque<T> {
  #slots: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#slots.length - this.#head;
  }

  push(item: T): void {
    this.#slots.push(item);
  }

  unshift(item: T): void {
    if (this.#head === 0) this.#makeRoom();
    this.#head -= 1;
    this.#slots[this.#head] = item;
  }

  pop(): T | undefined {
    return this.size === 0 ? undefined : this.#slots.pop();
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > SLACK && this.#head > this.size) this.#drop();
    return item;
  }

  at(index: number): T | undefined {
    return index < 0 ? undefined : this.#slots[this.#head + index];
  }

  /** `index` must be inside. */
  set(index: number, item: T): void {
    this.#slots[this.#head + index] = item;
  }

  /** Items from `from` up to, not including, `to`. */
  slice(from = 0, to: number = this.size): T[] {
    return this.#slots.slice(this.#head + from, this.#head + to) as T[];
  }

  /** Puts other items in the place of all. */
  replace(items: T[]): void {
    this.#slots = items;
    this.#head = 0;
  }

  #makeRoom(): void {
    const room = SLACK + this.size;
    this.#slots = [...new Array<undefined>(room), ...this.#slots];
    this.#head = room;
  }

  #drop(): void {
    this.#slots = this.#slots.slice(this.#head);
    this.#head = 0;
  }
}
