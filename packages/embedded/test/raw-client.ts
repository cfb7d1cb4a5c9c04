import { connect } from 'node:net';
import type { EmbeddedAddress } from '../src/index.ts';

interface Line {
  write(bytes: Uint8Array): void;
  pause(): void;
  resume(): void;
  end(): void;
  destroy(): void;
}

/** A connection that knows bytes only, over a socket or in memory. */
export class RawClient {
  #line!: Line;
  #received: Buffer = Buffer.alloc(0); // a part of #room
  #room: Buffer = Buffer.alloc(1024);
  #end = 0; // of what is used in #room
  #closed = false;
  #wake: (() => void) | undefined;

  static async open(address: EmbeddedAddress): Promise<RawClient> {
    const client = new RawClient();
    client.#line = await ('connect' in address ? client.#inMemory(address) : client.#onSocket(address));
    return client;
  }

  write(bytes: Uint8Array): void {
    this.#line.write(bytes);
  }

  end(): void {
    this.#line.end();
  }

  destroy(): void {
    this.#line.destroy();
  }

  /** Reads nothing more, until `resume`. */
  pause(): void {
    this.#line.pause();
  }

  resume(): void {
    this.#line.resume();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Everything received and not yet taken. */
  peek(): Buffer {
    return this.#received;
  }

  /** Waits until `enough` says so or the connection closes, then takes what it says (or all). */
  async take(enough: (received: Buffer) => number | undefined): Promise<Buffer> {
    for (;;) {
      const size = enough(this.#received) ?? (this.#closed ? this.#received.length : undefined);
      if (size !== undefined) {
        const taken = this.#received.subarray(0, size);
        this.#received = this.#received.subarray(size);
        return taken;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Takes exactly so many bytes, fewer only if the connection closes. */
  read(size: number): Promise<Buffer> {
    return this.take((received) => (received.length >= size ? size : undefined));
  }

  /** Waits for the close; takes what came before. */
  readToEnd(): Promise<Buffer> {
    return this.take(() => undefined);
  }

  #data(bytes: Uint8Array): void {
    const length = this.#received.length + bytes.length;
    if (this.#end + bytes.length > this.#room.length) {
      this.#room = Buffer.alloc(2 * length);
      this.#received.copy(this.#room);
      this.#end = this.#received.length;
    }
    this.#room.set(bytes, this.#end);
    this.#end += bytes.length;
    this.#received = this.#room.subarray(this.#end - length, this.#end);
    this.#wake?.();
  }

  #close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async #inMemory(address: Extract<EmbeddedAddress, { connect: unknown }>): Promise<Line> {
    const on = { data: (bytes: Uint8Array) => this.#data(bytes), drain: () => {}, close: () => this.#close() };
    const transport = await address.connect(address, on, new AbortController().signal);
    return {
      write: (bytes) => transport.write([bytes]),
      pause: () => transport.pause(),
      resume: () => transport.resume(),
      end: () => transport.end(),
      destroy: () => transport.destroy(),
    };
  }

  #onSocket(address: { host: string; port: number } | { path: string }): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = connect({ ...address, noDelay: true });
      socket.on('data', (bytes) => this.#data(bytes));
      socket.once('close', () => this.#close());
      socket.once('error', reject); // after the connect: 'close' follows
      socket.once('connect', () =>
        resolve({
          write: (bytes) => socket.write(bytes),
          pause: () => socket.pause(),
          resume: () => socket.resume(),
          end: () => socket.end(),
          destroy: () => socket.destroy(),
        }),
      );
    });
  }
}

/** Lets the event loop turn so often that bytes written before have arrived in memory. */
export async function turns(count = 3): Promise<void> {
  for (let n = 0; n < count; n += 1) await new Promise((resolve) => setImmediate(resolve));
}
