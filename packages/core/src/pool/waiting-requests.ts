import type { Request } from '../request/request.ts';
import { RequestQueue } from '../request/request-queue.ts';

/** The requests that wait for a connection of a pool, first in first out. */
export class WaitingRequests extends RequestQueue {
  /**
   * Refused by a draining connection: they go on together, in their order, when it has answered all it has. Until
   * then what was called later waits behind them.
   */
  readonly requeued: RequestQueue;

  /**
   * @param serve called when a requeued request ended while it waited: those behind them may go on
   * @param attempt what is being done to get a connection for those who wait
   */
  constructor(serve: () => void, attempt: () => string | undefined) {
    super(undefined, attempt);
    this.requeued = new RequestQueue(serve, attempt);
  }

  /** How many wait, requeued ones included. */
  get total(): number {
    return this.length + this.requeued.length;
  }

  /** The draining connection has answered all it had: requeued requests go on before all others. */
  handOver(): void {
    this.unshift(this.requeued.drain());
  }

  /** Takes out what the filter wants, in the order of the calls. */
  takeAll(filter: (request: Request) => boolean): Request[] {
    return [...this.requeued.take(filter), ...this.take(filter)];
  }

  /** Those that have not ended, in the order of the calls. They stay. */
  liveAll(): Request[] {
    return [...this.requeued.live(), ...this.live()];
  }

  /** Takes everything out, in the order of the calls. */
  drainAll(): Request[] {
    return [...this.requeued.drain(), ...this.drain()];
  }
}
