import type { Signal } from '../abort-signal.ts';
import type { AnyCommand } from '../command/command.ts';
import type { Lease } from '../pool/lease.ts';
import { Ring } from '../request/ring.ts';

/** How many frames are kept for a slow reader before the server is held back. */
const HIGH_WATER = 256;

/**
 * The frames of one endless command, on a connection of its own. A slow reader holds the server back instead of
 * filling memory. Leaving the loop ends the connection.
 */
export class FrameStream implements AsyncIterableIterator<unknown>, AsyncDisposable {
  readonly #lease: Lease;
  readonly #frames = new Ring<{ readonly raw: unknown }>();
  #readers: (() => void)[] = [];
  #paused = false;
  #ended = false;
  #error: Error | undefined;

  constructor(lease: Lease, command: AnyCommand, signal: Signal | undefined) {
    this.#lease = lease;
    lease.connection.onPush = (raw) => this.#push(raw);
    lease.start(command, signal).then(
      () => this.#end(undefined),
      (error: Error) => this.#end(error),
    );
  }

  async next(): Promise<IteratorResult<unknown, undefined>> {
    while (this.#frames.length === 0 && !this.#ended) await new Promise<void>((resolve) => this.#readers.push(resolve));
    const frame = this.#frames.shift();
    if (frame !== undefined) {
      if (this.#paused && this.#frames.length < HIGH_WATER / 2) this.#resume();
      return { done: false, value: frame.raw };
    }
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
    return { done: true, value: undefined };
  }

  /** Ends the stream and its connection. */
  async return(): Promise<IteratorResult<unknown, undefined>> {
    this.#end(undefined);
    this.#frames.drain();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #push(raw: unknown): void {
    if (this.#ended) return;
    this.#frames.push({ raw });
    if (!this.#paused && this.#frames.length >= HIGH_WATER) {
      this.#paused = true;
      this.#lease.connection.pause();
    }
    this.#wake();
  }

  #resume(): void {
    this.#paused = false;
    this.#lease.connection.resume();
  }

  #end(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake();
    this.#lease.destroy();
  }

  #wake(): void {
    if (this.#readers.length > 0) for (const wake of this.#readers.splice(0)) wake();
  }
}
