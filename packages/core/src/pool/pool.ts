import type { Connection, ConnectionSetup } from '../connection/connection.ts';
import { ClosedError, type KvError } from '../errors.ts';
import { ended, survivors } from '../request/lost-requests.ts';
import type { Redirect } from '../request/redirect.ts';
import type { Request } from '../request/request.ts';
import type { QueueOwner } from '../request/request-queue.ts';
import { Connector, type ConnectorOwner, isFinal } from './connector.ts';
import { connectionsToOpen } from './growth.ts';
import { type ConnectionsOwner, PoolConnections } from './pool-connections.ts';
import type { PoolEvents, PoolOptions } from './pool-options.ts';
import { StartWaiters } from './start-waiters.ts';
import { WaitingRequests } from './waiting-requests.ts';

/**
 * Connections to one address, and the requests that wait for one.
 *
 * ```text
 *   submit ──► connection with the fewest requests and room in its window
 *      │  none: another connection is opened while there are fewer than maxSize
 *      └──► queue, first in first out ──► served when a connection is ready, has room or comes back from a lease
 * ```
 */
export class Pool implements ConnectorOwner, ConnectionsOwner, QueueOwner {
  readonly setup: ConnectionSetup;
  readonly options: PoolOptions;
  readonly #events: PoolEvents;
  readonly #queue: WaitingRequests = new WaitingRequests(this);
  readonly #connections: PoolConnections = new PoolConnections(this);
  #minSize = 0;
  readonly #connector: Connector;
  #closed: KvError | undefined;
  #retired: KvError | undefined;
  readonly #starting = new StartWaiters();

  constructor(setup: ConnectionSetup, options: PoolOptions, events: PoolEvents) {
    this.setup = setup;
    this.options = options;
    this.#events = events;
    this.#connector = new Connector(setup, options, this, events);
  }

  /** Connections, in whatever state. */
  get size(): number {
    return this.#connections.size + this.#connector.opening.size;
  }

  /** Connections that are ready and not leased. */
  get freeSize(): number {
    return this.#connections.ready.length;
  }

  /** Whether it has a connection that works. */
  get isReady(): boolean {
    return this.#connections.size > 0;
  }

  /** Requests that wait for a connection. */
  get waiting(): number {
    return this.#queue.total;
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
    return this.#connections.leased.size;
  }

  /** Why the last attempt to connect failed; `undefined` after a success. */
  get lastError(): KvError | undefined {
    return this.#connector.lastError;
  }

  /** Ready connections, for those who must speak to each (SELECT for all). */
  get ready(): readonly Connection[] {
    return this.#connections.ready;
  }

  /** Opens `minSize` connections and keeps them. Rejects with the cause when the first attempts fail. */
  start(): Promise<void> {
    this.#minSize = this.options.minSize;
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (this.#connections.size >= this.#minSize) return Promise.resolve();
    const ready = this.#starting.add();
    this.#grow();
    return ready;
  }

  /** Gives a request to a ready connection, or keeps it until there is one. */
  submit(request: Request): void {
    if (this.waiting === 0 && request.exclusive === null) {
      const connection = this.#connections.pick();
      if (connection !== undefined) {
        if (connection.load >= this.options.growThreshold) this.#growUnderLoad();
        return connection.enqueue(request);
      }
    }
    this.#enqueue([request]);
  }

  /** The same for requests that must stay together on one connection. */
  submitUnit(members: readonly Request[]): void {
    const connection = this.waiting === 0 ? this.#connections.pick() : undefined;
    if (connection === undefined) return this.#enqueue(members);
    if (connection.load >= this.options.growThreshold) this.#growUnderLoad();
    for (const member of members) connection.enqueue(member);
  }

  /** Brings a leased connection back; it must be clean and idle, or closed. */
  release(connection: Connection): void {
    if (connection.drainCause !== undefined) connection.end(connection.drainCause);
    if (!this.#connections.checkIn(connection)) return;
    if (!connection.isClosed) this.#serve();
    this.changed();
  }

  /** Closes the connections that are ready and not leased; commands that they have are still answered. */
  clear(): void {
    const error = new ClosedError('The pool was cleared');
    this.#connections.retireReady(error);
    this.#connector.wait();
    this.changed();
  }

  /** Replaces all connections: what they have is answered, and new ones are opened now, without a wait after failures. */
  reconnect(): void {
    if (this.#closed !== undefined || this.#retired !== undefined) return;
    const error = new ClosedError('The connection was replaced');
    this.#connector.restart();
    this.#connections.retireAll(error);
    this.#grow();
    this.changed();
  }

  handOver(): void {
    this.#queue.handOver();
    this.#serve();
    this.#grow();
  }

  /** Takes out requests that were not written, in the order of their calls, for another server. */
  takeUnsent(filter: (request: Request) => boolean): Request[] {
    return [...this.#connections.takeUnsent(filter), ...this.#queue.takeAll(filter)];
  }

  /** Requests that have no reply yet, abandoned ones included. */
  pending(): Request[] {
    return [...this.#connections.pending(), ...this.#queue.liveAll()];
  }

  /** Its server is not used any more: gives out no connection, ends each one when it has answered what it has. */
  retire(error: KvError): void {
    this.#minSize = 0;
    this.#retired = error;
    this.#connector.stop();
    for (const connection of this.#connector.opening.keys()) connection.destroy(error);
    this.#connections.retireAll(error);
    this.dismiss(error);
    this.changed(error);
  }

  /** Ends its connections: what they have not answered goes on as after any loss. To be called when it was retired. */
  abandon(error: KvError): void {
    const { leased, retiring } = this.#connections;
    for (const connection of [...leased, ...retiring]) connection.end(error);
  }

  /** Ends the requests that wait for a connection; those that have one go on. */
  dismiss(error: KvError): void {
    for (const request of this.#queue.drainAll()) request.fail(ended(request, error, 'notSent'));
  }

  /** Ends everything at once: waiting requests and connections. */
  close(error: KvError): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    this.#connector.stop();
    this.dismiss(error);
    for (const connection of [...this.#connections.all, ...this.#connector.opening.keys()]) connection.end(error);
    this.#starting.failed(error);
  }

  endedWaiting(): void {
    if (this.#queue.length > 0) this.#serve();
  }

  capacity(connection: Connection): void {
    this.#connections.capacity(connection);
    if (this.#queue.length > 0) this.#serve();
  }

  /** It answers what it has; a leased one goes when it comes back. */
  draining(connection: Connection, error: KvError): void {
    if (!this.#connections.retire(connection, error)) return;
    this.#connector.tell('lost', error);
    this.#connector.lost(connection, error);
    this.#giveUpIfTold(error);
    this.changed(error);
  }

  /** It did not run, so it counts as not sent. It goes on when the draining connection has answered all it has. */
  requeued(request: Request): void {
    request.attempts--;
    request.tracker.requeued(request);
    if (this.#closed !== undefined) request.fail(ended(request, this.#closed, 'notSent'));
    else this.#queue.requeue(request);
  }

  redirected(requests: readonly Request[], redirect: Redirect, error: KvError, connection: Connection): boolean {
    return this.#events.redirected?.(requests, redirect, error, connection) === true;
  }

  lost(connection: Connection, error: KvError, written: Request[], waiting: Request[]): void {
    const wasReplaced = this.#connections.retiring.has(connection) && connection.drainCause?.code === 'CLOSED';
    const wasInUse = this.#connections.forget(connection);
    this.#connector.forget(connection);
    if (wasInUse || wasReplaced) this.#connector.tell(error.code === 'CLOSED' ? 'closed' : 'lost', error);
    const again = survivors(written, waiting, error, this.#closed);
    if (again.length > 0) this.#waitAgain(this.#events.requeue?.(again) ?? again);
    if (this.#closed !== undefined) return;
    if (!wasInUse) {
      if (again.length > 0) this.#grow();
      return;
    }
    if (error.code === 'CLOSED') this.#grow();
    else this.#connector.lost(connection, error);
    this.#giveUpIfTold(error);
    this.changed(error);
  }

  #waitAgain(requests: readonly Request[]): void {
    if (this.#retired !== undefined) return this.#enqueue(requests);
    this.#queue.unshift(requests);
    this.#serve();
  }

  #enqueue(requests: readonly Request[]): void {
    const refusal = this.#closed ?? this.#retired ?? this.#connector.recentRefusal;
    for (const request of requests) {
      if (refusal !== undefined) request.fail(ended(request, refusal, 'notSent'));
      else this.#queue.push(request);
      request.cause = this.#connections.ready.length === 0 ? this.#connector.lastError : undefined;
    }
    if (refusal !== undefined) return;
    this.#minSize = this.options.minSize;
    this.#serve();
    this.#grow();
    if (this.#connector.isWaiting) this.changed();
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
        const connection = this.#connections.checkOut();
        if (connection === undefined) return;
        this.#queue.shift();
        next.connection = connection;
        next.succeed(connection);
        continue;
      }
      const connection = this.#queue.hasRequeued ? undefined : this.#connections.pick();
      if (connection === undefined) return;
      for (let i = next.unit?.members.length ?? 1; i > 0; i--) connection.enqueue(this.#queue.shift() as Request);
    }
  }

  /** Opens as many connections as the queue and `minSize` ask for. */
  #grow(): void {
    if (this.#closed !== undefined || this.#retired !== undefined || this.#connector.isWaiting) return;
    if (this.size >= this.options.maxSize) return;
    const count = connectionsToOpen({
      waiting: this.#queue,
      window: this.setup.protocol.window.commands,
      minSize: this.#minSize,
      maxSize: this.options.maxSize,
      size: this.#connections.size,
      opening: this.#connector.opening.size,
      isAway: this.#connector.lastError !== undefined,
    });
    if (count > 0) this.#connector.open(count);
  }

  opened(connection: Connection): void {
    this.#connections.add(connection);
    if (connection.drainCause !== undefined) this.draining(connection, connection.drainCause);
    this.#serve();
    this.#grow();
    this.changed();
    if (this.#connections.size >= this.#minSize) this.#starting.ready();
  }

  notOpened(connection: Connection, error: KvError): void {
    this.#connector.forget(connection);
    if (this.#closed !== undefined) return;
    this.#connector.failed(error);
    this.#starting.failed(error);
    if (isFinal(error) && !this.isReady) this.#giveUp(error);
    else this.#queue.setWaitCause(error);
    this.#giveUpIfTold(error);
    this.changed(error);
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
    const waiting = this.#queue.drainAll();
    if (waiting.length === 0) return;
    for (const request of this.#events.requeue?.(waiting) ?? waiting) request.fail(ended(request, error, 'notSent'));
  }

  /** The next attempt to connect may begin. */
  due(): void {
    this.#grow();
    this.changed();
  }

  changed(cause?: KvError): void {
    this.#events.changed(cause);
  }
}
