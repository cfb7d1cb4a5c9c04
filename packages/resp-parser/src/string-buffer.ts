import { ProtocolError } from './errors.ts';
import { takeMemory } from './text.ts';
import { CR, LF } from './wire.ts';

/** Up to this size memory is taken as announced, beyond it only as the bytes arrive. */
const TRUSTED_LENGTH = 16 * 1024 * 1024;
/** Memory up to this size is kept for the next string; its first use costs as much as copying into it. */
const KEPT_LENGTH = 1024 * 1024;
const SMALLEST = 1024;
/** A rest below this is not worth a read of its own: copying it costs less. */
const SMALLEST_ROOM = 64 * 1024;
const EMPTY = new Uint8Array(0);

/**
 * A string that is not at hand as a whole. Its length is known from the start, so its memory is taken once and each
 * piece is copied once. A streamed string is several of them, one behind the other.
 *
 * ```text
 *  memory  [ h e l l o   w o r · · · ]        then CR LF, which are checked and not kept
 *                        filled ┘ need ┘
 * ```
 */
export class StringBuffer {
  #memory: Uint8Array = EMPTY;
  #filled = 0;
  /** Where the string ends, -1 when none is awaited. */
  #need = -1;
  /** How much of the line end was read. */
  #terminator = 0;
  #exact = false;

  /** Whether bytes are missing. */
  get waiting(): boolean {
    return this.#need >= 0;
  }

  /** How many bytes are there. */
  get length(): number {
    return this.#filled;
  }

  /** The bytes that are there are at its beginning; valid until the next string starts. */
  get memory(): Uint8Array {
    return this.#memory;
  }

  /** Forgets the last string. */
  clear(): void {
    if (this.#memory.length > KEPT_LENGTH) this.#memory = EMPTY;
    this.#filled = 0;
    this.#exact = false;
  }

  /**
   * Begins a string, or goes on with a streamed one.
   * @param exact the memory itself will be the result: it must have that length, and `take` gives it away
   */
  expect(length: number, exact: boolean): void {
    this.#need = this.#filled + length;
    this.#exact = exact;
    if (exact) this.#memory = takeMemory(Math.min(length, TRUSTED_LENGTH));
  }

  /** Gives the memory of an exact string away. */
  take(): Uint8Array {
    const memory = this.#memory;
    this.#memory = EMPTY;
    return memory;
  }

  /**
   * Copies what belongs to the string; nothing is awaited any more when its line end was there too.
   * @returns where the rest begins
   * @throws ProtocolError when the line end is not where the length says
   */
  fill(bytes: Uint8Array, start: number, end: number): number {
    const stop = Math.min(end, start + this.#need - this.#filled);
    this.#reserve(this.#filled + stop - start);
    copyBytes(this.#memory, this.#filled, bytes, start, stop);
    this.#filled += stop - start;
    return this.#filled < this.#need ? stop : this.#readTerminator(bytes, stop, end);
  }

  /** Where the rest of the string goes, as far as there is memory for it; undefined when it is small. */
  room(): Uint8Array | undefined {
    const end = Math.min(this.#need, this.#memory.length);
    return end - this.#filled < SMALLEST_ROOM ? undefined : this.#memory.subarray(this.#filled, end);
  }

  /** So many bytes were put into the room. */
  advance(length: number): void {
    this.#filled += length;
  }

  #readTerminator(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    for (; this.#terminator < 2 && at < end; at++) {
      if (bytes[at] !== (this.#terminator === 0 ? CR : LF)) throw notTerminated();
      this.#terminator++;
    }
    if (this.#terminator < 2) return at;
    this.#terminator = 0;
    this.#need = -1;
    return at;
  }

  /** Makes room: what was announced while that is little, else twice what has arrived. */
  #reserve(length: number): void {
    if (length <= this.#memory.length) return;
    const announced = Math.min(this.#need, TRUSTED_LENGTH);
    const doubled = this.#exact ? Math.min(this.#need, length * 2) : Math.max(SMALLEST, length * 2);
    const larger = takeMemory(Math.max(announced, doubled));
    copyBytes(larger, 0, this.#memory, 0, this.#filled);
    this.#memory = larger;
  }
}

/** The error for a string that is longer or shorter than its length says. */
export function notTerminated(): ProtocolError {
  return new ProtocolError('A string does not end where its length says');
}

/** Copies a range; a short one in a loop, which beats making a view of it. */
export function copyBytes(target: Uint8Array, at: number, bytes: Uint8Array, start: number, end: number): void {
  if (end - start > 32) target.set(bytes.subarray(start, end), at);
  else for (let i = start; i < end; i++) target[at + i - start] = bytes[i] as number;
}
