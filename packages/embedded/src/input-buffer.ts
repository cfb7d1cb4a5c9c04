const SMALLEST = 1024;
const KEEP = 64 * 1024;

/**
 * The bytes that arrived and were not used yet.
 *
 *     0        start          end        capacity
 *     | used   | unread       | free     |
 */
export class InputBuffer {
  #bytes: Buffer = Buffer.allocUnsafe(SMALLEST);
  #start = 0;
  #end = 0;

  /** How many bytes are unread. */
  get length(): number {
    return this.#end - this.#start;
  }

  append(chunk: Uint8Array): void {
    this.#reserve(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The unread byte at `offset`; -1 when it has not arrived. */
  at(offset: number): number {
    return offset < this.length ? (this.#bytes[this.#start + offset] as number) : -1;
  }

  /** Offset of the first `byte` at or after `from`; -1 when there is none. */
  indexOf(byte: number, from: number): number {
    const at = this.#bytes.subarray(this.#start, this.#end).indexOf(byte, from);
    return at;
  }

  /** A little-endian unsigned integer of `size` bytes, which must have arrived. */
  uint(offset: number, size: number): number {
    return this.#bytes.readUIntLE(this.#start + offset, size);
  }

  /** Unread bytes as a string of one character per byte. */
  text(from: number, to: number): string {
    return this.#bytes.toString('latin1', this.#start + from, this.#start + to);
  }

  /** Marks `count` bytes as used. */
  consume(count: number): void {
    this.#start += count;
    if (this.#start < this.#end) return;
    this.#start = 0;
    this.#end = 0;
    if (this.#bytes.length > KEEP) this.#bytes = Buffer.allocUnsafe(SMALLEST);
  }

  clear(): void {
    this.consume(this.length);
  }

  #reserve(count: number): void {
    if (this.#end + count <= this.#bytes.length) return;
    const unread = this.length;
    const target =
      unread + count <= this.#bytes.length / 2
        ? this.#bytes
        : Buffer.allocUnsafe(Math.max(SMALLEST, 2 * (unread + count)));
    this.#bytes.copy(target, 0, this.#start, this.#end);
    this.#bytes = target;
    this.#start = 0;
    this.#end = unread;
  }
}
