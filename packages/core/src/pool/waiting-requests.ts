import type { Request } from '../request/request.ts';
import { type QueueOwner, RequestQueue } from '../request/request-queue.ts';

/** The requests that wait for a connection of a pool, first in first out. */
export class WaitingRequests extends RequestQueue {
  /**
   * Refused by a draining connection: they go on together, in their order, when it has answered all it has. Until
   * then what was called later waits behind them. Made for the first of them.
   */
  #requeued: RequestQueue | undefined;
  readonly #pool: QueueOwner;

  /** @param pool when a requeued request ends while it waits, those behind them may go on */
  constructor(pool: QueueOwner) {
    super(pool);
    this.#pool = pool;
  }

  /** Whether requests wait for the draining connection. */
  get hasRequeued(): boolean {
    return this.#requeued !== undefined && this.#requeued.length > 0;
  }

  /** Takes one that a draining connection refused. */
  requeue(request: Request): void {
    this.#requeued ??= new RequestQueue(this.#pool);
    this.#requeued.push(request);
  }

  /** How many wait, requeued ones included. */
  get total(): number {
    return this.length + (this.#requeued?.length ?? 0);
  }

  /** The draining connection has answered all it had: requeued requests go on before all others. */
  handOver(): void {
    if (this.#requeued !== undefined) this.unshift(this.#requeued.drain());
  }

  /** Takes out what the filter wants, in the order of the calls. */
  takeAll(filter: (request: Request) => boolean): Request[] {
    return [...(this.#requeued?.take(filter) ?? []), ...this.take(filter)];
  }

  /** Those that have not ended, in the order of the calls. They stay. */
  liveAll(): Request[] {
    return [...(this.#requeued?.live() ?? []), ...this.live()];
  }

  /** Takes everything out, in the order of the calls. */
  drainAll(): Request[] {
    return [...(this.#requeued?.drain() ?? []), ...this.drain()];
  }
}
