import { monotonicNow, nextTick, queueMicrotask } from '../timers.ts';

/** About how long a part may take, ms: ten times what it costs to write the calls that follow. */
const PART_TIME = 0.15;

/** Reads up to this length are never divided, bytes, and parts are not shorter. */
export const SHORTEST_PART = 8192;

/** Longer ones are not divided, either: a socket reads no more, and the rest has to be copied. */
const LONGEST_READ = 262_144;

/** How far it may be off, how many replies are in the rest of a read: they need not be equally long. */
const ROUGHLY = 2;

/** Memory for the rest of a read, kept while nothing waits in it: new memory costs more than the copy. */
let spare = new ArrayBuffer(0);

/** Who decodes what was read. */
export interface Decoding {
  /** How many commands have no reply. */
  readonly due: number;
  /**
   * Decodes bytes, which are valid during the call only.
   * @param isLast whether nothing that was read is left behind them
   */
  decode(bytes: Uint8Array, isLast: boolean): void;
}

/**
 * Has what was read at once decoded in parts, when that takes long and the server has nothing else to do. Between two parts,
 * callers whose replies were in the first go on, and their next calls are written: the server works on them meanwhile.
 *
 * ```text
 *   whole      client  │ decode 10 replies          │ write 10 calls │                    │ decode …
 *              server                                                │ 10 calls           │
 *
 *   in parts   client  │ decode 3 │ write 3 │ decode 3 │ write 3 │ decode 3 │ write 3 │ decode …
 *              server                       │ 3 calls            │ 3 calls            │ …
 * ```
 */
export class ReadParts {
  readonly #decoding: Decoding;
  readonly #now: () => number;
  /** How long the last part took, ms per byte. */
  #pace = 0;
  /** What was read and is not decoded. Its memory is not that of the transport. */
  #rest: Uint8Array<ArrayBuffer> | undefined;

  /** @param now ms */
  constructor(decoding: Decoding, now: () => number = monotonicNow) {
    this.#decoding = decoding;
    this.#now = now;
  }

  /** Whether something that was read is not decoded yet. */
  get isPending(): boolean {
    return this.#rest !== undefined;
  }

  /** Takes what was read, which is valid during the call only. */
  take(bytes: Uint8Array): void {
    this.finish();
    const end = this.#decodePart(bytes);
    if (end === bytes.length) return;
    if (spare.byteLength < bytes.length) spare = new ArrayBuffer(bytes.length);
    const rest = new Uint8Array(spare, 0, bytes.length - end);
    spare = new ArrayBuffer(0);
    rest.set(bytes.subarray(end));
    this.#wait(rest);
  }

  #wait(rest: Uint8Array<ArrayBuffer>): void {
    this.#rest = rest;
    queueMicrotask(this.#callersWentOn);
  }

  /** Has all decoded that is left. */
  finish(): void {
    const rest = this.#rest;
    if (rest === undefined) return;
    this.#rest = undefined;
    this.#decoding.decode(rest, true);
    spare = rest.buffer;
  }

  /** The callers have called what they want to: microtasks run until there are none. It is written in ticks of its own. */
  readonly #callersWentOn = (): void => nextTick(this.#callsAreQueued);
  readonly #callsAreQueued = (): void => nextTick(this.#continue);

  readonly #continue = (): void => {
    const rest = this.#rest;
    if (rest === undefined) return;
    this.#rest = undefined;
    const end = this.#decodePart(rest);
    if (end === rest.length) spare = rest.buffer;
    else this.#wait(rest.subarray(end));
  };

  /** Returns how far it came: to the end, unless the server waits for calls meanwhile. */
  #decodePart(bytes: Uint8Array): number {
    const { length } = bytes;
    const end = this.#endOfPart(length);
    const { due } = this.#decoding;
    const start = this.#now();
    this.#decoding.decode(end === length ? bytes : bytes.subarray(0, end), end === length);
    if (end >= SHORTEST_PART) this.#pace = (this.#now() - start) / end;
    if (end === length) return end;
    const inRest = ((due - this.#decoding.due) / end) * (length - end);
    if (this.#decoding.due <= inRest * ROUGHLY) return end;
    this.#decoding.decode(bytes.subarray(end), true);
    return length;
  }

  #endOfPart(length: number): number {
    if (this.#decoding.due === 0 || length > LONGEST_READ) return length;
    const size = Math.max(Math.floor(PART_TIME / this.#pace), SHORTEST_PART);
    return size * 1.5 < length ? size : length; // half a part more is better than half a part alone
  }
}
