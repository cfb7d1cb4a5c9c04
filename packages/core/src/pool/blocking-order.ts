import type { AnyCommand } from '../command/command.ts';
import type { Connection, ConnectionSetup } from '../connection/connection.ts';
import { ConnectionError, type KvError } from '../errors.ts';
import type { Request } from '../request/request.ts';
import { type QueueOwner, RequestQueue } from '../request/request-queue.ts';
import { clearTimeout, setTimeout } from '../timers.ts';

/** How long a canceled blocking command may take to answer, ms. */
export const CANCEL_GRACE = 1000;

/** How long to wait before the server is asked again, ms, when it had nothing to end: the command was still on its way. */
const CANCEL_PAUSE = 50;

/**
 * Blocking commands among the others on one connection: in order, and one at a time, because the request to end one must
 * not meet the next.
 *
 * ```text
 *   on the connection:  … GET  BLPOP a          held: BLPOP b  GET …
 *                                 └ answered, and so is CLIENT UNBLOCK if it was canceled ──┘ now they go
 * ```
 */
export class BlockingOrder {
  readonly #forward: (requests: readonly Request[]) => void;
  /** Those that have not ended. */
  readonly #blocking = new Set<Request>();
  /** The one that the server has, or is about to get. */
  #current: Request | undefined;
  /** The next blocking command and all that was called after it. */
  readonly #held: RequestQueue;
  #cancelling: Promise<void> | undefined;

  /**
   * @param forward sends one request, or all of a unit; may fail them instead
   * @param pool what is being done to get a connection, for messages
   */
  constructor(forward: (requests: readonly Request[]) => void, pool?: Pick<QueueOwner, 'attempt'>) {
    this.#forward = forward;
    this.#held = new RequestQueue({
      get attempt() {
        return pool?.attempt;
      },
    });
  }

  /** Blocking commands that have not ended. */
  get size(): number {
    return this.#blocking.size;
  }

  /** What waits for the end of a blocking command. */
  get held(): RequestQueue {
    return this.#held;
  }

  /** Resolves when the server has answered what asks it to end a command. Absent: it was never asked. */
  get cancelling(): Promise<void> | undefined {
    return this.#cancelling;
  }

  /** Sends requests, or holds them back: one, or all of a unit. */
  enqueue(requests: readonly Request[]): void {
    const first = requests[0] as Request;
    const blocking = this.#blocking.has(first);
    if (first === this.#current) return this.#forward(requests); // it lost its connection before it was sent
    if (this.#held.length > 0 || (blocking && this.#current !== undefined)) {
      for (const request of requests) this.#held.push(request);
      return;
    }
    if (blocking) this.#current = first;
    this.#forward(requests);
  }

  /** A blocking command ends by what the server answers; its deadline and its signal only ask the server to end it. */
  track(request: Request): void {
    if (this.#blocking.has(request)) return;
    this.#blocking.add(request);
    const before = request.ended; // of the server that it was for at first
    request.ended = (succeeded) => {
      before?.(succeeded);
      this.#blocking.delete(request);
      if (this.#current === request) void this.#next();
    };
    request.cancel = (error) => {
      if (!request.written) return request.tracker.cancel(request, error);
      if (request.cancelled === undefined) this.#cancel(request, error);
    };
  }

  /** Asks the server to end all of them; what it answers decides. */
  cancelAll(error: (command: AnyCommand) => KvError): void {
    for (const request of [...this.#blocking]) request.cancel?.(error(request.command));
  }

  /** The blocking command on the connection has ended. */
  async #next(): Promise<void> {
    await this.#cancelling;
    this.#current = undefined;
    const waiting = this.#held.drain();
    for (let from = 0, to = 0; from < waiting.length; from = to) {
      to = endOfUnit(waiting, from);
      this.enqueue(waiting.slice(from, to));
    }
  }

  #cancel(request: Request, error: KvError): void {
    error.outcome = 'refused';
    request.cancelled = error;
    request.pin(); // it is not repeated on another connection
    const why = 'A blocking command did not end when the server was asked to end it';
    const giveUp = setTimeout(() => this.#giveUp(request, error, why), CANCEL_GRACE);
    const settled = request.ended;
    request.ended = (succeeded) => {
      clearTimeout(giveUp);
      settled?.(succeeded);
    };
    this.#cancelling = this.#askToEnd(request, error); // the one before is over, or this would not be on the connection
  }

  /** Until the server had something to end: what was just written may still be on its way to it. */
  async #askToEnd(request: Request, error: KvError): Promise<void> {
    const { wire, setup } = request.connection as Connection;
    if (wire.cancel === undefined || setup.sendOnControl === undefined) return;
    const ask = <T>(command: AnyCommand<T>): Promise<T> =>
      (setup as Required<ConnectionSetup>).sendOnControl(command, { timeout: CANCEL_GRACE });
    try {
      while (!request.settled) {
        if (await wire.cancel(ask)) return;
        if (!request.settled) await new Promise<void>((resolve) => setTimeout(resolve, CANCEL_PAUSE));
      }
    } catch (cause) {
      this.#giveUp(request, error, 'A blocking command could not be canceled', cause);
    }
  }

  /** The caller gets the reason for the cancellation; whether the command ran, or still will, is not known. */
  #giveUp(request: Request, error: KvError, why: string, cause?: unknown): void {
    const connection = request.connection as Connection | null;
    error.outcome = 'unknown';
    request.fail(error);
    connection?.destroy(new ConnectionError(why, { cause }));
  }
}

/** Where those end that must stay together with the one at `from`. */
function endOfUnit(requests: readonly Request[], from: number): number {
  const unit = requests[from]?.unit ?? null;
  let to = from + 1;
  while (unit !== null && requests[to]?.unit === unit) to++;
  return to;
}
