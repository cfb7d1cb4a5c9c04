import type { AnyCommand } from '../command/command.ts';
import { Flag } from '../command/command.ts';
import type { SendOptions } from '../command/executor.ts';
import type { ConnectionSetup } from '../connection/connection.ts';
import type { KvError } from '../errors.ts';
import { ended } from '../request/lost-requests.ts';
import type { Request } from '../request/request.ts';
import { BlockingOrder } from './blocking-order.ts';
import { Pool } from './pool.ts';
import type { PoolEvents, PoolOptions } from './pool-options.ts';

/**
 * A pool of one connection that takes blocking commands among the others: everything runs in the order of the calls, and
 * what is called after a blocking command waits for its end.
 */
export class OrderedPool extends Pool {
  readonly #order: BlockingOrder = new BlockingOrder((requests) => this.#forward(requests), this);

  constructor(setup: ConnectionSetup, options: PoolOptions, events: PoolEvents) {
    super(setup, { ...options, maxSize: 1 }, events);
  }

  override get waiting(): number {
    return super.waiting + this.#order.held.length;
  }

  override submit(request: Request): void {
    if (isBlocking(request)) this.#order.track(request);
    else if (request.exclusive !== null) return super.submit(request);
    this.#order.enqueue([request]);
  }

  override submitUnit(members: readonly Request[]): void {
    this.#order.enqueue(members);
  }

  override takeUnsent(filter: (request: Request) => boolean): Request[] {
    return [...super.takeUnsent(filter), ...this.#order.held.take(filter)];
  }

  override pending(): Request[] {
    return [...super.pending(), ...this.#order.held.live()];
  }

  override dismiss(error: KvError): void {
    super.dismiss(error);
    for (const request of this.#order.held.drain()) request.fail(ended(request, error, 'notSent'));
  }

  /** Asks the server to end blocking commands; what it answers decides. */
  cancelBlocking(error: (command: AnyCommand) => KvError): void {
    this.#order.cancelAll(error);
  }

  #forward(requests: readonly Request[]): void {
    const [request] = requests;
    if (request === undefined) return;
    if (request.unit === null) super.submit(request);
    else super.submitUnit(requests);
  }
}

/** In a unit nothing blocks. */
function isBlocking({ command, unit }: Request): boolean {
  return unit === null && (command.flags & Flag.blocking) !== 0;
}

/**
 * How long a blocking call on such a connection may take in all, ms; 0 = as long as it takes. Its own time begins when the
 * server has it; before, it waits as long as other calls do.
 */
export function orderedTimeout({ blockMs }: AnyCommand, { timeout }: SendOptions, usual: number): number {
  if (timeout !== undefined) return timeout;
  return usual === 0 || blockMs === 0 ? 0 : usual + blockMs;
}
