import { copyBytes } from './string-buffer.ts';
import { CR, LF } from './wire.ts';

const SMALLEST = 64;
/** Memory up to this size is kept for the next line. */
const KEPT_LENGTH = 64 * 1024;
const EMPTY = new Uint8Array(0);

/** The beginning of a line whose end has not arrived yet. */
export class LineBuffer {
  #memory: Uint8Array = EMPTY;
  #length = 0;

  /** How many bytes are there. */
  get length(): number {
    return this.#length;
  }

  /** The bytes that are there are at its beginning; valid until the next `append`. */
  get memory(): Uint8Array {
    return this.#memory;
  }

  /** Adds bytes. @returns the length of the line so far */
  append(bytes: Uint8Array, start: number, end: number): number {
    const length = this.#length + end - start;
    if (length > this.#memory.length) {
      const larger = new Uint8Array(Math.max(SMALLEST, length * 2));
      copyBytes(larger, 0, this.#memory, 0, this.#length);
      this.#memory = larger;
    }
    copyBytes(this.#memory, this.#length, bytes, start, end);
    this.#length = length;
    return length;
  }

  /** @returns where these bytes go on behind the end of the line, -1 when they do not end it */
  lineEnd(bytes: Uint8Array): number {
    if (this.#memory[this.#length - 1] === CR && bytes[0] === LF) return 1;
    return findLineEnd(bytes, 0, bytes.length);
  }

  /** Forgets the line. */
  clear(): void {
    this.#length = 0;
    if (this.#memory.length > KEPT_LENGTH) this.#memory = EMPTY;
  }
}

/** @returns where the next line begins, -1 when this one does not end here; a CR or LF alone ends no line */
export function findLineEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start + 1; i < end; i++) {
    if (bytes[i] === LF && bytes[i - 1] === CR) return i + 1;
  }
  return -1;
}
