import { setTimeout as sleep } from 'node:timers/promises';

/** Where a request asks to be slow, and for how long. */
export interface SlowRequest {
  /** Offset of what waits. */
  readonly at: number;
  readonly ms: number;
}

/**
 * Lets requests that contain `slow-<ms>` take so long, as a server would that is busy with them: what came before them is
 * answered, what comes after them waits. A server with one thread has no time for other connections either: it accepts
 * them, and says nothing.
 */
export class SlowRequests {
  readonly #busy: 'connection' | 'server';
  #free: Promise<unknown> | undefined;
  /** How many there were. */
  count = 0;

  /** @param busy what waits meanwhile */
  constructor(busy: 'connection' | 'server') {
    this.#busy = busy;
  }

  /** The first slow request in these bytes. */
  find(bytes: Uint8Array): SlowRequest | undefined {
    const found = /slow-(\d+)\./.exec(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
    return found === null ? undefined : { at: found.index, ms: Number(found[1]) };
  }

  /** Waits until the server has time for this connection, undefined: it has. */
  get free(): Promise<unknown> | undefined {
    return this.#free;
  }

  /** The server works on a slow request. */
  async work({ ms }: SlowRequest): Promise<void> {
    this.count++;
    const done = sleep(ms);
    if (this.#busy === 'server') this.#free = Promise.all([this.#free, done]);
    const mine = this.#free;
    await (mine ?? done);
    if (this.#free === mine) this.#free = undefined;
  }
}
