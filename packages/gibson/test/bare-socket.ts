import { connect, type Socket } from 'node:net';
import { encodeCommand } from '@kv/gibson-parser';
import type { Exchange, Scenario } from './recorded.ts';

/** A socket without a client: for what a client does not send, and for cleaning up behind a scenario. */
export class BareSocket implements AsyncDisposable {
  readonly #socket: Socket;
  #received = 0;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#received += bytes.length;
      this.#wake();
    });
    socket.on('close', () => {
      this.#received = Number.POSITIVE_INFINITY;
      this.#wake();
    });
    socket.on('error', () => {}); // a reset; 'close' follows
  }

  static connect(address: { readonly host: string; readonly port: number }): Promise<BareSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ ...address, noDelay: true, allowHalfOpen: true });
      socket.once('error', reject).once('connect', () => resolve(new BareSocket(socket)));
    });
  }

  /** Sends the recorded request and waits for as many bytes as its reply has, or for the end. */
  async exchange({ request, reply }: Pick<Exchange, 'request' | 'reply'>): Promise<void> {
    this.#socket.write(request);
    if (reply.length === 0) this.#socket.end();
    await this.#bytes(Math.max(reply.length, 1));
  }

  /** Unlocks and deletes every key that the scenario can have made, whichever argument it was. */
  async forget({ steps }: Scenario): Promise<void> {
    const words = new Set<string>();
    for (const step of steps) {
      if ('sleep' in step) continue;
      const payload = Buffer.from(step.request.subarray(6)).toString('latin1');
      for (const word of payload.split(' ').slice(0, 3)) if (word !== '' && word.length < 512) words.add(word);
    }
    for (const word of words) {
      const key = Buffer.from(word, 'latin1');
      for (const name of ['UNLOCK', 'DEL', 'DEL']) {
        this.#received = 0;
        this.#socket.write(encodeCommand(name, key));
        await this.#bytes(8);
      }
    }
  }

  async #bytes(count: number): Promise<void> {
    while (this.#received < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.#bytes(Number.POSITIVE_INFINITY);
  }
}
