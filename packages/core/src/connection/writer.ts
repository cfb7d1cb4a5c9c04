import { ArgumentError, asKvError, type KvError } from '../errors.ts';
import type { Request } from '../request/request.ts';
import { type QueueOwner, RequestQueue } from '../request/request-queue.ts';
import type { Unit } from '../request/unit.ts';
import { nextTick } from '../timers.ts';
import type { Transport } from '../transport/transport.ts';
import type { InFlight } from './in-flight.ts';
import type { Protocol } from './protocol.ts';
import { WriteBuffer } from './write-buffer.ts';

/** What a writer asks of its connection. */
export interface WritingConnection {
  /** The handshake is done, and the connection is not over. */
  readonly isOpen: boolean;
  /** Whether anything may be written now. */
  readonly mayWrite: boolean;
  /** Sends a probe first, where nothing else may be sent before its answer. Returns whether it did. */
  probeAfterSleep(): boolean;
  /** There may be room for another request. */
  hasCapacityAgain(): void;
  /** The transport failed. */
  destroy(error: KvError): void;
}

/** About how many characters are encoded for one write. */
const WRITE_SIZE = 65_536;

/** From this many waiting commands on, it pays to wake a server that has nothing better to do. */
const WORTH_WAKING = 12;

/**
 * Decides when requests are written, and writes them: all that were called in one tick together, as far as the window
 * and the transport allow.
 */
export class Writer implements QueueOwner {
  /** Set when there is one. */
  transport: Transport | undefined;
  readonly #connection: WritingConnection;
  readonly #protocol: Protocol;
  readonly #refillsEmpty: boolean;
  readonly #inFlight: InFlight;
  readonly #waiting: RequestQueue;
  readonly #buffer = new WriteBuffer();
  #scheduled = false;
  /** The transport asked to wait until it is drained. */
  #full = false;

  constructor(connection: WritingConnection, protocol: Protocol, inFlight: InFlight) {
    this.#connection = connection;
    this.#protocol = protocol;
    this.#refillsEmpty = protocol.window.refill === 'empty';
    this.#inFlight = inFlight;
    this.#waiting = new RequestQueue(this);
  }

  /** Requests that are not written. */
  get length(): number {
    return this.#waiting.length;
  }

  /**
   * Takes a request; it is written with all others of this tick. Many are written in several parts, each at least as
   * large as what the server still has to do: it wakes up and works while the rest of the tick is still being called.
   */
  push(request: Request): void {
    this.#waiting.push(request);
    if (!this.#scheduled) this.#schedule();
    else if (this.#waiting.length >= WORTH_WAKING && isWhole(request)) this.#flushEarly();
  }

  /** Writes in this tick what waits, if anything does. */
  wake(): void {
    if (this.#waiting.length > 0 && !this.#scheduled) this.#schedule();
  }

  /** Writes now what waits, if anything does. */
  flush(): void {
    if (this.#waiting.length > 0) this.#flush();
  }

  endedWaiting(): void {
    this.#connection.hasCapacityAgain();
  }

  /** The transport takes bytes again. */
  drained(): void {
    this.#full = false;
    this.flush();
  }

  /** Writes one request before all that wait. Returns whether it could be encoded. */
  writeFirst(request: Request): boolean {
    if (!this.#encode(request, request)) return false;
    this.#inFlight.add(request);
    this.#write();
    return true;
  }

  /** Takes out waiting requests that may be written on another connection. */
  takeUnsent(filter: (request: Request) => boolean): Request[] {
    return this.#waiting.take((request) => !request.pinned && filter(request));
  }

  /** What waits. It stays. */
  pending(): Request[] {
    return this.#waiting.live();
  }

  /** Takes out everything that waits. */
  drain(): Request[] {
    return this.#waiting.drain();
  }

  #schedule(): void {
    this.#scheduled = true;
    nextTick(this.#flush);
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    this.#send();
  };

  #flushEarly(): void {
    if (!this.#connection.isOpen || this.#refillsEmpty) return;
    if (this.#inFlight.length <= this.#waiting.length) this.#send();
  }

  #send(): void {
    if (!this.#connection.mayWrite) return;
    if (this.#inFlight.length > 0) {
      if (this.#refillsEmpty) return;
    } else if (this.#connection.probeAfterSleep()) return;
    this.#writeWaiting();
  }

  #writeWaiting(): void {
    while (!this.#full && this.#waiting.length > 0) {
      const more = this.#encodeSome();
      if (this.#buffer.length === 0) return;
      this.#write();
      if (!more || this.#refillsEmpty) return;
    }
  }

  #write(): void {
    try {
      this.#full = this.transport?.write(this.#buffer.take()) === false;
    } catch (error) {
      this.#connection.destroy(asKvError(error)); // a transport of a user's own
    }
  }

  /** Encodes what fits in one write and the window. Returns whether more may follow. */
  #encodeSome(): boolean {
    while (this.#buffer.length < WRITE_SIZE) {
      const request = this.#waiting.peek();
      if (request === undefined || !this.#inFlight.fits(request.command)) return false;
      if (request.unit === null) {
        this.#waiting.shift();
        if (this.#encode(request, request)) this.#inFlight.add(request);
      } else this.#encodeUnit(request.unit);
    }
    return true;
  }

  /**
   * Writes all of a unit or nothing. When a member has ended, the unit is being canceled, one member after the other: a
   * listener that was told of the first end may have made the call that led here.
   */
  #encodeUnit(unit: Unit<Request>): void {
    const { members } = unit;
    while (this.#waiting.peek()?.unit === unit) this.#waiting.shift();
    for (const { settled } of members) if (settled) return;
    for (const member of members) if (!this.#encode(member, members[0] as Request)) return;
    for (const member of members) this.#inFlight.add(member);
  }

  /** Encodes one command. When that fails everything since `first` is taken back, and refused to its caller. */
  #encode(request: Request, first: Request): boolean {
    if (request === first) this.#buffer.mark();
    try {
      this.#protocol.encode(request.command, this.#buffer);
      return true;
    } catch (error) {
      this.#buffer.rollback();
      request.tracker.cancel(request, unencodable(request, error));
      nextTick(() => this.#connection.hasCapacityAgain()); // after this write
      return false;
    }
  }
}

/** Whether all is here that has to be written with a request. */
function isWhole(request: Request): boolean {
  const { unit } = request;
  return unit === null || unit.members[unit.members.length - 1] === request;
}

/** For example because the bytes of an argument are gone: its buffer was transferred after the call. */
function unencodable({ command, attempts }: Request, cause: unknown): ArgumentError {
  const { name } = command.spec;
  const outcome = attempts > 0 ? 'unknown' : 'notSent'; // a repeated one may have run before
  return new ArgumentError(`${name}: the command could not be encoded`, { command: name, attempts, outcome, cause });
}
