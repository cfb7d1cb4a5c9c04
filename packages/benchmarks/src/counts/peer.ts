import type { Connect, Transport, TransportEvents } from '@kv/core';

/** The bytes of one request and of its reply, and how the server answers what a client says at login. */
export interface Exchange {
  readonly request: string | Uint8Array;
  readonly reply: string | Uint8Array;
  readonly login: (said: string) => string | Uint8Array;
}

/** The most bytes of one read, as of a socket. */
const PIECE = 65_536;
/** What is kept of repeated replies: enough for all requests of one turn. */
const KEPT = 262_144;

/**
 * A server without a socket that gives the same reply to every request, one turn of the event loop later. After the login
 * it looks at nothing but lengths: what is counted is what the client does, not what the server does. */
export class CountingPeer {
  /** Calls of `write` since the login: each is a system call on a socket. */
  writes = 0;
  /** Whether clients are logged in: what they write now are requests. */
  ready = false;
  readonly #login: Exchange['login'];
  readonly #requestLength: number;
  readonly #replyLength: number;
  readonly #replies: Uint8Array;

  constructor({ request, reply, login }: Exchange) {
    this.#login = login;
    this.#requestLength = Buffer.from(request).length;
    const bytes = Buffer.from(reply);
    this.#replyLength = bytes.length;
    const count = Math.ceil(KEPT / bytes.length);
    this.#replies = new Uint8Array(Buffer.concat(Array.from({ length: count }, () => bytes)));
  }

  /** For the address of a client: `{ connect }`. */
  readonly connect: Connect = (_address, on) => Promise.resolve(this.#open(on));

  #open(on: TransportEvents): Transport {
    let pending = 0;
    const answer = (): void => {
      const length = Math.floor(pending / this.#requestLength) * this.#replyLength;
      pending = 0;
      for (let at = 0; at < length; at += PIECE) on.data(this.#replies.subarray(at, Math.min(length, at + PIECE)));
    };
    const close = (): void => void setImmediate(() => on.close());
    return {
      write: (chunks) => {
        if (!this.ready) return this.#greet(on, Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))));
        this.writes++;
        if (pending === 0) setImmediate(answer);
        for (const chunk of chunks) pending += chunk.length;
        return true;
      },
      pause: () => {},
      resume: () => {},
      end: close,
      destroy: close,
    };
  }

  #greet(on: TransportEvents, said: Buffer): true {
    setImmediate(() => on.data(Buffer.from(this.#login(said.toString()))));
    return true;
  }
}
