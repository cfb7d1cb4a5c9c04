import { type QueueOwner, type Request, RequestQueue } from '@kv/core';

/**
 * Holds the calls on some slots, in the order in which they were made, while it is not certain that their server can
 * have them: an older connection has yet to answer calls on these slots, the cluster is down, or a pause is due.
 *
 *     calls that an older connection refused ──▶ redirected ─┐
 *                                                            ├──▶ when no reason is left: to the owner, in order
 *     calls that were not written yet, new calls ──▶ later ──┘
 */
export class Gate {
  readonly slots: readonly number[];
  /** The pause that comes next, ms. */
  pause = 0;
  readonly #redirected: RequestQueue;
  readonly #later: RequestQueue;
  readonly #reasons = new Set<unknown>();
  readonly #open: (gate: Gate) => void;

  /**
   * @param open called when no reason is left
   * @param attempt what is being done to find a server, for messages
   */
  constructor(slots: readonly number[], open: (gate: Gate) => void, attempt?: () => string | undefined) {
    this.slots = slots;
    this.#open = open;
    const owner: QueueOwner = {
      get attempt() {
        return attempt?.();
      },
    };
    this.#redirected = new RequestQueue(owner);
    this.#later = new RequestQueue(owner);
  }

  /** Keeps it closed until {@link release} is called with the same value. */
  hold(reason: unknown): void {
    this.#reasons.add(reason);
  }

  /** Takes a reason back. The last one opens it. */
  release(reason: unknown): void {
    if (this.#reasons.delete(reason) && this.#reasons.size === 0) this.#open(this);
  }

  /** Whether there is a reason to keep it closed. */
  get isClosed(): boolean {
    return this.#reasons.size > 0;
  }

  /** Whether it is closed for this reason. */
  isHeldFor(reason: unknown): boolean {
    return this.#reasons.has(reason);
  }

  /** Takes calls that a server refused: they were made before all that have not been written. */
  pushRedirected(requests: readonly Request[]): void {
    for (const request of requests) this.#redirected.push(request);
  }

  /** Takes a call that was not written. */
  push(request: Request): void {
    this.#later.push(request);
  }

  /** How many calls wait. */
  get length(): number {
    return this.#redirected.length + this.#later.length;
  }

  /** Notes on all that wait why they do. */
  setWaitCause(error: Error): void {
    this.#redirected.setWaitCause(error);
    this.#later.setWaitCause(error);
  }

  /** Takes all calls out, in their order. */
  drain(): Request[] {
    return [...this.#redirected.drain(), ...this.#later.drain()];
  }
}
