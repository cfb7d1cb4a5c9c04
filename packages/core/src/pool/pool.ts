import type { Connection, ConnectionOwner, ConnectionSetup } from '../connection/connection.ts';
import type { KvError } from '../errors.ts';
import { ClosedError } from '../errors.ts';
import { ended, mayRepeat } from '../request/lost-requests.ts';
import type { Redirect } from '../request/redirect.ts';
import type { Request } from '../request/request.ts';
import { RequestQueue } from '../request/request-queue.ts';
import type { PoolEvent } from './connection-event.ts';
import { Connector, type ConnectorOptions, isFinal } from './connector.ts';

/** How a pool behaves. */
export interface PoolOptions extends ConnectorOptions {
  /** Connections that are kept once the pool was used or started. */
  readonly minSize: number;
  readonly maxSize: number;
  /**
   * Whether a server that refused the login is tried again without a call that asks for it, as one that is away. Default
   * false.
   */
  readonly retriesLogin?: boolean | undefined;
  /** A further connection is opened, one at a time, when a call finds even the least loaded one with this many requests. */
  readonly growThreshold: number;
}

/** What a pool tells its client. */
export interface PoolEvents {
  /**
   * Requests that lost their connection, or get none because the login was refused, and may be written (again), in order.
   * Returns those that belong to this pool. Absent: all do.
   */
  requeue?: ((requests: readonly Request[]) => readonly Request[]) | undefined;
  /** See {@link ConnectionOwner.redirected}. Absent: a refusal always reaches its caller. */
  redirected?: ConnectionOwner['redirected'] | undefined;
  /** The set of ready connections, or the will to make some, has changed. */
  changed(pool: Pool, cause: KvError | undefined): void;
  /** Something happened to a connection. Absent: nobody is told. */
  told?(event: PoolEvent): void;
}

/**
 * Connections to one address, and the requests that wait for one.
 *
 * ```text
 *   submit ──► connection with the fewest requests and room in its window
 *      │  none: another connection is opened while there are fewer than maxSize
 *      └──► queue, first in first out ──► served when a connection is ready, has room or comes back from a lease
 * ```
 */
export class Pool implements ConnectionOwner {
  readonly setup: ConnectionSetup;
  readonly options: PoolOptions;
  readonly #events: PoolEvents;
  readonly #queue: RequestQueue = new RequestQueue(undefined, () => this.attempt);
  /** Ready and not leased. */
  readonly #ready: Connection[] = [];
  /** The last one that had room again: with many connections of a small window, the search mostly ends here. */
  #idle: Connection | undefined;
  readonly #leased = new Set<Connection>();
  /** They still answer what they have, and get nothing new. */
  readonly #retiring = new Set<Connection>();
  /**
   * Refused by a draining connection: they go on together, in their order, when it has answered all it has. Until
   * then what was called later waits behind them.
   */
  readonly #requeued: RequestQueue = new RequestQueue(
    () => this.#serve(),
    () => this.attempt,
  );
  #minSize: number;
  readonly #connector: Connector;
  #closed: KvError | undefined;
  #retired: KvError | undefined;
  #starting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  constructor(setup: ConnectionSetup, options: PoolOptions, events: PoolEvents) {
    this.setup = setup;
    this.options = options;
    this.#events = events;
    this.#minSize = 0;
    this.#connector = new Connector(setup, options, this, {
      changed: () => this.#changed(),
      opened: (connection) => this.#opened(connection),
      notOpened: (connection, error) => this.#notOpened(connection, error),
      due: () => {
        this.#grow();
        this.#changed();
      },
      told: (event) => events.told?.(event),
    });
  }

  /** Connections, in whatever state. */
  get size(): number {
    return this.#ready.length + this.#connector.opening.size + this.#leased.size;
  }

  /** Connections that are ready and not leased. */
  get freeSize(): number {
    return this.#ready.length;
  }

  /** Whether it has a connection that works. */
  get isReady(): boolean {
    return this.#ready.length + this.#leased.size > 0;
  }

  /** Requests that wait for a connection. */
  get waiting(): number {
    return this.#queue.length + this.#requeued.length;
  }

  /** Whether it waits between two attempts to connect. */
  get isBackingOff(): boolean {
    return this.#connector.isWaiting && (this.#queue.length > 0 || this.size < this.#minSize);
  }

  /** Whether a connection is being made. */
  get isOpening(): boolean {
    return this.#connector.opening.size > 0;
  }

  /** See {@link Connector.attempt}. */
  get attempt(): string | undefined {
    return this.#connector.attempt;
  }

  /** Connections in somebody's exclusive use. */
  get leasedSize(): number {
    return this.#leased.size;
  }

  /** Why the last attempt to connect failed; `undefined` after a success. */
  get lastError(): KvError | undefined {
    return this.#connector.lastError;
  }

  /** Ready connections, for those who must speak to each (SELECT for all). */
  get ready(): readonly Connection[] {
    return this.#ready;
  }

  /** Opens `minSize` connections and keeps them. Rejects with the cause when the first attempts fail. */
  start(): Promise<void> {
    this.#minSize = this.options.minSize;
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (this.#ready.length + this.#leased.size >= this.#minSize) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#starting.push({ resolve, reject });
      this.#grow();
    });
  }

  /** Gives a request to a ready connection, or keeps it until there is one. */
  submit(request: Request): void {
    if (this.waiting === 0 && request.exclusive === null) {
      const connection = this.#pick();
      if (connection !== undefined) {
        if (connection.load >= this.options.growThreshold) this.#growUnderLoad();
        return connection.enqueue(request);
      }
    }
    this.#enqueue([request]);
  }

  /** The same for requests that must stay together on one connection. */
  submitUnit(members: readonly Request[]): void {
    const connection = this.waiting === 0 ? this.#pick() : undefined;
    if (connection === undefined) return this.#enqueue(members);
    if (connection.load >= this.options.growThreshold) this.#growUnderLoad();
    for (const member of members) connection.enqueue(member);
  }

  /** Brings a leased connection back; it must be clean and idle, or closed. */
  release(connection: Connection): void {
    if (connection.drainCause !== undefined) connection.end(connection.drainCause);
    if (!this.#leased.delete(connection)) return;
    connection.leased = false;
    if (connection.isClosed) return this.#changed();
    this.#ready.push(connection);
    this.#serve();
    this.#changed();
  }

  /** Closes the connections that are ready and not leased; commands that they have are still answered. */
  clear(): void {
    const error = new ClosedError('The pool was cleared');
    this.#idle = undefined;
    for (const connection of this.#ready.splice(0)) this.#retire(connection, error);
    this.#connector.wait();
    this.#changed();
  }

  /**
   * Replaces all connections: what they have is still answered, and new ones are opened now, without the wait after
   * failures.
   */
  reconnect(): void {
    if (this.#closed !== undefined || this.#retired !== undefined) return;
    const error = new ClosedError('The connection was replaced');
    this.#idle = undefined;
    this.#connector.restart();
    for (const connection of this.#ready.splice(0)) this.#retire(connection, error);
    for (const connection of this.#leased) connection.drain(error);
    this.#grow();
    this.#changed();
  }

  #retire(connection: Connection, error: KvError): void {
    this.#retiring.add(connection);
    connection.drain(error);
    if (connection.load === 0) connection.end(error);
    else {
      void connection.drained().then(() => {
        connection.end(error);
        this.#handOver();
      });
    }
  }

  #handOver(): void {
    this.#queue.unshift(this.#requeued.drain());
    this.#serve();
    this.#grow();
  }

  /** Takes out requests that were not written, in the order of their calls, for another server. */
  takeUnsent(filter: (request: Request) => boolean): Request[] {
    const connections = [...this.#retiring, ...this.#ready];
    const taken = connections.flatMap((connection) => connection.takeUnsent(filter));
    for (const request of taken) request.connection = null;
    return [...taken, ...this.#requeued.take(filter), ...this.#queue.take(filter)];
  }

  /** Its server is not used any more: gives out no connection, ends each one when it has answered what it has. */
  retire(error: KvError): void {
    this.#minSize = 0;
    this.#retired = error;
    this.#idle = undefined;
    this.#connector.stop();
    for (const connection of this.#connector.opening.keys()) connection.destroy(error);
    for (const connection of this.#ready.splice(0)) this.#retire(connection, error);
    for (const connection of this.#leased) connection.drain(error);
    this.dismiss(error);
    this.#changed(error);
  }

  /** Ends its connections: what they have not answered goes on as after any loss. To be called when it was retired. */
  abandon(error: KvError): void {
    for (const connection of [...this.#leased, ...this.#retiring]) connection.end(error);
  }

  /** Ends the requests that wait for a connection; those that have one go on. */
  dismiss(error: KvError): void {
    for (const request of this.#drain()) request.fail(ended(request, error, 'notSent'));
  }

  #drain(): Request[] {
    return [...this.#requeued.drain(), ...this.#queue.drain()];
  }

  /** Ends everything at once: waiting requests and connections. */
  close(error: KvError): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    this.#connector.stop();
    this.dismiss(error);
    const connections = [...this.#ready, ...this.#connector.opening.keys(), ...this.#leased, ...this.#retiring];
    for (const connection of connections) connection.end(error);
    for (const { reject } of this.#starting.splice(0)) reject(error);
  }

  // -- what its connections say

  capacity(connection: Connection): void {
    if (this.#retiring.size === 0) this.#idle = connection;
    if (this.#queue.length > 0) this.#serve();
  }

  /** It answers what it has; a leased one goes when it comes back. */
  draining(connection: Connection, error: KvError): void {
    const index = this.#ready.indexOf(connection);
    if (index < 0) return;
    this.#ready.splice(index, 1);
    if (this.#idle === connection) this.#idle = undefined;
    this.#retire(connection, error);
    this.#connector.tell('lost', error);
    this.#connector.lost(connection, error);
    this.#giveUpIfTold(error);
    this.#changed(error);
  }

  /** It did not run, so it counts as not sent. It goes on when the draining connection has answered all it has. */
  requeued(request: Request): void {
    request.attempts--;
    request.tracker.requeued(request);
    if (this.#closed !== undefined) request.fail(ended(request, this.#closed, 'notSent'));
    else this.#requeued.push(request);
  }

  redirected(requests: readonly Request[], redirect: Redirect, error: KvError, connection: Connection): boolean {
    return this.#events.redirected?.(requests, redirect, error, connection) === true;
  }

  lost(connection: Connection, error: KvError, written: Request[], waiting: Request[]): void {
    const wasReplaced = this.#retiring.has(connection) && connection.drainCause?.code === 'CLOSED';
    const wasInUse = this.#forget(connection);
    if (wasInUse || wasReplaced) this.#connector.tell(error.code === 'CLOSED' ? 'closed' : 'lost', error);
    const again: Request[] = [];
    for (const request of written) this.#lostWritten(request, error, again);
    for (const request of waiting) {
      if (request.pinned || this.#closed !== undefined) request.fail(ended(request, this.#closed ?? error, 'notSent'));
      else {
        request.connection = null;
        again.push(request);
      }
    }
    if (again.length > 0) this.#waitAgain(this.#events.requeue?.(again) ?? again);
    if (this.#closed !== undefined) return;
    if (!wasInUse) {
      if (again.length > 0) this.#grow();
      return;
    }
    if (error.code === 'CLOSED') this.#grow();
    else this.#connector.lost(connection, error);
    this.#giveUpIfTold(error);
    this.#changed(error);
  }

  #waitAgain(requests: readonly Request[]): void {
    if (this.#retired !== undefined) return this.#enqueue(requests);
    this.#queue.unshift(requests);
    this.#serve();
  }

  #lostWritten(request: Request, error: KvError, again: Request[]): void {
    if (request.settled || request.connection === null) return; // it went with the rest of its unit
    const members = request.unit?.members ?? [request];
    if (this.#closed !== undefined || !mayRepeat(request)) {
      for (const member of members) member.fail(ended(member, this.#closed ?? error, 'unknown'));
      return;
    }
    request.unit?.restart();
    for (const member of members) {
      member.tracker.requeued(member);
      again.push(member);
    }
  }

  // -- inside

  #enqueue(requests: readonly Request[]): void {
    const refusal = this.#closed ?? this.#retired ?? this.#connector.recentRefusal;
    for (const request of requests) {
      if (refusal !== undefined) request.fail(ended(request, refusal, 'notSent'));
      else this.#queue.push(request);
      request.cause = this.#ready.length === 0 ? this.#connector.lastError : undefined;
    }
    if (refusal !== undefined) return;
    this.#minSize = this.options.minSize;
    this.#serve();
    this.#grow();
    if (this.#connector.isWaiting) this.#changed();
  }

  /** The ready connection with the fewest requests and room for one more. */
  #pick(): Connection | undefined {
    const ready = this.#ready;
    const idle = this.#idle;
    if (idle?.load === 0 && idle.state === 'ready' && !idle.leased) return idle;
    let best = ready[0];
    if (best === undefined) return undefined;
    for (let i = 1; i < ready.length && best.load > 0; i++) {
      const other = ready[i] as Connection;
      if (other.load < best.load) best = other;
    }
    return best.hasCapacity ? best : undefined;
  }

  /** Even the least busy one is busy: those who come later find one more. One at a time, or a burst would open all. */
  #growUnderLoad(): void {
    if (this.#connector.opening.size === 0 && !this.#connector.isWaiting && this.size < this.options.maxSize)
      this.#connector.open(1);
  }

  /** Gives out what waits, as far as there is room, in order. */
  #serve(): void {
    for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
      if (next.exclusive !== null) {
        const index = this.#ready.findIndex((connection) => connection.load === 0);
        if (index < 0) return;
        this.#queue.shift();
        this.#checkOut(next, index);
        continue;
      }
      const connection = this.#requeued.length === 0 ? this.#pick() : undefined;
      if (connection === undefined) return;
      for (let i = next.unit?.members.length ?? 1; i > 0; i--) connection.enqueue(this.#queue.shift() as Request);
    }
  }

  #checkOut(request: Request, index: number): void {
    const [connection] = this.#ready.splice(index, 1) as [Connection];
    connection.leased = true;
    this.#leased.add(connection);
    request.connection = connection;
    request.succeed(connection);
  }

  /** How many connections what waits would fill. */
  get #missing(): number {
    const { length, exclusive } = this.#queue;
    if (length === exclusive) return exclusive;
    return exclusive + Math.max(Math.ceil((length - exclusive) / this.setup.protocol.window.commands), 1);
  }

  /** Opens as many connections as the queue and `minSize` ask for; while the server is away one, which shows the way. */
  #grow(): void {
    if (this.#closed !== undefined || this.#retired !== undefined || this.#connector.isWaiting) return;
    const there = this.#ready.length + this.#leased.size;
    const wanted = Math.max(this.#missing, this.#minSize - there);
    const most =
      this.#connector.lastError !== undefined && there === 0
        ? 1 - this.#connector.opening.size
        : Number.POSITIVE_INFINITY;
    const capacity = Math.min(this.options.maxSize - this.size, most);
    const count = Math.min(wanted - this.#connector.opening.size, capacity);
    if (count > 0) this.#connector.open(count);
  }

  #opened(connection: Connection): void {
    this.#ready.push(connection);
    if (connection.drainCause !== undefined) this.draining(connection, connection.drainCause);
    this.#serve();
    this.#grow();
    this.#changed();
    if (this.#ready.length + this.#leased.size < this.#minSize) return;
    for (const { resolve } of this.#starting.splice(0)) resolve();
  }

  #notOpened(connection: Connection, error: KvError): void {
    this.#forget(connection);
    if (this.#closed !== undefined) return;
    this.#connector.failed(error);
    for (const { reject } of this.#starting.splice(0)) reject(error);
    if (isFinal(error) && !this.isReady) this.#giveUp(error);
    else this.#queue.setWaitCause(error);
    this.#giveUpIfTold(error);
    this.#changed(error);
  }

  /** The user wants no further attempt: waiting requests end, and the next call begins again. */
  #giveUpIfTold(error: KvError): void {
    if (!this.#connector.hasGivenUp || this.isReady) return;
    this.#minSize = 0;
    this.dismiss(error);
  }

  /** The next attempt would end in the same way: requests that no other server takes end; a call after the wait tries again. */
  #giveUp(error: KvError): void {
    if (this.options.retriesLogin !== true) this.#minSize = 0;
    this.#connector.refused(error);
    const waiting = this.#drain();
    if (waiting.length === 0) return;
    for (const request of this.#events.requeue?.(waiting) ?? waiting) request.fail(ended(request, error, 'notSent'));
  }

  /** Returns whether it was ready or leased. */
  #forget(connection: Connection): boolean {
    if (this.#idle === connection) this.#idle = undefined;
    this.#connector.forget(connection);
    this.#retiring.delete(connection);
    const index = this.#ready.indexOf(connection);
    if (index >= 0) this.#ready.splice(index, 1);
    return this.#leased.delete(connection) || index >= 0;
  }

  #changed(cause?: KvError): void {
    this.#events.changed(this, cause);
  }
}
