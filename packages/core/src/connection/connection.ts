import type { AnyCommand } from '../command/command.ts';
import { Flag } from '../command/command.ts';
import type { Executor } from '../command/executor.ts';
import { ArgumentError, asKvError, ConnectionError, isKvError, type KvError, ProtocolError } from '../errors.ts';
import type { Redirect } from '../request/redirect.ts';
import { Request, type RequestConnection } from '../request/request.ts';
import { RequestQueue } from '../request/request-queue.ts';
import type { RequestTracker } from '../request/request-tracker.ts';
import { Ring } from '../request/ring.ts';
import { refusal, replyFailure, settle } from '../request/settle.ts';
import type { Answer, Unit } from '../request/unit.ts';
import { clearTimeout, nextTick, setTimeout, type Timer, wallNow } from '../timers.ts';
import { withTls } from '../transport/address.ts';
import type { Address, Connect, Transport, TransportEvents } from '../transport/transport.ts';
import { Liveness, type LivenessOptions, type WatchedConnection } from './liveness.ts';
import type { Protocol, ReplySink, Wire } from './protocol.ts';
import { ReadPacing } from './read-pacing.ts';
import { WriteBuffer } from './write-buffer.ts';

/** What a connection needs from outside. */
export interface ConnectionSetup {
  readonly protocol: Protocol;
  readonly address: Address;
  /** For messages and diagnostics; no user, no password. */
  readonly addressText: string;
  readonly connect: Connect;
  /** The books for the library's own commands: handshake, cleaning, probes. */
  readonly internals: RequestTracker;
  readonly liveness: LivenessOptions;
  /** Sends on another connection to the same server: to end what this one is blocked in, or to ask about it. */
  readonly sendOnControl?: Executor['send'] | undefined;
  /** Last step of the handshake, before commands of users. */
  readonly onReady?: ((connection: Connection) => Promise<void>) | undefined;
  /** Takes what answers nothing, unless the connection has a taker of its own. */
  readonly push?: ((raw: unknown, connection: Connection) => void) | undefined;
}

/** Who owns a connection and hears of it. */
export interface ConnectionOwner {
  /** `connectTimeout`: how long connecting or cleaning may take, ms. */
  readonly options: { readonly connectTimeout: number };
  /** A reply made room in the window. */
  capacity(connection: Connection): void;
  /** It is to get nothing new, because its server cannot serve it any more; `error` says why. */
  draining(connection: Connection, error: KvError): void;
  /** The server refused it without running it, because it cannot serve this connection: another may. */
  requeued(request: Request): void;
  /**
   * The server ran none of these (one command, or all of a unit) and says where they may run. Returns whether the owner
   * takes them; otherwise their callers get the refusal.
   */
  redirected(requests: readonly Request[], redirect: Redirect, error: KvError, connection: Connection): boolean;
  /** A leased connection comes back, clean and idle, or closed. */
  release(connection: Connection): void;
  /** It is over. What was written has no answer; what waits was never written. Both are the owner's now. */
  lost(connection: Connection, error: KvError, written: Request[], waiting: Request[]): void;
}

/** Something that waits until so many requests have been answered. */
interface Mark {
  readonly at: number;
  readonly done: () => void;
}

/** Deadline of the library's own commands once the connection is ready, ms; before, that of connecting covers them. */
const INTERNAL_TIMEOUT = 5000;

/** How many requests may have ended for their callers while their replies are pending: each keeps about 400 bytes. */
const MAX_ABANDONED = 65_536;

/** About how many characters are encoded for one write. */
const WRITE_SIZE = 65_536;

/** From this many waiting commands on, it pays to wake a server that has nothing better to do. */
const WORTH_WAKING = 12;

/**
 * One socket's life, used once: after any doubt it is destroyed and replaced, never mended.
 *
 * ```text
 *   enqueue → waiting ─ flush: encode, write ─→ in flight ─ reply → settled
 *             (RequestQueue)                    (Ring; an ended one stays as tombstone until its reply)
 *
 *   connecting → handshaking → ready → closed
 * ```
 */
export class Connection implements WatchedConnection, RequestConnection {
  state: 'connecting' | 'handshaking' | 'ready' | 'closed' = 'connecting';
  /** In use by one lease. */
  leased = false;
  /** Takes pushes instead of {@link ConnectionSetup.push}. */
  onPush: ((raw: unknown) => void) | undefined = undefined;
  /** Called once when it is over. */
  onClosed: ((error: KvError) => void) | undefined = undefined;
  /** Whether a reply has come since it was ready. */
  hasAnswered = false;
  readonly setup: ConnectionSetup;
  readonly wire: Wire;
  readonly #window: Protocol['window'];
  /** Whether something can wait here for the replies of others. */
  readonly #limited: boolean;
  readonly owner: ConnectionOwner;
  readonly #waiting = new RequestQueue(() => this.#hasCapacityAgain());
  readonly #inFlight = new Ring<Request>();
  readonly #buffer = new WriteBuffer();
  readonly #liveness: Liveness;
  readonly #readPacing: ReadPacing | undefined;
  /** When the latest command that is answered was written. */
  #answeredWrittenAt = 0;
  /** Set while nothing is read or written because the server has enough to do. */
  #readPause: Timer | undefined;
  /** Aborted when it is over, so that an attempt to connect does not outlive it. */
  readonly #opening = new AbortController();
  #transport: Transport | undefined;
  #abandoned = 0;
  #inFlightBytes = 0;
  #flushing = false;
  #full = false;
  /** Why its server cannot serve it any more: it gets nothing new. */
  drainCause: KvError | undefined = undefined;
  /** The refusal that comes next says so: its command did not run. */
  #refusedUnrun = false;
  /** Reading was stopped on purpose: silence means nothing. */
  paused = false;
  /** Nothing else is written before the answer to a probe. */
  #probing = false;
  /** Whether a push came with the bytes that are being read. */
  #pushed = false;
  #idle: (() => void)[] = [];
  #answeredCount = 0;
  readonly #marks: Mark[] = [];
  #failure: KvError | undefined;
  #readyAt = Number.POSITIVE_INFINITY;

  constructor(setup: ConnectionSetup, owner: ConnectionOwner) {
    this.setup = setup;
    this.owner = owner;
    this.#window = setup.protocol.window;
    const { commands, bytes, refill } = this.#window;
    this.#limited = commands !== Number.POSITIVE_INFINITY || bytes !== undefined || refill === 'empty';
    this.wire = setup.protocol.open(this.#sink);
    this.#liveness = new Liveness(this, setup.liveness);
    if (this.#window.unbatchedReplies === true) this.#readPacing = new ReadPacing();
  }

  /** Connects and shakes hands. Rejects with the cause; the connection is closed then. */
  async open(): Promise<void> {
    const { signal } = this.#opening;
    const given = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    try {
      await Promise.race([this.#establish(), given]); // whatever a provider or a transport waits for
    } catch (error) {
      this.destroy(asKvError(error));
    }
    if (this.#failure !== undefined) throw this.#failure;
    this.state = 'ready';
    this.#readyAt = this.setup.internals.clock.now();
    this.#liveness.start();
  }

  async #establish(): Promise<void> {
    const { address, connect } = this.setup;
    const transport = await connect(address, this.#events, this.#opening.signal);
    if (this.isClosed) return transport.destroy();
    this.#transport = transport;
    this.state = 'handshaking';
    await this.wire.handshake(this.sendInternal);
    await this.setup.onReady?.(this);
  }

  /** Whether commands of users may be sent. */
  get isReady(): boolean {
    return this.state === 'ready';
  }

  /** Whether it is over: nothing is sent or received any more. */
  get isClosed(): boolean {
    return this.state === 'closed';
  }

  /** Why it is over. */
  get failure(): KvError | undefined {
    return this.#failure;
  }

  /** Requests that are written or wait here, tombstones included. */
  get load(): number {
    return this.#inFlight.length + this.#waiting.length;
  }

  /** Whether the window has room for one more. */
  get hasCapacity(): boolean {
    return this.load < this.#window.commands;
  }

  /** How long no byte has come, ms. */
  get silence(): number {
    return Math.max(wallNow() - this.#liveness.heardAt, 0);
  }

  /** How long it has been ready, ms. */
  get readyFor(): number {
    return this.setup.internals.clock.now() - this.#readyAt;
  }

  /** How long the oldest command without a reply has been on its way, ms. */
  get oldestPendingAge(): number {
    return this.setup.internals.clock.now() - (this.#inFlight.peek()?.writtenAt ?? Number.NEGATIVE_INFINITY);
  }

  /** Whether a PING may be sent on this line, and would be answered at once by a server that is well. */
  get canProbe(): boolean {
    return !this.#hasPendingReplies && this.hasCapacity && this.#isIdleForProbe;
  }

  /** Whether somebody waits for a reply that may take its time. A change of what is pushed is confirmed at once. */
  get #hasPendingReplies(): boolean {
    let pending = false;
    this.#inFlight.forEach(({ settled, command }) => {
      if (!settled && (command.flags & Flag.subscription) === 0) pending = true;
    });
    return pending;
  }

  /** A command in between is nobody's business: it cannot end up inside somebody's MULTI. */
  get #isIdleForProbe(): boolean {
    if (!this.leased) return true;
    let changes = this.wire.dirty;
    this.#inFlight.forEach(({ command }) => {
      if ((command.flags & Flag.stateful) !== 0) changes = true;
    });
    return !changes;
  }

  /** Asks the server on another line whether it still serves this one; `undefined`: there is no other line. */
  isAlive(timeout: number): Promise<boolean> | undefined {
    const { sendOnControl, protocol } = this.setup;
    if (sendOnControl === undefined) return undefined;
    const ask: Executor['send'] = (command) => sendOnControl(command, { timeout, retry: 'never' });
    if (this.wire.isAlive !== undefined) return this.wire.isAlive(ask);
    return ask(protocol.ping).then(() => true); // the server is well; about this line it cannot say anything
  }

  /** Whether the server accepts a further connection within `timeout` ms. It may be too busy to say anything on it. */
  async isReachable(timeout: number): Promise<boolean> {
    const { address, connect } = this.setup;
    const attempt = new AbortController();
    const timer = setTimeout(() => attempt.abort(new ConnectionError('Not reachable')), timeout);
    try {
      const transport = await connect(withTls(address, false), IGNORED_EVENTS, attempt.signal);
      transport.destroy();
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends a PING, where that is possible; else what is owed is probe enough. */
  probe(): void {
    if (this.leased && this.#waiting.length > 0) return; // nobody knows what these will have changed
    if (this.hasCapacity && this.#isIdleForProbe) this.sendInternal(this.setup.protocol.ping).catch(() => undefined);
  }

  /** The process was asleep: nothing else is sent before the server has shown that it still knows this line. */
  probeFirst(): void {
    const request = new Request(this.setup.protocol.ping, false, 'never', this.setup.internals);
    request.pinned = true;
    request.connection = this;
    request.promise().catch(() => undefined);
    if (this.setup.internals.open(request, INTERNAL_TIMEOUT, undefined) !== undefined) return;
    if (!this.#encode(request, request)) return;
    this.#probing = true;
    this.#wrote(request);
    this.#write();
    this.#liveness.suspectWaking();
  }

  /**
   * Takes a request; it is written with all others of this tick, as far as the window allows. Many are written in
   * several parts, each at least as large as what the server still has to do: it wakes up and works while the rest
   * of the tick is still being called.
   */
  enqueue(request: Request): void {
    request.connection = this;
    if (this.#failure !== undefined) return this.owner.lost(this, this.#failure, [], [request]);
    this.#waiting.push(request);
    if (!this.#flushing) this.#schedule();
    else if (this.#waiting.length >= WORTH_WAKING && request.unit === null) this.#flushEarly();
  }

  /** Sends one command of the library's own (handshake, cleaning, probes). */
  readonly sendInternal: Executor['send'] = (command, { timeout = INTERNAL_TIMEOUT, signal } = {}) => {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const request = new Request(command, command.bytes, 'never', this.setup.internals);
    request.pinned = true;
    const promise = request.promise<never>();
    const deadline = this.state === 'ready' ? timeout : 0;
    if (this.setup.internals.open(request, deadline, signal) === undefined) this.enqueue(request);
    return promise;
  };

  /** Resolves when nothing is unanswered or waiting (or the connection is over). */
  drained(): Promise<void> {
    if (this.load === 0 || this.state === 'closed') return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** A written request ended for its caller before its reply came: its place stays, its reply is swallowed. */
  abandoned(): void {
    this.#abandoned++;
    if (this.#abandoned >= this.#window.commands) {
      return this.destroy(new ConnectionError('Connection closed: no reply to any command in its window'));
    }
    if (this.#abandoned >= MAX_ABANDONED)
      return this.destroy(new ConnectionError(`Connection closed: too many abandoned requests (${this.#abandoned})`));
    if (this.#inFlight.peek()?.settled === true) this.#liveness.suspect();
  }

  /** Closes in order: what was written goes out. */
  end(error: KvError): void {
    if (this.#readPause !== undefined) this.#transport?.resume(); // or the end could stand behind what nobody reads
    this.#transport?.end();
    this.destroy(error, false);
  }

  /** Ends it now; what is unanswered goes back to the owner. */
  destroy(error: KvError, hard = true): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.#failure = error;
    this.#liveness.stop();
    clearTimeout(this.#readPause);
    this.#opening.abort(error);
    if (hard) this.#transport?.destroy();
    const written = this.#inFlight.drain().filter((request) => !request.settled);
    this.owner.lost(this, error, written, this.#waiting.drain());
    for (const { done } of this.#marks.splice(0)) done();
    for (const wake of this.#idle.splice(0)) wake();
    this.onClosed?.(error);
  }

  /** Stops reading, for streams whose reader is slow. Nothing can be told of the server meanwhile. */
  pause(): void {
    this.paused = true;
    this.#transport?.pause();
  }

  /** Lets bytes come again after {@link pause}. */
  resume(): void {
    this.paused = false;
    if (this.state === 'ready') this.#liveness.start();
    this.#transport?.resume();
  }

  readonly #events: TransportEvents = {
    data: (bytes) => this.#received(bytes),
    drain: () => {
      this.#full = false;
      if (this.#waiting.length > 0) this.#flush();
    },
    close: (error) =>
      this.destroy(new ConnectionError('The connection was lost', error === undefined ? {} : { cause: error })),
  };

  readonly #sink: ReplySink = {
    head: () => this.#inFlight.peek(),
    reply: (raw) => this.#reply(raw),
    fail: (error, redirect) => this.#refuse(error, redirect),
    drain: (error) => this.#drain(error),
    push: (raw) => {
      this.#pushed = true;
      if (this.onPush !== undefined) this.onPush(raw);
      else this.setup.push?.(raw, this);
    },
  };

  #received(bytes: Uint8Array): void {
    if (this.state === 'closed') return;
    const due = this.#inFlight.length;
    this.#pushed = false;
    try {
      this.wire.decode(bytes);
    } catch (cause) {
      return this.destroy(undecodable(cause));
    }
    if (!this.#pushed || this.#inFlight.length < due || !this.#isReplyDue) this.#liveness.heard();
    if (!this.hasAnswered) this.#noteFirstReply(due);
    if (this.#marks.length > 0) this.#passMarks();
    this.#refill();
    if (this.#readPacing !== undefined && this.#inFlight.length < due) this.#pauseReads(this.#readPacing);
  }

  /** Pushes alone are no sign that the server answers commands. */
  get #isReplyDue(): boolean {
    const head = this.#inFlight.peek();
    return head !== undefined && (head.command.flags & Flag.stream) === 0;
  }

  /** A refusal because the server cannot serve the connection is no answer. */
  #noteFirstReply(due: number): void {
    const answered = this.state === 'ready' && this.#inFlight.length < due;
    this.hasAnswered = answered && this.drainCause === undefined;
  }

  #pauseReads(readPacing: ReadPacing): void {
    const took = this.setup.internals.clock.now() - this.#answeredWrittenAt;
    const pause = readPacing.pauseAfter(took, this.#inFlight.length);
    if (pause === 0 || this.paused || this.isClosed || this.#readPause !== undefined) return;
    this.#transport?.pause();
    this.#readPause = setTimeout(this.#endReadPause, pause);
  }

  readonly #endReadPause = (): void => {
    this.#readPause = undefined;
    if (!this.paused) this.#transport?.resume();
    if (this.#waiting.length > 0) this.#flush();
  };

  /** After replies: more of what waits here, or of what waits at the owner. */
  #refill(): void {
    if (this.#limited) {
      if (this.#waiting.length > 0) this.#schedule();
      this.#hasCapacityAgain();
    } else if (this.#inFlight.length === 0) this.#hasCapacityAgain();
    if (this.#probing) this.#probed();
  }

  #probed(): void {
    this.#probing = false;
    if (this.#waiting.length > 0) this.#schedule();
  }

  /** It has less to do: room for what waits at the owner, perhaps nothing left at all. */
  #hasCapacityAgain(): void {
    if (this.state === 'ready' && this.hasCapacity) this.owner.capacity(this);
    if (this.#idle.length > 0 && this.load === 0) for (const wake of this.#idle.splice(0)) wake();
  }

  /**
   * Calls back when everything that is in flight now has been answered, at the end of the read that brought the last of
   * these replies; or when the connection is over, after its requests went back to the owner. At once if nothing is in
   * flight.
   */
  afterInFlight(done: () => void): void {
    if (this.#inFlight.length === 0) done();
    else this.#marks.push({ at: this.#answeredCount + this.#inFlight.length, done });
  }

  /** Takes out waiting requests, which were not written. */
  takeUnsent(filter: (request: Request) => boolean): Request[] {
    return this.#waiting.take((request) => !request.pinned && filter(request));
  }

  #passMarks(): void {
    while (this.#marks.length > 0 && (this.#marks[0] as Mark).at <= this.#answeredCount) this.#marks.shift()?.done();
  }

  #answered(): Request {
    const request = this.#inFlight.shift();
    if (request === undefined) throw new ProtocolError('Received a reply with no pending command');
    this.#answeredCount++;
    this.#inFlightBytes -= request.weight;
    this.#answeredWrittenAt = request.writtenAt;
    return request;
  }

  #reply(raw: unknown): void {
    const request = this.#answered();
    if (request.settled) {
      this.#abandoned--;
      return;
    }
    const { command } = request;
    if (command.spec.fallback !== undefined && this.#useFallback(request, raw)) return;
    if (request.unit !== null) return this.#memberAnswered(request.unit, { raw });
    settle(request, raw);
  }

  #refuse(error: Error, redirect: Redirect | undefined): void {
    const notRun = this.#refusedUnrun;
    this.#refusedUnrun = false;
    const request = this.#answered();
    if (request.settled) {
      this.#abandoned--;
      return;
    }
    if (request.command.spec.fallback !== undefined && this.#useFallback(request, error)) return;
    if (request.unit !== null) return this.#memberAnswered(request.unit, { error, redirect });
    if (redirect !== undefined && this.#redirected([request], redirect, error)) return;
    if (notRun && request.canRequeue) return this.owner.requeued(request);
    request.fail(request.cancelled ?? refusal(error, request));
  }

  #redirected(requests: readonly Request[], redirect: Redirect, error: Error): boolean {
    if (!requests.every((request) => request.canRedirect)) return false;
    return this.owner.redirected(requests, redirect, asKvError(error), this);
  }

  /** A unit is settled when its last reply is in: only then it is known whether it ran here. */
  #memberAnswered(unit: Unit<Request>, answer: Answer): void {
    if (!unit.answered(answer)) return;
    const refused = unit.redirect;
    if (refused !== undefined && this.#redirected(unit.members, refused.redirect, refused.error)) return;
    unit.settle((member, { raw, error }) => {
      if (error === undefined) settle(member, raw);
      else member.fail(member.cancelled ?? refusal(error, member));
    });
  }

  #drain(error: KvError): void {
    this.#refusedUnrun = true;
    if (this.drainCause !== undefined) return;
    this.drainCause = error;
    if (this.state === 'ready') this.owner.draining(this, error);
  }

  /** Sends what the command asks for in its place, if it asks; the promise stays. */
  #useFallback(request: Request, reply: unknown): boolean {
    let next: AnyCommand | undefined;
    try {
      if (request.unit === null) next = request.command.spec.fallback?.(reply, request.command);
    } catch (error) {
      request.fail(replyFailure(error, request));
      return true;
    }
    if (next === undefined) return false;
    request.command = next;
    request.attempts--; // the one before has been answered: nothing about it is unknown
    request.tracker.requeued(request);
    this.enqueue(request);
    return true;
  }

  #schedule(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    nextTick(this.#flush);
  }

  readonly #flush = (): void => {
    this.#flushing = false;
    this.#send();
  };

  #flushEarly(): void {
    if (this.state !== 'ready' || this.#window.refill === 'empty') return;
    if (this.#inFlight.length <= this.#waiting.length) this.#send();
  }

  #send(): void {
    if (this.state === 'connecting' || this.state === 'closed' || this.#probing || this.#readPause !== undefined)
      return;
    if (this.#inFlight.length > 0) {
      if (this.#window.refill === 'empty') return;
    } else if (this.state === 'ready' && this.#liveness.slept && this.#isIdleForProbe) return this.probeFirst();
    this.#writeWaiting();
  }

  #writeWaiting(): void {
    while (!this.#full && this.#waiting.length > 0) {
      const more = this.#encodeSome();
      if (this.#buffer.length === 0) return;
      this.#write();
      if (!more || this.#window.refill === 'empty') return;
    }
  }

  #write(): void {
    try {
      this.#full = this.#transport?.write(this.#buffer.take()) === false;
    } catch (error) {
      this.destroy(asKvError(error)); // a transport of a user's own
    }
  }

  /** Encodes what fits in one write and the window. Returns whether more may follow. */
  #encodeSome(): boolean {
    while (this.#buffer.length < WRITE_SIZE) {
      const request = this.#waiting.peek();
      if (request === undefined || !this.#fits(request.command)) return false;
      if (request.unit === null) {
        this.#waiting.shift();
        if (this.#encode(request, request)) this.#wrote(request);
      } else this.#encodeUnit(request.unit);
    }
    return true;
  }

  #fits(command: AnyCommand): boolean {
    const { commands, bytes } = this.#window;
    const { length } = this.#inFlight;
    if (length >= commands) return false;
    return bytes === undefined || length === 0 || this.#inFlightBytes + weight(command) <= bytes;
  }

  /** All of a unit or nothing. */
  #encodeUnit({ members }: Unit<Request>): void {
    for (let i = members.length; i > 0; i--) this.#waiting.shift();
    for (const member of members) if (!this.#encode(member, members[0] as Request)) return;
    for (const member of members) this.#wrote(member);
  }

  /** Encodes one command. When that fails everything since `first` is taken back, and refused to its caller. */
  #encode(request: Request, first: Request): boolean {
    if (request === first) this.#buffer.mark();
    try {
      this.setup.protocol.encode(request.command, this.#buffer);
      return true;
    } catch (error) {
      this.#buffer.rollback();
      request.tracker.cancel(request, unencodable(request, error));
      nextTick(() => this.#hasCapacityAgain()); // after this write
      return false;
    }
  }

  #wrote(request: Request): void {
    if (this.#window.bytes !== undefined) request.weight = weight(request.command);
    this.#inFlightBytes += request.weight;
    request.tracker.written(request);
    this.#inFlight.push(request);
  }
}

/** For a transport of which nothing is wanted but that it can be opened. */
const IGNORED_EVENTS: TransportEvents = { data: () => undefined, drain: () => undefined, close: () => undefined };

/** About how many bytes a command takes on the wire. */
function weight(command: AnyCommand): number {
  let bytes = 16;
  for (const arg of command.args) bytes += arg.length + 1;
  return bytes;
}

/** A wire may give up its connection with an error of its own; all else was about the bytes. */
function undecodable(cause: unknown): KvError {
  if (isKvError(cause) && cause.code === 'CONNECTION') return cause;
  return new ProtocolError(`Malformed reply: ${messageOf(cause)}`, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** For example because the bytes of an argument are gone: its buffer was transferred after the call. */
function unencodable({ command, attempts }: Request, cause: unknown): ArgumentError {
  const { name } = command.spec;
  const outcome = attempts > 0 ? 'unknown' : 'notSent'; // a repeated one may have run before
  return new ArgumentError(`${name}: the command could not be encoded`, { command: name, attempts, outcome, cause });
}
