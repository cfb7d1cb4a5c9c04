import { Decoder } from './decoder.ts';
import { ProtocolError } from './errors.ts';
import type { Limits } from './limits.ts';
import type { Reply } from './types.ts';

/** How a {@link Reader} decodes: encoding and limits, side by side. */
export interface ReaderOptions extends Limits {
  /**
   * What body blocks become: `'utf8'` text, or `'bytes'` for `Uint8Array`, needed for data that is not text.
   *
   * @default 'utf8'
   */
  readonly encoding?: 'utf8' | 'bytes' | undefined;
}

/**
 * Pull decoder: feed bytes, get replies. For people, tests and tools; a client engine uses `Decoder`.
 *
 * Replies that were complete before bad bytes come out first, then every call throws the `ProtocolError`.
 *
 * @example
 * const reader = new Reader();
 * reader.feed(new TextEncoder().encode('2\nok\n1\n'));
 * reader.gets(); // undefined: more bytes needed
 * reader.feed(new TextEncoder().encode('1\n\n'));
 * reader.gets(); // { status: 'ok', body: ['1'] }
 */
export class Reader {
  readonly #decoder: Decoder;
  #ready: Reply[] = [];
  #taken = 0;
  #error: unknown;
  #failed = false;

  /**
   * @param options see `ReaderOptions` for the defaults; only own properties count
   * @throws TypeError or RangeError for an option that is unknown or none of its values
   */
  constructor(options: ReaderOptions = {}) {
    const { encoding = 'utf8', ...limits } = ownOptions(options);
    if (encoding !== 'utf8' && encoding !== 'bytes') throw new RangeError("encoding: expected 'utf8' or 'bytes'");
    const bytes = encoding === 'bytes';
    this.#decoder = new Decoder({ bytes: () => bytes, reply: (reply) => this.#ready.push(reply) }, limits);
  }

  /**
   * Takes bytes; they may be reused afterwards. Bad bytes are reported by the `gets` that comes after the last good
   * reply; `feed` itself throws only when nothing is left to get and the stream is already known to be bad.
   *
   * @throws TypeError when it is given anything but a Uint8Array; the reader can be used further
   */
  feed(bytes: Uint8Array): void {
    if (this.#failed) {
      if (this.#taken === this.#ready.length) throw this.#error;
      return;
    }
    try {
      this.#decoder.write(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#failed = true;
      this.#error = error;
    }
  }

  /** The next complete reply, or undefined when more bytes are needed. Throws once only bad bytes are left. */
  gets(): Reply | undefined {
    if (this.#taken < this.#ready.length) {
      const reply = this.#ready[this.#taken++];
      if (this.#taken === this.#ready.length) this.#clear();
      return reply;
    }
    if (this.#failed) throw this.#error;
    return undefined;
  }

  /** `feed`, then every complete reply; the rest is kept for the next call. */
  parse(bytes: Uint8Array): Reply[] {
    this.feed(bytes);
    const replies = this.#taken === 0 ? this.#ready : this.#ready.slice(this.#taken);
    if (replies.length === 0 && this.#failed) throw this.#error;
    this.#clear();
    return replies;
  }

  #clear(): void {
    this.#ready = [];
    this.#taken = 0;
  }
}

/** A copy without a prototype, so that nothing inherited acts as an option. */
function ownOptions(options: ReaderOptions): ReaderOptions {
  return Object.assign(Object.create(null), options);
}
