import { Decoder } from './decoder.ts';
import { ProtocolError } from './errors.ts';
import type { Limits } from './limits.ts';
import type { Reply } from './types.ts';

/** How a `Reader` reads: its limits, and what becomes of strings, pushes and attributes. */
export interface ReaderOptions extends Limits {
  /**
   * What strings of the server become: text decoded as UTF-8, or Uint8Array.
   *
   * @default 'utf8'
   */
  encoding?: 'utf8' | 'bytes' | undefined;
  /** Called for each push, during `feed`. Without it pushes are dropped. */
  onPush?: ((items: Reply[]) => void) | undefined;
  /** Called for each attribute, during `feed` and before the reply it belongs to. Without it attributes are dropped. */
  onAttribute?: ((attribute: Map<Reply, Reply>) => void) | undefined;
}

/**
 * Replies on demand, for scripts, tests and own sockets.
 * @example
 * const reader = new Reader()
 * reader.feed(bytes)
 * for (let reply = reader.gets(); reply !== undefined; reply = reader.gets()) console.log(reply)
 */
export class Reader {
  readonly #decoder: Decoder;
  #replies: Reply[] = [];
  #next = 0;
  #failure: ProtocolError | undefined;

  /**
   * @param options see `ReaderOptions` for the defaults; only own properties count
   * @throws TypeError or RangeError for an option that is unknown or none of its values
   */
  constructor(options: ReaderOptions = {}) {
    const { encoding = 'utf8', onPush = ignore, onAttribute, ...limits } = ownOptions(options);
    if (encoding !== 'utf8' && encoding !== 'bytes') throw new RangeError("encoding: expected 'utf8' or 'bytes'");
    const wantsBytes = encoding === 'bytes';
    const sink = {
      reply: (value: Reply): void => void this.#replies.push(value),
      push: (items: Reply[]): void => onPush(items),
      bytes: (): boolean => wantsBytes,
    };
    this.#decoder = new Decoder(onAttribute === undefined ? sink : { ...sink, attribute: onAttribute }, limits);
  }

  /**
   * Takes bytes; they may be reused afterwards. Bytes behind a protocol error are ignored.
   * @throws ProtocolError when earlier bytes were broken and every reply before them was read
   * @throws TypeError when it is given anything but a Uint8Array; the reader can be used further
   */
  feed(bytes: Uint8Array): void {
    if (this.#failure !== undefined && this.#replies.length === 0) throw this.#failure;
    if (this.#failure !== undefined) return;
    try {
      this.#decoder.write(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#failure = error;
    }
  }

  /**
   * The next reply, or undefined when more bytes are needed: undefined is never a reply, null is one.
   * @throws ProtocolError when every reply before the broken bytes was read
   */
  gets(): Reply | undefined {
    if (this.#next < this.#replies.length) {
      const reply = this.#replies[this.#next];
      this.#next++;
      if (this.#next === this.#replies.length) this.#takeAll();
      return reply;
    }
    if (this.#failure !== undefined) throw this.#failure;
    return undefined;
  }

  /**
   * Takes bytes and returns every reply that is complete, also those that were not read yet.
   * @throws ProtocolError when the bytes are broken and no reply is in front of them; else the next call throws it
   * @example
   * new Reader().parse(new TextEncoder().encode('+OK\r\n:1\r\n')) // ['OK', 1]
   */
  parse(bytes: Uint8Array): Reply[] {
    this.feed(bytes);
    const replies = this.#takeAll();
    if (replies.length === 0 && this.#failure !== undefined) throw this.#failure;
    return replies;
  }

  #takeAll(): Reply[] {
    const replies = this.#next === 0 ? this.#replies : this.#replies.slice(this.#next);
    this.#replies = [];
    this.#next = 0;
    return replies;
  }
}

function ignore(): void {}

/** A copy without a prototype, so that nothing inherited acts as an option. */
function ownOptions(options: ReaderOptions): ReaderOptions {
  return Object.assign(Object.create(null), options);
}
