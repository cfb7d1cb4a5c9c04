import { Decoder } from './decoder.ts';
import { ProtocolError } from './errors.ts';
import type { Limits } from './limits.ts';
import type { Reply } from './types.ts';

/** Options of a `Reader`. */
export interface ReaderOptions extends Limits {
  /**
   * `'utf8'` gives stored data as text, `'bytes'` as `Uint8Array`. Counters are numbers in both.
   *
   * @default 'utf8'
   */
  readonly encoding?: 'utf8' | 'bytes' | undefined;
}

/**
 * Bytes of a connection to replies, asked for one by one.
 *
 * @example
 * const reader = new Reader();
 * reader.feed(Uint8Array.of(6, 0, 0, 3, 0, 0, 0));
 * reader.gets(); // undefined: more bytes are needed
 * reader.feed(Uint8Array.of(0x62, 0x61, 0x72));
 * reader.gets(); // { code: 6, encoding: 0, value: 'bar' }
 */
export class Reader {
  readonly #decoder: Decoder;
  #replies: Reply[] = [];
  #next = 0;
  #failure: unknown;

  /**
   * @param options see `ReaderOptions` for the defaults; only own properties count
   * @throws TypeError or RangeError for an option that is unknown or none of its values
   */
  constructor(options: ReaderOptions = {}) {
    const { encoding = 'utf8', ...limits } = ownOptions(options);
    if (encoding !== 'utf8' && encoding !== 'bytes') throw new RangeError("encoding: expected 'utf8' or 'bytes'");
    const asBytes = encoding === 'bytes';
    const sink = { bytes: (): boolean => asBytes, reply: (reply: Reply): void => void this.#replies.push(reply) };
    this.#decoder = new Decoder(sink, limits);
  }

  /**
   * Adds bytes, cut anywhere; they may be reused at once. Bytes after a protocol error are ignored.
   *
   * @throws TypeError when it is given anything but a Uint8Array; the reader can be used further
   */
  feed(bytes: Uint8Array): void {
    if (this.#failure !== undefined) return;
    try {
      this.#decoder.write(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#failure = error;
    }
  }

  /**
   * The next complete reply, or `undefined` when more bytes are needed. `undefined` is never a reply.
   *
   * @throws ProtocolError once all replies before the bad bytes were handed out, and on every call from then on
   */
  gets(): Reply | undefined {
    const reply = this.#replies[this.#next];
    if (reply === undefined) {
      if (this.#failure !== undefined) throw this.#failure;
      return undefined;
    }
    this.#next++;
    // Half of the list was handed out: let go of it, so that a reader that never catches up does not grow.
    if (this.#next * 2 >= this.#replies.length) this.#replies = this.#takeAll();
    return reply;
  }

  /**
   * Adds bytes and returns every complete reply; an unfinished one is kept for the next call.
   *
   * @throws ProtocolError for bad bytes. Replies before them are returned first, the next call throws.
   */
  parse(bytes: Uint8Array): Reply[] {
    this.feed(bytes);
    const replies = this.#takeAll();
    if (replies.length === 0 && this.#failure !== undefined) throw this.#failure;
    return replies;
  }

  #takeAll(): Reply[] {
    const rest = this.#next === 0 ? this.#replies : this.#replies.slice(this.#next);
    this.#replies = [];
    this.#next = 0;
    return rest;
  }
}

/** A copy without a prototype, so that nothing inherited acts as an option. */
function ownOptions(options: ReaderOptions): ReaderOptions {
  return Object.assign(Object.create(null), options);
}
