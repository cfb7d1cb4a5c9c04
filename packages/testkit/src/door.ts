import type { OpenLine } from './cutting-line.ts';
import type { MemoryEvents, MemoryTransport } from './memory-transport.ts';
import { bytesOf } from './vectors.ts';

/**
 * The way to a server without sockets, for outages of any length in virtual time: while it is shut, connections that were
 * open are lost and new ones are refused.
 *
 * @example
 * const door = new Door(embedded.redis.address.connect)
 * const redis = createRedis({ connect: door.connect })
 * door.shut()
 */
export class Door {
  /** Lines that were opened or refused. */
  attempts = 0;
  /** While true nothing comes back: the server stalls. */
  mute = false;
  /** Sees what passes to the server. */
  onWrite: ((bytes: Uint8Array) => void) | undefined;
  readonly #open: OpenLine;
  readonly #lines = new Set<() => void>();
  #shut = false;

  constructor(open: OpenLine) {
    this.#open = open;
  }

  readonly connect: OpenLine = async (address, on, signal) => {
    this.attempts++;
    if (this.#shut) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    return this.#line(address, on, signal);
  };

  /** Cuts all connections and refuses new ones. */
  shut(): void {
    this.#shut = true;
    for (const cut of this.#lines) cut();
  }

  /** The server can be reached again. */
  open(): void {
    this.#shut = false;
  }

  async #line(address: unknown, on: MemoryEvents, signal: AbortSignal): Promise<MemoryTransport> {
    const end = (error?: Error): void => {
      if (this.#lines.delete(cut)) on.close(error);
    };
    const data = (bytes: Uint8Array): void => {
      if (!this.mute && this.#lines.has(cut)) on.data(bytes);
    };
    const inner = await this.#open(address, { data, drain: () => on.drain(), close: end }, signal);
    const cut = (): void => {
      inner.destroy();
      end(Object.assign(new Error('cut'), { code: 'ECONNRESET' }));
    };
    this.#lines.add(cut);
    const write = (chunks: readonly (string | Uint8Array)[]): boolean => {
      if (this.onWrite !== undefined) for (const chunk of chunks) this.onWrite(bytesOf(chunk));
      return inner.write(chunks);
    };
    return { ...inner, write };
  }
}
