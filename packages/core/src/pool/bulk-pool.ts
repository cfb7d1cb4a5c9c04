import type { Connection } from '../connection/connection.ts';
import type { KvError } from '../errors.ts';
import { isMarkedBulk } from '../request/bulk-requests.ts';
import { ended } from '../request/lost-requests.ts';
import type { Request } from '../request/request.ts';
import { BulkOrder } from './bulk-order.ts';
import type { ConnectionPool } from './keyed-pool.ts';
import type { PoolEvents, PoolOptions } from './pool-options.ts';

/** What the request tracker adds to the length of the arguments. */
const SIZE_OF_COMMAND = 64;

/** The pool of the other connection. */
export interface BulkConnections {
  /** Makes it when it is first asked for, with {@link BulkPool.watched}. */
  use(): ConnectionPool;
  /** `undefined`: no large call has asked for it. */
  find(): ConnectionPool | undefined;
}

/**
 * The shared connections of a client that sends large calls on another one. A server answers in order, so a small call
 * would wait for every large one before it on its connection. Which calls are large: those whose arguments have more
 * than so many bytes, those whose callers say so, and, while such a call is under way, the others on its keys.
 */
export class BulkPool implements ConnectionPool {
  readonly #main: ConnectionPool;
  readonly #bulk: BulkConnections;
  readonly #above: number;
  readonly #order: BulkOrder;

  /**
   * @param makeMain makes the pool that takes everything else; its state is that of this pool
   * @param bulk closed with the other pools of its endpoint
   * @param above bytes
   */
  constructor(
    makeMain: (watched: (events: PoolEvents) => PoolEvents) => ConnectionPool,
    bulk: BulkConnections,
    above: number,
  ) {
    this.#bulk = bulk;
    this.#above = above;
    this.#main = makeMain((events) => this.watched(events));
    this.#order = new BulkOrder({
      pending: () => this.#main.pending(),
      pendingBulk: () => this.#bulk.find()?.pending() ?? [],
      forward: (requests) => this.#forward(requests),
      giveBack: (request) => this.#main.submit(request),
      attempt: () => this.#main.attempt ?? 'waiting for earlier calls on its keys or another large call',
    });
  }

  /** The pool for what depends on no earlier call: nothing is held back there. */
  get control(): ConnectionPool {
    return this.#main;
  }

  get options(): PoolOptions {
    return this.#main.options;
  }

  get size(): number {
    return this.#main.size;
  }

  get freeSize(): number {
    return this.#main.freeSize;
  }

  get leasedSize(): number {
    return this.#main.leasedSize;
  }

  get waiting(): number {
    return this.#main.waiting + this.#order.held.length;
  }

  /** Those for bulk, too. */
  get ready(): readonly Connection[] {
    return [...this.#main.ready, ...(this.#bulk.find()?.ready ?? [])];
  }

  get isReady(): boolean {
    return this.#main.isReady;
  }

  get isOpening(): boolean {
    return this.#main.isOpening;
  }

  get isBackingOff(): boolean {
    return this.#main.isBackingOff;
  }

  get attempt(): string | undefined {
    return this.#main.attempt;
  }

  get lastError(): KvError | undefined {
    return this.#main.lastError;
  }

  start(): Promise<void> {
    return this.#main.start();
  }

  submit(request: Request): void {
    if (request.exclusive !== null) return this.#main.submit(request);
    const isLarge = this.#isLarge(request);
    if (isLarge || this.#order.follows(request)) this.#order.enqueue([request], isLarge);
    else this.#main.submit(request);
  }

  submitUnit(members: readonly Request[]): void {
    const length = members.reduce((sum, member) => sum + lengthOf(member), 0);
    const isLarge = length > this.#above || members.some(isMarkedBulk);
    if (isLarge || members.some((member) => this.#order.follows(member))) this.#order.enqueue(members, isLarge);
    else this.#main.submitUnit(members);
  }

  pending(): Request[] {
    return [...this.#main.pending(), ...(this.#bulk.find()?.pending() ?? []), ...this.#order.held.live()];
  }

  takeUnsent(filter: (request: Request) => boolean): Request[] {
    const { held } = this.#order;
    const bulk = this.#bulk.find()?.takeUnsent(filter) ?? [];
    const taken = [...this.#main.takeUnsent(filter), ...bulk, ...held.take(filter)];
    this.#order.leaving(taken).gone(taken);
    return taken;
  }

  /** The events of its two pools: requests that go to another server do not keep others waiting here. */
  watched(events: PoolEvents): PoolEvents {
    const requeue: PoolEvents['requeue'] = (requests) => {
      const leaving = this.#order.leaving(requests);
      const kept = events.requeue?.(requests) ?? requests;
      leaving.stay(kept);
      const stays = new Set(kept);
      leaving.gone(requests.filter((request) => !stays.has(request)));
      return kept;
    };
    const redirected: PoolEvents['redirected'] = (requests, redirect, error, connection) => {
      const leaving = this.#order.leaving(requests);
      const taken = events.redirected?.(requests, redirect, error, connection) === true;
      if (taken) leaving.gone(requests);
      else leaving.stay(requests);
      return taken;
    };
    return {
      requeue,
      redirected,
      changed: (cause) => events.changed(cause),
      told: (event) => events.told?.(event),
    };
  }

  clear(): void {
    this.#main.clear();
  }

  reconnect(): void {
    this.#main.reconnect();
  }

  retire(error: KvError): void {
    this.#main.retire(error);
    this.#dismissHeld(error);
  }

  abandon(error: KvError): void {
    this.#main.abandon(error);
  }

  dismiss(error: KvError): void {
    this.#main.dismiss(error);
    this.#dismissHeld(error);
  }

  close(error: KvError): void {
    this.#main.close(error);
    this.#dismissHeld(error);
  }

  #isLarge(request: Request): boolean {
    return lengthOf(request) > this.#above || isMarkedBulk(request);
  }

  #forward(requests: readonly Request[]): void {
    const [request] = requests;
    if (request === undefined) return;
    if (request.unit === null) this.#bulk.use().submit(request);
    else this.#bulk.use().submitUnit(requests);
  }

  #dismissHeld(error: KvError): void {
    for (const request of this.#order.held.drain()) request.fail(ended(request, error, 'notSent'));
  }
}

/** Of its arguments: bytes, or characters of text. */
function lengthOf(request: Request): number {
  return request.size - SIZE_OF_COMMAND;
}
