import type { Peer, Service, Session } from './peer.ts';
import { clearTimeout, setImmediate, setTimeout } from './timers.ts';

/** A byte stream to a server: the shape that the clients' `{ connect }` addresses use. */
export interface MemoryTransport {
  /** Takes all chunks, in order (strings as UTF-8). `false`: please stop until `drain`. */
  write(chunks: readonly (string | Uint8Array)[]): boolean;
  pause(): void;
  resume(): void;
  /** Orderly end: what was written still arrives, and replies come until the server ends the connection, within a second. */
  end(): void;
  /** End now; `close` is called once, later. */
  destroy(error?: Error): void;
}

/** What a transport calls, never before `connect` resolved. */
export interface MemoryTransportEvents {
  /** Bytes arrived; the buffer is valid during the call only. */
  data(bytes: Uint8Array): void;
  drain(): void;
  /** The stream is over; called exactly once. */
  close(error?: Error): void;
}

/** An address without a socket: `createRedis(address)` takes it as it is. */
export interface MemoryAddress {
  connect(
    address: unknown,
    on: MemoryTransportEvents,
    signal: { throwIfAborted(): void }, // an AbortSignal; not every program that is compiled with this knows that name
  ): Promise<MemoryTransport>;
}

/** Bytes under way in one direction, after which the writer is asked to wait. */
const HIGH_WATER = 64 * 1024;

/** How long an ended connection waits for the server to take what was written, and for its last replies, ms. */
const LINGER = 1000;

interface Sink {
  data(bytes: Uint8Array): void;
  drained(): void;
  ended(): void;
}

/**
 * One direction of a connection. Delivery is never inside `write`: it happens in a later turn of the event loop, like the
 * arrival of bytes on a socket.
 */
class Pipe {
  readonly #sink: Sink;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #paused = false;
  #scheduled = false;
  #ended = false;
  #dead = false;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  get full(): boolean {
    return this.#bytes >= HIGH_WATER;
  }

  /** Under way. */
  get bytes(): number {
    return this.#bytes;
  }

  write(bytes: Uint8Array): void {
    if (this.#dead || this.#ended || bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
    this.#schedule();
  }

  end(): void {
    this.#ended = true;
    this.#schedule();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  destroy(): void {
    this.#dead = true;
    this.#chunks = [];
  }

  #schedule(): void {
    if (this.#scheduled || this.#paused || this.#dead) return;
    this.#scheduled = true;
    setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    this.#scheduled = false;
    if (this.#paused || this.#dead) return;
    const wasFull = this.full;
    const bytes = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : this.#chunks[0];
    this.#chunks = [];
    this.#bytes = 0;
    if (bytes !== undefined) this.#sink.data(bytes);
    if (this.#dead) return;
    if (wasFull) this.#sink.drained();
    if (this.#chunks.length > 0) this.#schedule();
    else if (this.#ended) this.#finish();
  }

  #finish(): void {
    this.#dead = true;
    this.#sink.ended();
  }
}

/** A connection inside the process: the client's transport on one side, the server's peer on the other. */
class MemoryLine {
  readonly transport: MemoryTransport;
  readonly #on: MemoryTransportEvents;
  readonly #toServer: Pipe;
  readonly #toClient: Pipe;
  readonly #session: Session;
  #linger: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(service: Service, name: string, on: MemoryTransportEvents) {
    this.#on = on;
    this.#toClient = new Pipe({
      data: (bytes) => on.data(bytes),
      drained: () => this.#session.drained(),
      ended: () => this.#close(undefined),
    });
    this.#toServer = new Pipe({
      data: (bytes) => this.#session.data(bytes),
      drained: () => on.drain(),
      ended: () => this.#session.ended(),
    });
    this.transport = this.#clientSide();
    this.#session = service.accept(this.#serverSide(name));
  }

  #clientSide(): MemoryTransport {
    return {
      write: (chunks) => {
        this.#toServer.write(Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string))));
        return !this.#toServer.full;
      },
      pause: () => this.#toClient.pause(),
      resume: () => this.#toClient.resume(),
      end: () => this.#end(),
      destroy: (error) => this.#close(error),
    };
  }

  #serverSide(name: string): Peer {
    const toClient = this.#toClient;
    return {
      name,
      host: '127.0.0.1',
      get full() {
        return toClient.full;
      },
      get pending() {
        return toClient.bytes;
      },
      write: (bytes) => toClient.write(bytes),
      pause: () => this.#toServer.pause(),
      resume: () => this.#toServer.resume(),
      end: () => {
        this.#toServer.destroy();
        toClient.end();
      },
      destroy: () => this.#close(reset()),
    };
  }

  /** The server ends the connection when it has answered; one that cannot must not keep it open. */
  #end(): void {
    if (this.#over || this.#linger !== undefined) return;
    this.#toServer.end();
    this.#linger = setTimeout(() => this.#close(undefined), LINGER);
    this.#linger.unref();
  }

  #close(error: Error | undefined): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#linger);
    this.#toServer.destroy();
    this.#toClient.destroy();
    setImmediate(() => {
      this.#session.closed();
      this.#on.close(error);
    });
  }
}

function reset(): Error {
  return Object.assign(new Error('The embedded server closed the connection'), { code: 'ECONNRESET' });
}

function refused(): Error {
  return Object.assign(new Error('The embedded server was closed'), { code: 'ECONNREFUSED' });
}

/** Where no one listens any more. */
export const refusingAddress: MemoryAddress = {
  connect: async () => {
    throw refused();
  },
};

let lines = 0;

/** Connects clients to a service inside the process; refuses them once `open` says no. */
export function memoryAddress(service: Service, open: () => boolean = () => true): MemoryAddress {
  return {
    connect: async (_address, on, signal) => {
      signal.throwIfAborted();
      if (!open()) throw refused();
      lines += 1;
      return new MemoryLine(service, `memory:${lines}`, on).transport;
    },
  };
}
