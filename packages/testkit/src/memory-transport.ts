import { Change } from './change.ts';
import { bytesOf } from './vectors.ts';

/** What a client's connection is told; the same shape as core's TransportEvents. */
export interface MemoryEvents {
  data(bytes: Uint8Array): void;
  drain(): void;
  close(error?: Error): void;
}

/** The client's end; the same shape as core's Transport. */
export interface MemoryTransport {
  write(chunks: readonly (string | Uint8Array)[]): boolean;
  pause(): void;
  resume(): void;
  end(): void;
  destroy(error?: Error): void;
}

/** Like a socket's: how long what was written may wait for a server that does not read, ms. */
const LINGER = 1000;

/** A request and its reply. */
export interface Greeting {
  readonly request: string | Uint8Array;
  readonly reply: string | Uint8Array;
}

/** How a memory server treats connections. */
export interface MemoryServerOptions {
  /** Called for each connection once the client has it. */
  readonly onConnect?: (peer: MemoryPeer) => void;
  /** What the client says first on each connection, in one write, and the answer to it. It is not kept for `take`. */
  readonly greeting?: Greeting | undefined;
  /** Called before; what it throws or rejects with is the client's connect error, and a promise delays the connect. */
  readonly beforeConnect?: (attempt: number) => Promise<void> | void;
}

/**
 * A server without sockets for deterministic tests: `connect` is a transport factory for a client's address, and each
 * connection shows up as a {@link MemoryPeer}. Nothing happens by itself, and there is one timer: an `end` while the
 * server does not read (`full`) waits for it, a second at most, as a socket does.
 *
 * @example
 * const server = new MemoryServer();
 * const redis = createRedis({ connect: server.connect });
 * const answer = redis.get('a');
 * const peer = await server.next();
 * await peer.take('*2\r\n$3\r\nGET\r\n$1\r\na\r\n');
 * peer.send('$1\r\nb\r\n');
 */
export class MemoryServer {
  /** Connections so far, closed ones too. */
  readonly peers: MemoryPeer[] = [];
  /** Attempts so far, refused ones too. */
  attempts = 0;
  readonly #options: MemoryServerOptions;
  readonly #change = new Change();
  #handed = 0;

  constructor(options: MemoryServerOptions = {}) {
    this.#options = options;
  }

  /** Opens a connection; rejects with what `beforeConnect` says or the signal's reason. */
  readonly connect = async (_address: unknown, on: MemoryEvents, signal: AbortSignal): Promise<MemoryTransport> => {
    const attempt = this.attempts++;
    signal.throwIfAborted();
    await aborting(this.#options.beforeConnect?.(attempt), signal);
    const peer = new MemoryPeer(this.peers.length, on, this.#options.greeting);
    this.peers.push(peer);
    this.#change.notify();
    queueMicrotask(() => this.#options.onConnect?.(peer));
    return peer.transport;
  };

  /** The next connection that no earlier `next` returned; rejects after `timeout` ms (20,000). */
  async next(timeout = 20_000): Promise<MemoryPeer> {
    const deadline = performance.now() + timeout;
    for (;;) {
      const peer = this.peers[this.#handed];
      if (peer !== undefined) {
        this.#handed++;
        return peer;
      }
      if (performance.now() >= deadline) throw new Error(`no connection ${this.#handed} came`);
      await this.#change.before(deadline);
    }
  }
}

/** The server's end of a connection. */
export class MemoryPeer {
  /** 0 for the first connection. */
  readonly index: number;
  /** What the client's side uses. */
  readonly transport: MemoryTransport;
  /** Called in a microtask after each write of the client, with its bytes: for servers that answer by themselves. */
  onData: ((bytes: Uint8Array) => void) | undefined;
  /** Sizes of the client's writes, in order: one entry per `write` call. */
  readonly writes: number[] = [];
  /** While true, nothing the client writes is kept for `written` and `take`: for a million calls. */
  forgetful = false;
  readonly #on: MemoryEvents;
  readonly #change = new Change();
  #written: Buffer = Buffer.alloc(0);
  #taken = 0;
  #outbox: Uint8Array[] = [];
  #paused = false;
  #full = false;
  #wantsDrain = false;
  #ended = false;
  #linger: ReturnType<typeof setTimeout> | undefined;
  #over = false;
  #greeting: Greeting | undefined;

  constructor(index: number, on: MemoryEvents, greeting?: Greeting) {
    this.index = index;
    this.#on = on;
    this.#greeting = greeting;
    this.transport = {
      write: (chunks) => this.#write(chunks),
      pause: () => {
        this.#paused = true;
      },
      resume: () => {
        this.#paused = false;
        queueMicrotask(() => this.#deliver());
      },
      end: () => this.#end(),
      destroy: (error) => this.#close(error),
    };
  }

  /** All bytes the client wrote. */
  get written(): Uint8Array {
    return new Uint8Array(this.#written);
  }

  /** What the client wrote and no `take` has taken, as UTF-8 text. */
  get unread(): string {
    return this.#written.toString('utf8', this.#taken);
  }

  /** The client asked for no more data. */
  get paused(): boolean {
    return this.#paused;
  }

  /** The client ended in order. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The connection is over, ended by either side. */
  get closed(): boolean {
    return this.#over;
  }

  /** While true, the client's writes return `false`. The bytes arrive nevertheless, as in a socket's own buffer. */
  set full(full: boolean) {
    this.#full = full;
  }

  get full(): boolean {
    return this.#full;
  }

  /** Ends `full` and tells the client, if it was told to stop; if the client has ended, that is over now. */
  drain(): void {
    this.#full = false;
    if (this.#ended) this.#close();
    if (!this.#wantsDrain || this.#over) return;
    this.#wantsDrain = false;
    this.#on.drain();
  }

  /** Waits until the client wrote exactly these bytes next, and takes them; rejects at a difference or after 5 s. */
  async take(expected: string | Uint8Array, timeout = 20_000): Promise<void> {
    const bytes = Buffer.from(bytesOf(expected));
    const deadline = performance.now() + timeout;
    for (;;) {
      const unread = this.#written.subarray(this.#taken, this.#taken + bytes.length);
      if (!bytes.subarray(0, unread.length).equals(unread)) throw this.#difference(bytes, 'other bytes came');
      if (unread.length === bytes.length) break;
      if (this.#over || performance.now() >= deadline) throw this.#difference(bytes, 'nothing more came');
      await this.#change.before(deadline);
    }
    this.#taken += bytes.length;
  }

  /**
   * Sends bytes, at once, in the given pieces (text is UTF-8). Each piece is overwritten when the client's `data` has
   * returned, as in a transport that reads into one buffer. While the client has paused, pieces wait.
   */
  send(...pieces: readonly (string | Uint8Array)[]): void {
    for (const piece of pieces) this.#outbox.push(new Uint8Array(bytesOf(piece)));
    this.#deliver();
  }

  /** The server's side goes, in order or with an error; what was sent and waits comes first. The client hears later. */
  close(error?: Error): void {
    this.#paused = false;
    this.#deliver();
    this.#close(error);
  }

  /** What was written goes out first, and until then replies come in. */
  #end(): void {
    if (this.#over || this.#ended) return;
    this.#ended = true;
    this.#change.notify();
    if (!this.#full) return this.#close();
    this.#linger = setTimeout(() => this.#close(), LINGER);
    this.#linger.unref();
  }

  #write(chunks: readonly (string | Uint8Array)[]): boolean {
    if (this.#over || this.#ended) return false;
    const bytes = Buffer.concat(chunks.map((chunk) => bytesOf(chunk)));
    if (this.#greeting !== undefined) return this.#greet(this.#greeting, bytes);
    if (!this.forgetful) {
      this.writes.push(bytes.length);
      this.#written = Buffer.concat([this.#written, bytes]);
    }
    this.#change.notify();
    if (this.onData !== undefined) queueMicrotask(() => this.onData?.(bytes));
    if (this.#full) this.#wantsDrain = true;
    return !this.#full;
  }

  #greet({ request, reply }: Greeting, bytes: Buffer): boolean {
    if (!bytes.equals(bytesOf(request))) throw this.#difference(bytesOf(request), 'something else came first');
    this.#greeting = undefined;
    queueMicrotask(() => this.send(reply));
    return true;
  }

  #deliver(): void {
    while (!this.#paused && !this.#over) {
      const piece = this.#outbox.shift();
      if (piece === undefined) return;
      this.#on.data(piece);
      piece.fill(0xaa);
    }
  }

  #close(error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#linger);
    this.#outbox = [];
    this.#change.notify();
    queueMicrotask(() => this.#on.close(error));
  }

  #difference(expected: Uint8Array, why: string): Error {
    const wanted = JSON.stringify(Buffer.from(expected).toString());
    return new Error(
      `connection ${this.index}: ${why}\n  expected ${wanted}\n  written  ${JSON.stringify(this.unread)}`,
    );
  }
}

async function aborting(work: Promise<void> | void, signal: AbortSignal): Promise<void> {
  if (work === undefined) return;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
