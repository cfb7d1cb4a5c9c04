import type { Signal } from '../abort-signal.ts';
import type { AnyCommand } from '../command/command.ts';
import { Flag } from '../command/command.ts';
import type { BatchKind, BatchOptions, Executor, SendOptions, Settled } from '../command/executor.ts';
import { isQuit, quitAnswer } from '../command/quit.ts';
import type { Connection } from '../connection/connection.ts';
import type { KvError } from '../errors.ts';
import { ArgumentError, ClosedError, ConnectionError } from '../errors.ts';
import { OpenBatches } from '../request/open-batches.ts';
import { pinnedRequest } from '../request/pinned-request.ts';
import { Batch, Request } from '../request/request.ts';
import type { RequestTracker } from '../request/request-tracker.ts';
import { Unit } from '../request/unit.ts';
import { clearTimeout, setTimeout } from '../timers.ts';
import type { BatchOperationTrace } from '../tracing/batch-trace.ts';
import type { RequestTrace } from '../tracing/command-trace.ts';
import { BlockingOrder, CANCEL_GRACE } from './blocking-order.ts';
import { cleanInTime, settledBy } from './cleaning.ts';

/** What every call needs that its own options leave out. */
export interface Defaults {
  readonly timeout: number;
  readonly retry: NonNullable<SendOptions['retry']>;
}

/** What can be said of a call that is a part of a greater one. */
export interface PartOptions extends SendOptions {
  /** The trace of the whole. Absent: the call has one of its own. */
  readonly trace?: RequestTrace | undefined;
}

/** What a lease needs of its client. */
export interface LeaseSetup {
  readonly tracker: RequestTracker;
  /** For what is no command of the user. */
  readonly internals: RequestTracker;
  readonly defaults: Defaults;
  /** What to use instead of a command that cannot be sent. */
  readonly alternative: (command: AnyCommand) => string;
  /** Why a command cannot run on the connection of this lease. Absent: it can. */
  readonly refusal?: ((command: AnyCommand) => KvError | undefined) | undefined;
}

/** Not even on a connection of one's own: they break the pairing of requests and replies, or end it. */
const MISPLACED = Flag.stream | Flag.subscription | Flag.forbidden | Flag.quit;

/**
 * Exclusive use of one connection. It is never moved: when the connection is lost, calls reject. Given back, the
 * connection is cleaned if its state was changed, and replaced if it cannot be cleaned.
 */
export class Lease implements Executor {
  readonly connection: Connection;
  /** Called once when the connection is over while it is in this use. */
  onClosed: ((error: KvError) => void) | undefined = undefined;
  /** What QUIT and END do. Absent: they are refused. */
  onQuit: (() => Promise<void>) | undefined = undefined;
  readonly #setup: LeaseSetup;
  #released: Promise<void> | undefined;
  readonly #order = new BlockingOrder((requests) => this.#forward(requests));
  #batches: OpenBatches | undefined;

  constructor(connection: Connection, setup: LeaseSetup) {
    this.connection = connection;
    this.#setup = setup;
    connection.onClosed = (error) => this.#connectionClosed(error);
  }

  /** Released, or its connection is over. */
  get closed(): boolean {
    return this.#released !== undefined || this.connection.isClosed;
  }

  /** Sends one command on this connection. */
  send<T>(command: AnyCommand<T>, options: PartOptions = {}): Promise<T> {
    if (this.onQuit !== undefined && isQuit(command)) return quitAnswer(this.onQuit());
    const request = this.#request(command, options);
    if (options.trace !== undefined) request.trace = options.trace;
    const promise = request.promise<T>();
    if (this.#open(request, options) === undefined) this.#order.enqueue([request]);
    return promise;
  }

  sendAll(commands: readonly AnyCommand[], options: BatchOptions = {}): Promise<Settled[]> {
    return sendBatch(
      commands.map((command) => this.#request(command, options)),
      options,
      this.#setup.tracker,
      (member) => this.#open(member, options),
      (members) => {
        for (const member of members) this.#order.enqueue([member]);
      },
    );
  }

  collect(name: string, fail: (error: Error) => void, options: SendOptions = {}): () => void {
    this.#batches ??= new OpenBatches(this.#setup.internals);
    const end = this.#batches.add(name, fail, options.timeout ?? this.#setup.defaults.timeout, options.signal);
    if (this.closed) this.#failBatches();
    return end;
  }

  #failBatches(): void {
    this.#batches?.fail((label) => this.#closedError(label));
  }

  #connectionClosed(error: KvError): void {
    this.#failBatches();
    this.onClosed?.(error);
  }

  /** Sends a command that answers with frames, and waits as long as it takes. Used by {@link FrameStream}. */
  start<T>(command: AnyCommand<T>, signal: Signal | undefined): Promise<T> {
    const request = this.#request(command, {});
    const promise = request.promise<T>();
    if (this.#setup.tracker.open(request, 0, signal) === undefined) this.connection.enqueue(request);
    return promise;
  }

  /**
   * Gives the connection back. May be called without waiting: it never rejects. Resolves when it is in the pool again, but
   * does not wait for a server that is late: where a call of this lease has ended without its reply it resolves at once,
   * otherwise after the default deadline at the latest. The rest goes on behind it.
   */
  release(): Promise<void> {
    if (this.#released === undefined) {
      this.#released = this.#isIdle ? Promise.resolve(this.#handBack()) : this.#inTime(this.#giveBack());
      this.#failBatches();
    }
    return this.#released;
  }

  #inTime(givenBack: Promise<void>): Promise<void> {
    const { timeout } = this.#setup.defaults;
    if (this.connection.isOverdue) return Promise.resolve();
    return settledBy(givenBack, timeout);
  }

  /**
   * Brings the state of the connection back to what it was when it was made. Where that fails half-way or in time the
   * connection is ended, because its state is not known.
   */
  async reset({ timeout = this.#setup.defaults.timeout, signal }: SendOptions = {}): Promise<void> {
    if (this.closed) throw new ClosedError('reset: the lease was released or its connection was lost');
    const { wire } = this.connection;
    if (wire.clean === undefined) throw new ArgumentError('reset: this protocol has no state that could be reset');
    await cleanInTime(this.connection, wire.clean.bind(wire), timeout, signal);
  }

  /** Ends the connection instead of giving it back. */
  destroy(error: KvError = new ClosedError('The lease was closed')): void {
    this.connection.destroy(error);
    void this.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  /** Whether nothing is under way and nothing is to be cleaned. */
  get #isIdle(): boolean {
    const { load, wire } = this.connection;
    const { held, size, cancelling } = this.#order;
    return load + held.length + size === 0 && cancelling === undefined && !wire.dirty;
  }

  async #giveBack(): Promise<void> {
    const { connection } = this;
    if (this.#order.size > 0)
      connection.destroy(new ClosedError('The lease was released while a blocking command was under way'));
    await this.#order.cancelling;
    await connection.drained();
    if (connection.wire.dirty && !connection.isClosed) await this.#clean();
    this.#handBack();
  }

  #handBack(): void {
    const { connection } = this;
    connection.onPush = undefined;
    connection.onClosed = undefined;
    connection.owner.release(connection);
  }

  async #clean(): Promise<void> {
    const { connection } = this;
    const unclean = new ClosedError('The connection was used and could not be cleaned');
    const timer = setTimeout(() => connection.destroy(unclean), connection.owner.options.connectTimeout);
    try {
      if (connection.wire.clean === undefined) throw unclean;
      await connection.wire.clean((command, options) => connection.sendInternal(command, options));
    } catch {
      connection.destroy(unclean);
    } finally {
      clearTimeout(timer);
    }
  }

  #request(command: AnyCommand, options: SendOptions): Request {
    const bytes = command.bytes || options.bytes === true;
    return pinnedRequest(command, bytes, this.#setup.tracker);
  }

  /** Enters the request; one that cannot be taken has failed with what is returned. */
  #open(request: Request, options: SendOptions): KvError | undefined {
    if (this.closed) {
      const error = this.#closedError(request.command);
      request.fail(error);
      return error;
    }
    if ((request.command.flags & MISPLACED) !== 0) {
      const error = new ArgumentError(
        `${request.command.spec.name}: not allowed on this connection; ${this.#setup.alternative(request.command)}`,
        { command: request.command.spec.name },
      );
      request.fail(error);
      return error;
    }
    const refusal = this.#setup.refusal?.(request.command);
    if (refusal !== undefined) {
      request.fail(refusal);
      return refusal;
    }
    const blocking = (request.command.flags & Flag.blocking) !== 0 && request.unit === null; // nothing blocks in a unit
    const timeout = blocking
      ? blockingTimeout(request.command, options)
      : (options.timeout ?? this.#setup.defaults.timeout);
    const refused = this.#setup.tracker.open(request, timeout, options.signal);
    if (refused === undefined && blocking) this.#order.track(request);
    return refused;
  }

  /** What was held back goes after the blocking command before it has ended, perhaps with its connection. */
  #forward(requests: readonly Request[]): void {
    const { connection } = this;
    for (const request of requests) {
      if (request.attempts === 0 && connection.isClosed) request.fail(this.#closedError(request.command));
      else connection.enqueue(request);
    }
  }

  /** Asks the server to end the blocking commands of this lease; what it answers decides. */
  cancelBlocking(error: (command: AnyCommand) => KvError): void {
    this.#order.cancelAll(error);
  }

  #closedError(command: AnyCommand): KvError {
    const { name } = command.spec;
    if (this.#released !== undefined) return new ClosedError(`${name}: the lease was released`, { command: name });
    if (this.connection.failure?.code === 'CLOSED')
      return new ClosedError(`${name}: the connection is closed`, { command: name });
    return new ConnectionError(`${name}: the connection of this lease was lost`, { command: name });
  }
}

/** Opens requests as one batch and submits those that could be taken, if any. Resolves when all have ended. */
export function sendBatch(
  members: readonly Request[],
  { unit = false, kind }: BatchOptions,
  tracker: RequestTracker,
  open: (member: Request) => KvError | undefined,
  submit: (members: readonly Request[]) => void,
): Promise<Settled[]> {
  if (members.length === 0) return Promise.resolve([]);
  return new Promise((resolve) => {
    const trace = tracker.traceBatch(members, kind);
    const batch = new Batch(
      members.length,
      trace === undefined ? resolve : traced(trace, members, kind, resolve),
      kind,
    );
    for (let i = 0; i < members.length; i++) members[i]?.joins(batch, i);
    if (trace === undefined) openBatch(members, unit, open);
    else trace.within(() => openBatch(members, unit, open));
    const taken = members.filter(({ settled }) => !settled);
    if (taken.length > 0) submit(taken);
  });
}

/** Ends the trace of a batch before its caller hears of it. */
function traced(
  trace: BatchOperationTrace,
  members: readonly Request[],
  kind: BatchKind | undefined,
  done: (results: Settled[]) => void,
): (results: Settled[]) => void {
  return (results) => {
    trace.end(members, kind === undefined ? firstError(results) : kind.errorOf(results));
    done(results);
  };
}

function firstError(results: readonly Settled[]): Error | undefined {
  for (const result of results) if (!result.ok) return result.error;
  return undefined;
}

/** Opens the members of a batch; of a unit, all or none. */
function openBatch(members: readonly Request[], unit: boolean, open: (member: Request) => KvError | undefined): void {
  if (unit) Request.unite(members, new Unit(members));
  for (const member of members) {
    const refused = open(member);
    if (refused === undefined || !unit) continue;
    for (const other of members) other.fail(refused);
    return;
  }
}

/** Its own time and a second, unless the caller says otherwise; 0 stays without an end. */
function blockingTimeout(command: AnyCommand, options: SendOptions): number {
  if (options.timeout !== undefined) return options.timeout;
  return command.blockMs === 0 ? 0 : command.blockMs + CANCEL_GRACE;
}
