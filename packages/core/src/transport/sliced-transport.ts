import { checkPresent } from '../command/bytes.ts';
import type { Arg } from '../command/command.ts';
import { ConnectionError } from '../errors.ts';
import { monotonicNow, setImmediate } from '../timers.ts';
import { eventFunctions } from './event-functions.ts';
import { cutPiece, isTextBlock } from './text-blocks.ts';
import type { Connect, Transport, TransportEvents } from './transport.ts';

/** About how many bytes go out at once, and after how many turns of the event loop the next follow. */
const WRITE_SLICE = 65_536;
const WRITE_TURNS = 4;

/**
 * The same of what comes in, which costs more: it goes to new memory and is decoded, and while a server makes and sends a
 * large reply, half a millisecond for 1 MB, small calls wait. The fewer large replies, the fewer small calls meet such a moment.
 * In a program that has nothing else to do a turn takes a few microseconds.
 */
const READ_SLICE = 32_768;
const READ_TURNS = 8;

/** After this time turns are not counted any more, ms: they are long in a program that has much else to do. */
const LONGEST_PAUSE = 1;

/**
 * Opens transports that move one slice of bytes in a turn of the event loop, and nothing in the turns after it. In
 * between, other connections have their turns: here, and in the server, which reads all that it finds of one connection
 * before it looks at the next.
 *
 * ```text
 *   1 MB   │ slice │ others │ … │ others │ slice │ others │ … │ others │ slice │ …
 * ```
 */
export function sliced(connect: Connect): Connect {
  return async (address, on, signal) => {
    const reads = new SlicedReads(on);
    const writes = new SlicedWrites(on);
    const events: TransportEvents = {
      ...eventFunctions(on),
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

/** Gives others some turns of the event loop. */
class Pause {
  /** Whether it lasts. */
  isOn = false;
  readonly #turns: number;
  readonly #ended: () => void;
  #turnsLeft = 0;
  #startedAt = 0;

  constructor(turns: number, ended: () => void) {
    this.#turns = turns;
    this.#ended = ended;
  }

  start(): void {
    this.isOn = true;
    this.#turnsLeft = this.#turns;
    this.#startedAt = monotonicNow();
    setImmediate(this.#nextTurn);
  }

  readonly #nextTurn = (): void => {
    if (--this.#turnsLeft > 0 && monotonicNow() - this.#startedAt < LONGEST_PAUSE) return setImmediate(this.#nextTurn);
    this.isOn = false;
    this.#ended();
  };
}

/** Stops reading when a slice has come, for a pause. */
class SlicedReads {
  /** Set when there is one. */
  transport: Transport | undefined;
  readonly #on: TransportEvents;
  readonly #pause = new Pause(READ_TURNS, () => this.#readOn());
  #left = READ_SLICE;
  /** Stopped by its user. */
  #isStopped = false;
  /** Whether the last room is in the memory of a large value. */
  #isDirect = false;
  /** Where slices of anything else are read to; of this transport alone, which may still read when another one does. */
  #buffer: Uint8Array | undefined;

  constructor(on: TransportEvents) {
    this.#on = on;
  }

  data(bytes: Uint8Array): void {
    const { length } = bytes; // they may be gone after the call
    this.#on.data(bytes);
    this.#came(length);
  }

  room(): Uint8Array {
    const room = this.#on.room?.()?.subarray(0, READ_SLICE);
    this.#isDirect = room !== undefined;
    if (room !== undefined) return room;
    this.#buffer ??= new Uint8Array(READ_SLICE);
    return this.#buffer;
  }

  filled(length: number): void {
    if (this.#isDirect) this.#on.filled?.(length);
    else if (this.#buffer !== undefined) this.#on.data(this.#buffer.subarray(0, length));
    this.#came(length);
  }

  stop(): void {
    this.#isStopped = true;
    this.transport?.pause();
  }

  start(): void {
    this.#isStopped = false;
    if (!this.#pause.isOn) this.transport?.resume();
  }

  #came(length: number): void {
    this.#left -= length;
    if (this.#left > 0 || this.#pause.isOn) return;
    this.transport?.pause();
    this.#pause.start();
  }

  #readOn(): void {
    this.#left = READ_SLICE;
    if (!this.#isStopped) this.transport?.resume();
  }
}

/** Writes a slice, and keeps the rest for the turns after a pause. */
class SlicedWrites {
  /** Set when there is one. */
  transport: Transport | undefined;
  readonly #on: TransportEvents;
  readonly #pause = new Pause(WRITE_TURNS, () => this.#writeOn());
  #rest: Arg[] = [];
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
    if (!this.#pause.isOn && !this.#isFull) this.#writeSlice();
    return this.#rest.length === 0 && !this.#isFull;
  }

  drained(): void {
    this.#isFull = false;
    if (this.#rest.length === 0) this.#on.drain();
    else if (!this.#pause.isOn) this.#pause.start();
  }

  /** What is left goes out at once. */
  end(): void {
    if (this.#rest.length > 0) this.#tried(this.#writeRest);
    if (this.failure === undefined) this.transport?.end();
  }

  forget(): void {
    this.#rest = [];
  }

  #writeOn(): void {
    if (this.#isFull || this.#rest.length === 0) return;
    this.#tried(this.#writeSlice);
    if (this.#rest.length === 0 && !this.#isFull && this.failure === undefined) this.#on.drain();
  }

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
    if (this.#rest.length > 0 && !this.#isFull) this.#pause.start();
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
