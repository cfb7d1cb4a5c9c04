import { connect, type Socket } from 'node:net';

/**
 * A fixed number of sockets with one request in flight on each and no protocol at all: the caller knows the bytes and
 * how long the answer is. What a pooled client would reach if it cost nothing.
 */
export class BareSockets {
  readonly #free: BareSocket[];
  readonly #all: readonly BareSocket[];

  constructor(sockets: readonly BareSocket[]) {
    this.#all = sockets;
    this.#free = [...sockets];
  }

  /** Connects `count` sockets. */
  static async open(place: { readonly host: string; readonly port: number }, count: number): Promise<BareSockets> {
    return new BareSockets(await Promise.all(Array.from({ length: count }, () => BareSocket.open(place))));
  }

  /** One exchange on a free socket; there must be one. */
  async exchange(request: Buffer, replyLength: number): Promise<number> {
    const socket = this.#free.pop();
    if (socket === undefined) throw new Error('more calls in flight than sockets');
    const length = await socket.exchange(request, replyLength);
    this.#free.push(socket);
    return length;
  }

  /** Closes all sockets. */
  close(): void {
    for (const socket of this.#all) socket.close();
  }
}

/** One of them. */
class BareSocket {
  readonly #socket: Socket;
  #missing = 0;
  #length = 0;
  #resolve: (length: number) => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#missing -= chunk.length;
      if (this.#missing === 0) this.#resolve(this.#length);
      else if (this.#missing < 0) this.#reject(new Error('a longer answer than expected'));
    });
    socket.on('close', () => this.#reject(new Error('the server closed the connection')));
    socket.on('error', () => {});
  }

  static open(place: { readonly host: string; readonly port: number }): Promise<BareSocket> {
    const socket = connect({ ...place, noDelay: true });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new BareSocket(socket));
      });
    });
  }

  exchange(request: Buffer, replyLength: number): Promise<number> {
    this.#missing = replyLength;
    this.#length = replyLength;
    this.#socket.write(request);
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
