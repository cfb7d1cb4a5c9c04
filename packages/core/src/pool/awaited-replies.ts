import type { Connection } from '../connection/connection.ts';
import type { Request } from '../request/request.ts';

/** Called once. */
type Waiter = () => unknown;

/** Requests that may go to another server. */
export interface Leaving {
  /** These have gone, as far as they were among them. */
  gone(requests: readonly Request[]): void;
  /** These stay. */
  stay(requests: readonly Request[]): void;
}

/** Who waits until a request has its reply, or gets none, or has gone to another server. */
export class AwaitedReplies {
  readonly #waiters = new Map<Request, Waiter[]>();

  /** Whether somebody waits for the reply to a request. */
  has(request: Request): boolean {
    return this.#waiters.has(request);
  }

  /** Calls back once. An abandoned request has its reply when its connection has discarded it. */
  await(request: Request, done: Waiter): void {
    if (request.settled) return afterLateReply(request, done);
    const known = this.#waiters.get(request);
    if (known !== undefined) return void known.push(done);
    this.#waiters.set(request, [done]);
    const before = request.ended;
    request.ended = (succeeded) => {
      before?.(succeeded);
      this.#over(request, succeeded);
    };
  }

  /**
   * To be called before requests are offered to other servers: one that comes back at once is a new one here. Afterwards
   * it is told which have gone and which stay.
   */
  leaving(requests: readonly Request[]): Leaving {
    const waiters = new Map<Request, Waiter[]>();
    for (const request of requests) {
      const known = this.#waiters.get(request);
      if (known !== undefined) waiters.set(request, known);
      this.#waiters.delete(request);
    }
    return {
      gone: (all) => {
        for (const request of all) for (const done of waiters.get(request) ?? []) done();
      },
      stay: (all) => {
        for (const request of all) this.#putBack(request, waiters.get(request));
      },
    };
  }

  #putBack(request: Request, waiters: Waiter[] | undefined): void {
    if (waiters === undefined) return;
    if (request.settled) for (const done of waiters) afterLateReply(request, done);
    else this.#waiters.set(request, [...waiters, ...(this.#waiters.get(request) ?? [])]);
  }

  #over(request: Request, succeeded: boolean): void {
    const waiters = this.#waiters.get(request) ?? [];
    this.#waiters.delete(request);
    for (const done of waiters) {
      if (succeeded) done();
      else afterLateReply(request, done);
    }
  }
}

/** Of a unit the last reply counts: before it, nothing of the unit has run. */
function afterLateReply(request: Request, done: Waiter): void {
  const connection = request.connection as Connection | null;
  if (connection === null) done();
  else connection.afterInFlight(done, request.unit?.members.at(-1) ?? request);
}
