import { checkPresent } from '../command/bytes.ts';
import type { Arg } from '../command/command.ts';
import { ConnectionError } from '../errors.ts';
import { setImmediate } from '../timers.ts';
import { cutPiece, isTextBlock } from './text-blocks.ts';
import type { Connect, Transport, TransportEvents } from './transport.ts';

/** About how many bytes go out per turn of the event loop. */
const WRITE_SLICE = 65_536;

/** The same of what comes in: to read a byte costs more than to write one, since it goes to new memory and is decoded. */
const READ_SLICE = 32_768;

/**
 * Opens transports that move one slice of bytes per turn of the event loop. In between, other connections have their
 * turn: here, and in the server, which reads all that it finds of one connection before it looks at the next.
 *
 * ```text
 *   write 1 MB   │ slice │ others │ slice │ others │ …
 *   read 1 MB    │ slice │ others │ slice │ others │ …
 * ```
 */
export function sliced(connect: Connect): Connect {
  return async (address, on, signal) => {
    const reads = new SlicedReads(on);
    const writes = new SlicedWrites(on);
    const events: TransportEvents = {
      ...on,
      data: (bytes) => reads.data(bytes),
      room: () => reads.room(),
      filled: (length) => reads.filled(length),
      drain: () => writes.drained(),
      close: (error) => on.close(writes.failure ?? error),
    };
    const transport = await connect(address, events, signal);
    reads.transport = transport;
    writes.transport = transport;
    return {
      write: (chunks) => writes.write(chunks),
      pause: () => reads.stop(),
      resume: () => reads.start(),
      end: () => writes.end(),
      destroy: (error) => {
        writes.forget();
        transport.destroy(error);
      },
    };
  };
}

/** Stops reading for the rest of a turn in which a slice has come. */
class SlicedReads {
  /** Set when there is one. */
  transport: Transport | undefined;
  readonly #on: TransportEvents;
  #left = READ_SLICE;
  #isWaiting = false;
  /** Stopped by its user. */
  #isStopped = false;

  constructor(on: TransportEvents) {
    this.#on = on;
  }

  data(bytes: Uint8Array): void {
    const { length } = bytes; // they may be gone after the call
    this.#on.data(bytes);
    this.#came(length);
  }

  room(): Uint8Array | undefined {
    return this.#on.room?.()?.subarray(0, READ_SLICE);
  }

  filled(length: number): void {
    this.#on.filled?.(length);
    this.#came(length);
  }

  stop(): void {
    this.#isStopped = true;
    this.transport?.pause();
  }

  start(): void {
    this.#isStopped = false;
    if (!this.#isWaiting) this.transport?.resume();
  }

  #came(length: number): void {
    this.#left -= length;
    if (this.#left > 0 || this.#isWaiting) return;
    this.#isWaiting = true;
    this.transport?.pause();
    setImmediate(this.#nextTurn);
  }

  readonly #nextTurn = (): void => {
    this.#isWaiting = false;
    this.#left = READ_SLICE;
    if (!this.#isStopped) this.transport?.resume();
  };
}

/** Writes a slice per turn, and keeps the rest. */
class SlicedWrites {
  /** Set when there is one. */
  transport: Transport | undefined;
  readonly #on: TransportEvents;
  #rest: Arg[] = [];
  #isWaiting = false;
  /** The transport asked to wait until it is drained. */
  #isFull = false;
  /** Why nothing more is written. */
  failure: ConnectionError | undefined;

  constructor(on: TransportEvents) {
    this.#on = on;
  }

  write(chunks: readonly Arg[]): boolean {
    if (this.failure !== undefined) return false;
    for (const chunk of chunks) {
      if (typeof chunk === 'string') this.#rest.push(chunk);
      else if (isTextBlock(chunk)) this.#rest.push(...cutPiece(chunk, WRITE_SLICE));
      else this.#rest.push(chunk.subarray(0, chunk.length)); // as long as it was announced, whatever its buffer becomes
    }
    if (!this.#isWaiting && !this.#isFull) this.#writeSlice();
    return this.#rest.length === 0 && !this.#isFull;
  }

  drained(): void {
    this.#isFull = false;
    if (this.#rest.length === 0) this.#on.drain();
    else if (!this.#isWaiting) this.#waitForTurn();
  }

  /** What is left goes out at once. */
  end(): void {
    if (this.#rest.length > 0) this.#tried(this.#writeRest);
    if (this.failure === undefined) this.transport?.end();
  }

  forget(): void {
    this.#rest = [];
  }

  #waitForTurn(): void {
    this.#isWaiting = true;
    setImmediate(this.#nextTurn);
  }

  readonly #nextTurn = (): void => {
    this.#isWaiting = false;
    if (this.#isFull || this.#rest.length === 0) return;
    this.#tried(this.#writeSlice);
    if (this.#rest.length === 0 && !this.#isFull && this.failure === undefined) this.#on.drain();
  };

  /** No caller could catch an error: it ends the connection, on which a part of a command has gone out. */
  #tried(write: () => void): void {
    try {
      write();
    } catch (cause) {
      this.failure = new ConnectionError('The rest of a command could not be written', { cause });
      this.#rest = [];
      this.transport?.destroy(this.failure);
    }
  }

  readonly #writeSlice = (): void => {
    this.#isFull = this.transport?.write(this.#takeSlice()) === false;
    if (this.#rest.length > 0 && !this.#isFull) this.#waitForTurn();
  };

  readonly #writeRest = (): void => {
    const rest = this.#rest.splice(0);
    for (const chunk of rest) checkRest(chunk);
    this.transport?.write(rest);
  };

  #takeSlice(): Arg[] {
    const slice: Arg[] = [];
    for (let left = WRITE_SLICE; left > 0 && this.#rest.length > 0; ) {
      const chunk = this.#rest[0] as Arg;
      checkRest(chunk);
      const part = partOf(chunk, left);
      if (part.length === chunk.length) this.#rest.shift();
      else this.#rest[0] = (chunk as Uint8Array).subarray(left);
      slice.push(part);
      left -= part.length;
    }
    return slice;
  }
}

/** @throws TypeError when the bytes of a user are gone, because their buffer was transferred or shrunk meanwhile */
function checkRest(chunk: Arg): void {
  if (typeof chunk !== 'string' && chunk.length === 0) checkPresent(chunk);
}

/** The first bytes. Text is short here, and large text was cut before: each of its parts is given back. */
function partOf(chunk: Arg, length: number): Arg {
  return typeof chunk === 'string' || isTextBlock(chunk) ? chunk : chunk.subarray(0, length);
}
