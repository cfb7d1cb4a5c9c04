import type { KvError } from '../errors.ts';
import type { Address, TransportEvents } from '../transport/transport.ts';
import type { ConnectionState } from './connection-state.ts';
import type { InFlight } from './in-flight.ts';
import type { Liveness } from './liveness.ts';
import { lossOf, unreadable } from './loss.ts';
import type { Opening } from './opening.ts';
import type { Prober } from './prober.ts';
import type { Protocol, Wire } from './protocol.ts';
import { type Decoding, ReadParts, SHORTEST_PART } from './read-parts.ts';
import type { Reading } from './reading.ts';
import type { Replies } from './replies.ts';
import type { Writer } from './writer.ts';

/** What becomes of a connection by what it reads. */
export interface ReadingConnection {
  readonly setup: { readonly address: Address; readonly protocol: Protocol };
  readonly wire: Wire;
  readonly state: ConnectionState;
  readonly isClosed: boolean;
  /** Whether a reply has come since it was ready. */
  hasAnswered: boolean;
  /** The time of the clock that requests are written by, ms. */
  now(): number;
  /** It has less to do than before. */
  hasCapacityAgain(): void;
  destroy(error: KvError): void;
}

/** The parts of a connection that hear of what comes in. */
export interface ReadingParts {
  readonly inFlight: InFlight;
  readonly writer: Writer;
  readonly replies: Replies;
  readonly prober: Prober;
  readonly liveness: Liveness;
  readonly reading: Reading;
  readonly opening: Opening;
}

/** Takes what the transport of a connection tells: has bytes decoded, and then lets the other parts go on. */
export class Incoming implements TransportEvents, Decoding {
  readonly #connection: ReadingConnection;
  readonly #inFlight: InFlight;
  readonly #writer: Writer;
  readonly #replies: Replies;
  readonly #prober: Prober;
  readonly #liveness: Liveness;
  readonly #reading: Reading;
  readonly #opening: Opening;
  /** Whether anything has come. */
  #heard = false;
  /** Made with the first read that may be divided: most connections have none. */
  #parts: ReadParts | undefined;

  constructor(
    connection: ReadingConnection,
    { inFlight, writer, replies, prober, liveness, reading, opening }: ReadingParts,
  ) {
    this.#connection = connection;
    this.#inFlight = inFlight;
    this.#writer = writer;
    this.#replies = replies;
    this.#prober = prober;
    this.#liveness = liveness;
    this.#reading = reading;
    this.#opening = opening;
  }

  data(bytes: Uint8Array): void {
    if (bytes.length <= SHORTEST_PART && this.#parts?.isPending !== true) return this.#received(bytes, bytes.length);
    this.#parts ??= new ReadParts(this);
    this.#parts.take(bytes);
  }

  /** Also asked between two parts of a read, when the wire does not know yet what comes next. */
  room(): Uint8Array | undefined {
    const { isClosed, wire } = this.#connection;
    return isClosed || this.#parts?.isPending === true ? undefined : wire.room?.();
  }

  filled(length: number): void {
    this.#received(undefined, length);
  }

  drain(): void {
    this.#writer.drained();
  }

  close(cause?: Error): void {
    this.finish();
    const connection = this.#connection;
    connection.destroy(lossOf(connection.setup.address, this.#heard, cause));
  }

  phase(name: string): void {
    this.#opening.enter(name);
  }

  get due(): number {
    return this.#inFlight.length;
  }

  decode(bytes: Uint8Array, isLast: boolean): void {
    this.#received(bytes, bytes.length, isLast);
  }

  /** Has all decoded that was read. */
  finish(): void {
    this.#parts?.finish();
  }

  /** @param bytes absent: they were read into the room of the wire */
  #received(bytes: Uint8Array | undefined, length: number, isLast = true): void {
    const connection = this.#connection;
    if (connection.isClosed) return;
    const inFlight = this.#inFlight;
    const due = inFlight.length;
    this.#replies.pushed = false;
    try {
      if (bytes === undefined) connection.wire.filled?.(length);
      else connection.wire.decode(bytes);
    } catch (cause) {
      return connection.destroy(unreadable(bytes, this.#heard, cause));
    }
    const answered = inFlight.length < due;
    if (!this.#replies.pushed || answered || !inFlight.isReplyDue) this.#liveness.heard(); // not by pushes alone
    if (!connection.hasAnswered) this.#heardFirst(answered);
    inFlight.passMarks();
    this.#refill();
    if (!isLast) return;
    const { unbatchedReplies } = connection.setup.protocol.window;
    if (unbatchedReplies === true && inFlight.length < due && !connection.isClosed)
      this.#reading.pace(inFlight, connection.now());
  }

  #heardFirst(answered: boolean): void {
    this.#heard = true;
    const connection = this.#connection;
    connection.hasAnswered = answered && connection.state === 'ready'; // a refusal that drains is no answer
  }

  /** After replies: more of what waits here, or of what waits at the owner. */
  #refill(): void {
    if (this.#inFlight.isLimited) {
      this.#writer.wake();
      this.#connection.hasCapacityAgain();
    } else if (this.#inFlight.length === 0) this.#connection.hasCapacityAgain();
    if (this.#prober.isAwaited) this.#prober.answered();
  }
}
