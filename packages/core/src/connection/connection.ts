import type { AnyCommand } from '../command/command.ts';
import type { SendOptions } from '../command/executor.ts';
import { asKvError, ConnectionError, type KvError } from '../errors.ts';
import { pinnedRequest } from '../request/pinned-request.ts';
import type { Redirect } from '../request/redirect.ts';
import type { Request, RequestConnection } from '../request/request.ts';
import { wallNow } from '../timers.ts';
import type { OwnerOf, SetupOf } from './connection-setup.ts';
import { type ConnectionState, transition } from './connection-state.ts';
import { InFlight } from './in-flight.ts';
import { Incoming, type ReadingConnection } from './incoming.ts';
import { Liveness, type WatchedConnection } from './liveness.ts';
import { Opening } from './opening.ts';
import { INTERNAL_TIMEOUT, type ProbedConnection, Prober } from './prober.ts';
import type { Protocol, Wire } from './protocol.ts';
import { Reading } from './reading.ts';
import { type AnsweredConnection, Replies } from './replies.ts';
import { Waiters } from './waiters.ts';
import { Writer, type WritingConnection } from './writer.ts';

/** What a connection needs from outside. */
export type ConnectionSetup = SetupOf<Connection>;

/** Who owns a connection, and is told what happens to it. */
export type ConnectionOwner = OwnerOf<Connection>;

/**
 * One socket's life, used once: after any doubt it is destroyed and replaced. Its states: {@link ConnectionState}.
 *
 * ```text
 *   enqueue ──► waiting ── encode, write ──► in flight ── reply ──► settled
 *               (Writer)                     (InFlight)   (Replies)
 * ```
 */
export class Connection
  implements
    WatchedConnection,
    ProbedConnection,
    WritingConnection,
    ReadingConnection,
    AnsweredConnection,
    RequestConnection
{
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
  readonly owner: ConnectionOwner;
  readonly #window: Protocol['window'];
  readonly #inFlight: InFlight;
  readonly #writer: Writer;
  readonly #prober: Prober;
  readonly #liveness: Liveness;
  readonly #reading: Reading;
  readonly #incoming: Incoming;
  readonly #opening = new Opening();
  #state: ConnectionState = 'connecting';
  #drainCause: KvError | undefined;
  readonly #idle = new Waiters();
  #failure: KvError | undefined;
  #readyAt: number | undefined;

  constructor(setup: ConnectionSetup, owner: ConnectionOwner) {
    this.setup = setup;
    this.owner = owner;
    this.#window = setup.protocol.window;
    const inFlight = new InFlight(this.#window);
    const writer = new Writer(this, setup.protocol, inFlight);
    const prober = new Prober(this, inFlight, writer);
    const liveness = new Liveness(this, prober, inFlight, setup.liveness);
    const reading = new Reading(writer);
    const replies = new Replies(this, inFlight);
    const opening = this.#opening;
    this.#inFlight = inFlight;
    this.#writer = writer;
    this.#prober = prober;
    this.#liveness = liveness;
    this.#reading = reading;
    this.#incoming = new Incoming(this, { inFlight, writer, replies, prober, liveness, reading, opening });
    this.wire = setup.protocol.open(replies);
  }

  /** Connects and shakes hands. Rejects with the cause; the connection is closed then. */
  async open(): Promise<void> {
    try {
      await this.#opening.run((signal) => this.#establish(signal));
    } catch (error) {
      this.destroy(asKvError(error));
    }
    if (this.#failure !== undefined) throw this.#failure;
    this.#become('ready');
    this.#readyAt = this.setup.internals.clock.now();
    this.#liveness.start();
    if (this.#drainCause !== undefined) this.#become('draining');
  }

  async #establish(signal: AbortSignal): Promise<void> {
    const { address, connect } = this.setup;
    const transport = await connect(address, this.#incoming, signal);
    if (this.isClosed) return transport.destroy();
    this.#reading.transport = transport;
    this.#writer.transport = transport;
    this.#become('handshaking');
    this.#opening.enter('logging in');
    await this.wire.handshake((command, options) => this.sendInternal(command, options));
    await this.setup.onReady?.(this);
  }

  /** Where it is in its life. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** What is being done to connect, such as `looking up the name` or `logging in`. */
  get phase(): string {
    return this.#opening.phase;
  }

  /** The handshake is done, and it is not over. */
  get isOpen(): boolean {
    return this.#state === 'ready' || this.#state === 'draining';
  }

  /** Whether it is over: nothing is sent or received any more. */
  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** Whether nothing speaks against it: it is in full use, and need not be probed because the process was asleep. */
  get isCertain(): boolean {
    return this.#state === 'ready' && !this.#prober.isAwaited && !this.#liveness.slept;
  }

  /** Why it is over. */
  get failure(): KvError | undefined {
    return this.#failure;
  }

  /** Why it gets nothing new: its server cannot serve it any more, or is not used any more. */
  get drainCause(): KvError | undefined {
    return this.#drainCause;
  }

  /** Requests that are written or wait here, abandoned ones included. */
  get load(): number {
    return this.#inFlight.length + this.#writer.length;
  }

  /** Whether the window has room for one more. */
  get hasCapacity(): boolean {
    return this.load < this.#window.commands;
  }

  /** Reading was stopped on purpose: silence means nothing. */
  get paused(): boolean {
    return this.#reading.stopped;
  }

  /** How long no byte has come, ms. */
  get silence(): number {
    return Math.max(wallNow() - this.#liveness.heardAt, 0);
  }

  /** How long it has been ready, ms. */
  get readyFor(): number {
    return this.setup.internals.clock.now() - (this.#readyAt ?? Number.POSITIVE_INFINITY);
  }

  /** How long the oldest command without a reply has been on its way, ms. */
  get oldestPendingAge(): number {
    return this.setup.internals.clock.now() - (this.#inFlight.peek()?.writtenAt ?? Number.NEGATIVE_INFINITY);
  }

  /** The time of the clock that requests are written by, ms. */
  now(): number {
    return this.setup.internals.clock.now();
  }

  /** Whether a call has ended here without its reply. */
  get isOverdue(): boolean {
    return this.#inFlight.abandoned > 0;
  }

  /** Whether anything may be written now. */
  get mayWrite(): boolean {
    if (this.#state === 'connecting' || this.#state === 'closed') return false;
    return !this.#prober.isAwaited && !this.#reading.isPaused;
  }

  /** Probes before something is written, when the process was asleep. Returns whether it did. */
  probeAfterSleep(): boolean {
    if (!this.isOpen || !this.#liveness.slept || !this.#prober.isSafe) return false;
    this.probeFirst();
    return true;
  }

  /** The process was asleep: nothing else is sent before the server has shown that it still knows this connection. */
  probeFirst(): void {
    if (this.#prober.probeFirst()) this.#liveness.suspectWaking();
  }

  /** Takes a request; it is written with all others of this tick, as far as the window allows. */
  enqueue(request: Request): void {
    request.connection = this;
    if (this.#failure !== undefined) return this.owner.lost(this, this.#failure, [], [request]);
    this.#writer.push(request);
  }

  /** Writes now what waits, instead of at the end of the tick. */
  flush(): void {
    if (this.isOpen) this.#writer.flush();
  }

  /** Sends one command of the library's own (handshake, cleaning, probes). */
  sendInternal<T>(command: AnyCommand<T>, { timeout = INTERNAL_TIMEOUT, signal }: SendOptions = {}): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const request = pinnedRequest(command, command.bytes, this.setup.internals);
    const promise = request.promise<T>();
    if (this.setup.internals.open(request, this.isOpen ? timeout : 0, signal) === undefined) this.enqueue(request);
    return promise;
  }

  /** Resolves when nothing is unanswered or waiting (or the connection is over). */
  drained(): Promise<void> {
    return this.load === 0 || this.isClosed ? Promise.resolve() : this.#idle.wait();
  }

  /** A written request ended for its caller before its reply came: its place stays, its reply is discarded. */
  abandoned(): void {
    const excess = this.#inFlight.abandon();
    if (excess !== undefined) this.destroy(new ConnectionError(`Connection closed: ${excess}`));
    else if (this.#inFlight.peek()?.settled === true) this.#liveness.suspect();
  }

  /** From now on it gets nothing new; what it has is still answered. */
  drain(error: KvError): void {
    if (this.#drainCause !== undefined) return;
    this.#drainCause = error;
    if (this.#state !== 'ready') return;
    this.#become('draining');
    this.owner.draining(this, error);
  }

  /** Closes in order: what was read is answered, and what was written goes out. */
  end(error: KvError): void {
    this.#incoming.finish();
    this.#reading.finish();
    this.destroy(error, false);
  }

  /** Ends it now; what is unanswered goes back to the owner. */
  destroy(error: KvError, hard = true): void {
    if (this.isClosed) return;
    this.#become('closed');
    this.#failure = error;
    this.#liveness.stop();
    this.#reading.cancel();
    this.#opening.abort(error);
    if (hard) this.#reading.transport?.destroy();
    const written = this.#inFlight.drain().filter((request) => !request.settled);
    this.owner.lost(this, error, written, this.#writer.drain());
    this.#inFlight.dropMarks();
    this.#idle.wake();
    this.onClosed?.(error);
  }

  /** Stops reading, for streams whose reader is slow. Nothing can be told of the server meanwhile. */
  pause(): void {
    this.#reading.stop();
  }

  /** Lets bytes come again after {@link pause}. */
  resume(): void {
    if (this.isOpen) this.#liveness.start();
    this.#reading.start();
  }

  /** It has less to do: room for what waits at the owner, perhaps nothing left at all. */
  hasCapacityAgain(): void {
    if (this.isOpen && this.hasCapacity) this.owner.capacity(this);
    if (this.#idle.length > 0 && this.load === 0) this.#idle.wake();
  }

  /** Calls back when a read has answered all that is in flight now, or the connection is over and its requests have left. */
  afterInFlight(done: () => void, because?: Request): void {
    this.#inFlight.mark(done, because);
  }

  /** Requests that have no reply yet, abandoned ones included. */
  pending(): Request[] {
    return [...this.#inFlight.pending(), ...this.#writer.pending()];
  }

  /** Takes out waiting requests, which were not written. */
  takeUnsent(filter: (request: Request) => boolean): Request[] {
    return this.#writer.takeUnsent(filter);
  }

  /** See {@link ConnectionOwner.redirected}. */
  redirected(requests: readonly Request[], redirect: Redirect, error: KvError): boolean {
    return this.owner.redirected(requests, redirect, error, this);
  }

  /** Something came that answers no command. */
  pushed(raw: unknown): void {
    if (this.onPush !== undefined) this.onPush(raw);
    else this.setup.push?.(raw, this);
  }

  /** The only place where the state changes. */
  #become(to: ConnectionState): void {
    this.#state = transition(this.#state, to);
  }
}
