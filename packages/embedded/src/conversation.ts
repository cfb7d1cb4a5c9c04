import { InputBuffer } from './input-buffer.ts';
import type { Peer, Session } from './peer.ts';
import { setImmediate } from './timers.ts';

/** What one protocol does with one client. */
export interface Dialogue<Request> {
  /** The next whole request, which it consumes; `undefined`: more bytes needed. Throws when the bytes are no request. */
  decode(input: InputBuffer): Request | undefined;
  /** Answers through `Line.send`. */
  answer(request: Request): void;
  /** The bytes were no request; nothing more will be read. Default: the connection closes silently. */
  malformed?(error: unknown): void;
  /** The connection is gone. */
  closed(): void;
}

/** Thrown while answering: what was answered before still goes out, then the connection closes. */
export class Disconnect extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Disconnect';
  }
}

/** Replies are collected up to this many bytes before they are handed to the peer. */
const FLUSH_AT = 64 * 1024;
/** Bytes of news that a client may leave unread: the hard limit that Redis has for subscribers. */
const NEWS_LIMIT = 32 * 1024 * 1024;
/** While requests are held back, input beyond this many bytes stays with the sender. */
const HOLD_AT = 1024 * 1024;

/**
 * One client's requests, one after the other: bytes in, replies out. It reads no further while the client does not
 * take its replies or while a request is held (`hold`), so what waits for a client that only writes is one reply at most;
 * and the connection of one that does not read what others cause (`tell`) is cut.
 */
export class Conversation<Request> implements Session {
  readonly peer: Peer;
  readonly #dialogue: Dialogue<Request>;
  readonly #input = new InputBuffer();
  #output = '';
  #news = 0; // bytes told since the client had taken everything
  #judging = false;
  #held = false;
  #paused = false;
  #busy = false;
  #half = false; // the client sends nothing more
  #over = false; // we read nothing more

  constructor(peer: Peer, open: (line: Conversation<Request>) => Dialogue<Request>) {
    this.peer = peer;
    this.#dialogue = open(this);
  }

  /** Adds bytes, one per character, to what the client gets. */
  send(bytes: string): void {
    this.#output += bytes;
    if (!this.#busy || this.#output.length >= FLUSH_AT) this.flush();
  }

  /**
   * Sends what the client has not asked for just now. When too much of it waits, and still does after the client has had
   * a turn to read, the connection is cut: there is no request that could be held back instead.
   */
  tell(bytes: string): void {
    if (this.peer.pending === 0) this.#news = 0;
    this.#news += bytes.length;
    this.send(bytes);
    if (!this.#behind || this.#judging) return;
    this.#judging = true;
    setImmediate(() => {
      this.#judging = false;
      if (this.#behind) this.peer.destroy();
    });
  }

  get #behind(): boolean {
    return Math.min(this.#news, this.peer.pending) > NEWS_LIMIT;
  }

  /** Hands everything sent so far to the peer. */
  flush(): void {
    if (this.#output === '') return;
    const bytes = Buffer.from(this.#output, 'latin1');
    this.#output = '';
    this.peer.write(bytes);
  }

  /** Answers no further request until `release`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#work();
  }

  /** Ends the connection after the replies so far; no further request is read. */
  end(): void {
    this.#over = true;
    this.#input.clear();
    this.flush();
    this.peer.end();
  }

  data(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#input.append(bytes);
    this.#work();
  }

  drained(): void {
    this.#work();
  }

  ended(): void {
    this.#half = true;
    this.#work();
  }

  closed(): void {
    this.#over = true;
    this.#input.clear();
    this.#output = '';
    this.#dialogue.closed();
  }

  #work(): void {
    if (this.#busy || this.#over) return;
    this.#busy = true;
    try {
      this.#answerAll();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#busy = false;
    }
    this.flush();
    if (!this.#over) this.#settle();
  }

  #answerAll(): void {
    while (!this.#over && !this.#held && !this.peer.full) {
      const request = this.#dialogue.decode(this.#input);
      if (request === undefined) return;
      this.#dialogue.answer(request);
    }
  }

  #fail(error: unknown): void {
    if (!(error instanceof Disconnect)) this.#dialogue.malformed?.(error);
    this.end();
  }

  /** After work: what to do with the sender. */
  #settle(): void {
    if (this.#half && !this.peer.full) {
      this.end();
      return;
    }
    const stalled = this.#held || this.peer.full;
    const paused = stalled && this.#input.length > HOLD_AT;
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.peer.pause();
    else this.peer.resume();
  }
}
