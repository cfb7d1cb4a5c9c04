import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Reader } from '@kv/resp-parser';

/** One request as it came: name in upper case, then the arguments, as latin1. */
export type LoggedRequest = readonly string[];

/** What clients send of their own accord when they connect or are idle. */
const HANDSHAKE = new Set(['HELLO', 'AUTH', 'SELECT', 'PING', 'CLIENT']);

/** A server that answers OK to everything and keeps what was asked. */
export class RequestLog implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #taker: ((request: LoggedRequest) => void) | undefined;

  private constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Listens on a free port of 127.0.0.1. */
  static async start(): Promise<RequestLog> {
    const log = new RequestLog();
    log.#server.listen(0, '127.0.0.1');
    await once(log.#server, 'listening');
    return log;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** The request that a call causes; `undefined` when it ends without having sent one. What the call resolves to does not matter. */
  async of(call: () => Promise<unknown>): Promise<LoggedRequest | undefined> {
    const sent = new Promise<LoggedRequest>((resolve) => {
      this.#taker = resolve;
    });
    const ended = (async (): Promise<void> => {
      try {
        await call();
      } catch {
        // refused before it was sent, or OK is not what the command answers
      }
    })();
    return Promise.race([sent, ended.then(() => undefined)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    const reader = new Reader({ encoding: 'bytes' });
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      for (const request of reader.parse(bytes)) this.#asked(socket, request as Uint8Array[]);
    });
  }

  #asked(socket: Socket, request: readonly Uint8Array[]): void {
    const [name = '', ...args] = request.map((arg) => Buffer.from(arg).toString('latin1'));
    const logged = [name.toUpperCase(), ...args];
    if (!HANDSHAKE.has(logged[0] as string)) this.#taker?.(logged);
    socket.write('+OK\r\n');
  }
}
