import type { MemoryEvents, MemoryTransport } from './memory-transport.ts';
import { bytesOf } from './vectors.ts';

/** Opens a connection, as a client's own transport does. */
export type OpenLine = (address: unknown, on: MemoryEvents, signal: AbortSignal) => Promise<MemoryTransport>;

/** After how many bytes of one direction the first line is cut; nothing named: it is not. */
export interface Cut {
  readonly toServer?: number;
  readonly toClient?: number;
}

/**
 * Lines without a socket, of which the first is cut after exactly so many bytes. Without timers and threads, so each
 * cut gives the same run every time.
 *
 * @example
 * const connection = new CuttingLine(embedded.ssdb.address.connect, { toServer: 7 })
 * const ssdb = createSsdb({ connect: connection.connect })
 */
export class CuttingLine {
  /** Bytes that the client gave to the first line. */
  written = 0;
  /** Bytes that the client got from the first line. */
  received = 0;
  /** Lines so far. */
  lines = 0;
  /** While true, further connections are refused. */
  away = false;
  readonly #open: OpenLine;
  readonly #cut: Cut;

  constructor(open: OpenLine, cut: Cut = {}) {
    this.#open = open;
    this.#cut = cut;
  }

  readonly connect: OpenLine = async (address, on, signal) => {
    if (this.lines++ > 0) {
      if (this.away) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      return this.#open(address, on, signal);
    }
    return this.#first(address, on, signal);
  };

  async #first(address: unknown, on: MemoryEvents, signal: AbortSignal): Promise<MemoryTransport> {
    const { toServer = Number.POSITIVE_INFINITY, toClient = Number.POSITIVE_INFINITY } = this.#cut;
    let over = false;
    const end = (error?: Error): void => {
      if (over) return;
      over = true;
      queueMicrotask(() => on.close(error));
    };
    const cut = (): void => {
      inner.end(); // what passed still arrives
      end(Object.assign(new Error('cut'), { code: 'ECONNRESET' }));
    };
    const data = (bytes: Uint8Array): void => {
      if (over) return;
      const part = bytes.subarray(0, toClient - this.received);
      this.received += part.length;
      if (part.length > 0) on.data(part);
      if (this.received >= toClient) cut();
    };
    const inner = await this.#open(address, { data, drain: () => on.drain(), close: end }, signal);
    if (toServer === 0 || toClient === 0) cut();
    const write = (chunks: readonly (string | Uint8Array)[]): boolean => {
      const bytes = Buffer.concat(chunks.map((chunk) => bytesOf(chunk)));
      const part = bytes.subarray(0, Math.max(0, toServer - this.written));
      this.written += bytes.length;
      if (over) return false;
      if (part.length > 0) inner.write([part]);
      if (this.written >= toServer) cut();
      return true;
    };
    // After the cut, what the client does to its end does not reach the server any more.
    return { ...inner, write, destroy: (error) => (over ? undefined : inner.destroy(error)) };
  }
}
