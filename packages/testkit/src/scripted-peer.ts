import type { Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { Change } from './change.ts';
import { inPieces } from './every-split.ts';
import { bytesOf, readable } from './vectors.ts';

/**
 * What a script waits for: exactly these bytes (text is UTF-8); a pattern that must match at the start of what has
 * arrived, read as latin1; or a function that says how many bytes it takes, `undefined` while it wants more.
 */
export type Expected = string | Uint8Array | RegExp | ((arrived: Uint8Array) => number | undefined);

/** How a reply leaves. */
export interface ReplyOptions {
  /** Cut at these offsets; each part is a write of its own, in an event-loop turn of its own. */
  readonly splitAt?: readonly number[];
  /** Pieces of this many bytes instead. */
  readonly pieces?: number;
  /** Milliseconds to wait first. */
  readonly delay?: number;
}

/** The server's end of one connection. */
export class ScriptedPeer {
  /** 0 for the first connection. */
  readonly index: number;
  /** The test cut this connection itself (closed the server): a script that waits ends without a failure. */
  abandoned = false;
  readonly #socket: Socket;
  readonly #timeout: number;
  readonly #received: Buffer[] = [];
  #pending: Buffer = Buffer.alloc(0);
  #over = false;
  readonly #change = new Change();

  constructor(socket: Socket, index: number, timeout: number) {
    this.index = index;
    this.#socket = socket;
    this.#timeout = timeout;
    socket.on('data', (chunk: Buffer) => this.#arrived(chunk));
    socket.on('end', () => this.#ended());
    socket.on('close', () => this.#ended());
    socket.on('error', () => {}); // a reset by the client; 'close' follows
  }

  /** Everything that came over this connection. */
  get received(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#received));
  }

  /** What has arrived and no `expect` has taken yet. */
  get unread(): Uint8Array {
    return new Uint8Array(this.#pending);
  }

  /** The client ended its side, or the connection is gone. */
  get over(): boolean {
    return this.#over;
  }

  /** Waits for the bytes and takes them. Rejects at the first byte that differs, at the end, or after the timeout. */
  async expect(expected: Expected): Promise<Uint8Array> {
    const deadline = performance.now() + this.#timeout;
    for (;;) {
      const taken = match(expected, this.#pending);
      if (taken !== undefined) return this.#take(taken);
      if (this.#over) throw this.#failure(expected, 'the connection ended');
      if (performance.now() >= deadline) throw this.#failure(expected, `nothing more came for ${this.#timeout} ms`);
      await this.#change.before(deadline);
    }
  }

  /** Resolves when the client has ended its side or the connection is gone; rejects after the timeout. */
  async expectEnd(): Promise<void> {
    const deadline = performance.now() + this.#timeout;
    while (!this.#over) {
      if (performance.now() >= deadline)
        throw new Error(`connection ${this.index}: still open after ${this.#timeout} ms`);
      await this.#change.before(deadline);
    }
  }

  /** Sends bytes (text is UTF-8); resolves when the system has taken them. */
  async reply(data: string | Uint8Array, options: ReplyOptions = {}): Promise<void> {
    if (options.delay !== undefined) await sleep(options.delay);
    const parts = cut(bytesOf(data), options);
    for (const [i, part] of parts.entries()) {
      if (i > 0) await turn();
      await new Promise<void>((resolve) => {
        this.#socket.write(part, () => resolve());
      });
    }
  }

  /** Orderly end. */
  end(): void {
    this.#socket.end();
  }

  /** A TCP reset: the client sees ECONNRESET. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** For the server's `close`: the test is over, whatever the script still waits for. */
  destroy(): void {
    this.abandoned = true;
    this.#socket.destroy();
  }

  #arrived(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#change.notify();
  }

  #ended(): void {
    this.#over = true;
    this.#change.notify();
  }

  #take(count: number): Uint8Array {
    const taken = new Uint8Array(this.#pending.subarray(0, count));
    this.#pending = this.#pending.subarray(count);
    return taken;
  }

  #failure(expected: Expected, why: string): Error {
    return new Error(
      `connection ${this.index}: ${why}\n  expected ${describe(expected)}\n  arrived  ${readable(this.#pending)}`,
    );
  }
}

/** How many bytes the expectation takes; `undefined`: more must come. Throws when no continuation can fit. */
function match(expected: Expected, arrived: Buffer): number | undefined {
  if (typeof expected === 'function') return expected(arrived);
  if (expected instanceof RegExp) {
    const found = new RegExp(expected.source, `${expected.flags.replaceAll(/[gy]/g, '')}y`).exec(
      arrived.toString('latin1'),
    );
    return found === null ? undefined : found[0].length;
  }
  const bytes = bytesOf(expected);
  const common = Math.min(bytes.length, arrived.length);
  for (let i = 0; i < common; i++) if (bytes[i] !== arrived[i]) throw mismatch(bytes, arrived, i);
  return arrived.length >= bytes.length ? bytes.length : undefined;
}

function mismatch(expected: Uint8Array, arrived: Uint8Array, at: number): Error {
  return new Error(`byte ${at} differs\n  expected ${readable(expected)}\n  arrived  ${readable(arrived)}`);
}

function describe(expected: Expected): string {
  if (typeof expected === 'function') return `what ${expected.name || 'a function'} accepts`;
  return expected instanceof RegExp ? String(expected) : readable(bytesOf(expected));
}

function cut(bytes: Uint8Array, options: ReplyOptions): Uint8Array[] {
  if (options.pieces !== undefined) return inPieces(bytes, options.pieces);
  const places = [0, ...(options.splitAt ?? []), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}
