import type { Request, WaitingPlace } from './request.ts';
import { Ring } from './ring.ts';

/** Who keeps a queue. */
export interface QueueOwner {
  /** What is being done to get a connection for those who wait, for messages. Absent: nothing is. */
  readonly attempt?: string | undefined;
  /** A request ended while it waited: there may be room for another. */
  endedWaiting?(): void;
}

/**
 * Requests that wait to be written. One that ends while it waits (deadline, abort) stays in its place, emptied, until
 * it is passed over; when more than half are such, the queue is rebuilt, so that an outage cannot fill the memory.
 */
export class RequestQueue implements WaitingPlace {
  #ring = new Ring<Request>();
  #dead = 0;
  #exclusive = 0;
  readonly #owner: QueueOwner | undefined;

  constructor(owner?: QueueOwner) {
    this.#owner = owner;
  }

  /** See {@link WaitingPlace.attempt}. */
  get attempt(): string | undefined {
    return this.#owner?.attempt;
  }

  /** How many wait that have not ended. */
  get length(): number {
    return this.#ring.length - this.#dead;
  }

  /** How many of them want a connection for themselves. */
  get exclusive(): number {
    return this.#exclusive;
  }

  /** Adds a request at the end. */
  push(request: Request): void {
    request.queue = this;
    if (request.exclusive !== null) this.#exclusive++;
    this.#ring.push(request);
  }

  /** Puts requests before all others, keeping their order. */
  unshift(requests: readonly Request[]): void {
    for (let i = requests.length - 1; i >= 0; i--) {
      const request = requests[i] as Request;
      request.queue = this;
      if (request.exclusive !== null) this.#exclusive++;
      this.#ring.unshift(request);
    }
  }

  /** The oldest request; it stays in the queue. */
  peek(): Request | undefined {
    for (let next = this.#ring.peek(); next !== undefined; next = this.#ring.peek()) {
      if (!next.settled) return next;
      this.#ring.shift();
      this.#dead--;
    }
    return undefined;
  }

  /** Takes the oldest request out of the queue. */
  shift(): Request | undefined {
    const next = this.peek();
    if (next === undefined) return undefined;
    this.#ring.shift();
    next.queue = null;
    if (next.exclusive !== null) this.#exclusive--;
    return next;
  }

  /** Takes out what the filter wants and has not ended, oldest first; the rest keeps its order. */
  take(filter: (request: Request) => boolean): Request[] {
    const taken: Request[] = [];
    const kept: Request[] = [];
    for (const request of this.drain()) (filter(request) ? taken : kept).push(request);
    this.unshift(kept);
    return taken;
  }

  /** Takes everything out that has not ended, oldest first. */
  drain(): Request[] {
    this.#dead = 0;
    this.#exclusive = 0;
    const live = this.#ring.drain().filter((request) => !request.settled);
    for (const request of live) request.queue = null;
    return live;
  }

  /** Those that have not ended, oldest first. They stay. */
  live(): Request[] {
    const live: Request[] = [];
    this.#ring.forEach((request) => {
      if (!request.settled) live.push(request);
    });
    return live;
  }

  /** Notes on all that wait why they still do. */
  setWaitCause(cause: Error): void {
    this.#ring.forEach((request) => {
      request.cause = cause;
    });
  }

  /** A request in here has ended. */
  ended({ exclusive }: Request): void {
    this.#dead++;
    if (exclusive !== null) this.#exclusive--;
    if (this.#dead >= 64 && this.#dead * 2 >= this.#ring.length) this.unshift(this.drain());
    this.#owner?.endedWaiting?.();
  }
}
