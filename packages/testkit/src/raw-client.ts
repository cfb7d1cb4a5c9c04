import { connect, type Socket } from 'node:net';
import { Change } from './change.ts';
import { bytesOf, readable } from './vectors.ts';

/** Where to dial: a unix socket if `path` is there, else a port of `host` (127.0.0.1). */
export interface RawAddress {
  readonly host?: string;
  readonly port?: number;
  readonly path?: string | undefined;
}

/** A socket that is on its way to the address. Reads the fields one by one: servers have them as getters. */
export function dialSocket({ host = '127.0.0.1', port = 0, path }: RawAddress, allowHalfOpen = false): Socket {
  return path === undefined ? connect({ host, port, noDelay: true, allowHalfOpen }) : connect({ path, allowHalfOpen });
}

/**
 * A bare client socket for tests: writes what it is told and reads by count. Nothing about any protocol.
 *
 * @example
 * await using socket = await RawClient.dial({ port: server.port });
 * socket.write('*1\r\n$4\r\nPING\r\n');
 * expect(await socket.readText(7)).toBe('+PONG\r\n');
 */
export class RawClient implements AsyncDisposable {
  readonly #socket: Socket;
  #arrived: Buffer = Buffer.alloc(0);
  #over: string | undefined;
  readonly #change = new Change();
  /** Sizes of the chunks that came, in order. */
  readonly chunkSizes: number[] = [];
  /** Resolves when the connection is gone: `'end'` after an orderly end by the server, else the system's error code. */
  readonly closed: Promise<string>;

  constructor(socket: Socket) {
    this.#socket = socket;
    let how = 'end';
    socket.on('error', (error: NodeJS.ErrnoException) => {
      how = error.code ?? error.message;
    });
    socket.on('data', (chunk: Buffer) => {
      this.chunkSizes.push(chunk.length);
      this.#arrived = Buffer.concat([this.#arrived, chunk]);
      this.#change.notify();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#over = how;
        this.#change.notify();
        resolve(how);
      });
    });
  }

  /** Connects; rejects with the system's error. */
  static dial(address: RawAddress): Promise<RawClient> {
    const socket = dialSocket(address);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawClient(socket));
      });
    });
  }

  /** Bytes that have arrived and were not read. */
  get unread(): number {
    return this.#arrived.length;
  }

  /** Sends bytes (text is UTF-8). `false`: the socket's buffer is full. */
  write(data: string | Uint8Array): boolean {
    return this.#socket.write(bytesOf(data));
  }

  /** Takes exactly `count` bytes; rejects when the connection ends before they came, or after `timeout` ms (20,000). */
  async read(count: number, timeout = 20_000): Promise<Uint8Array> {
    const deadline = performance.now() + timeout;
    while (this.#arrived.length < count) {
      if (this.#over !== undefined || performance.now() >= deadline) throw this.#missing(count);
      await this.#change.before(deadline);
    }
    const taken = new Uint8Array(this.#arrived.subarray(0, count));
    this.#arrived = this.#arrived.subarray(count);
    return taken;
  }

  /** {@link read} as UTF-8 text. */
  async readText(count: number, timeout?: number): Promise<string> {
    return new TextDecoder().decode(await this.read(count, timeout));
  }

  /** Everything until the connection is gone, as UTF-8 text. */
  async readToEnd(): Promise<string> {
    await this.closed;
    return this.readText(this.#arrived.length);
  }

  /** Orderly end of the client's side. */
  end(): void {
    this.#socket.end();
  }

  /** A TCP reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Closes now; resolves when that is done. */
  async close(): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #missing(count: number): Error {
    const how = this.#over === undefined ? 'nothing more came' : `the connection is gone (${this.#over})`;
    return new Error(`wanted ${count} bytes, ${how}; arrived ${readable(this.#arrived)}`);
  }
}
