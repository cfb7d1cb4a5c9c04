import { clearTimeout, type Endpoint, type KvError, setTimeout, type Timer } from '@kv/core';

/** Servers that get nothing new: their connections end when they have answered what they have, or after a while. */
export class LeavingEndpoints {
  readonly #timers = new Map<Endpoint, Timer>();
  readonly #ended: (endpoint: Endpoint) => void;

  /** @param ended called when all connections to a server have been ended */
  constructor(ended: (endpoint: Endpoint) => void = () => undefined) {
    this.#ended = ended;
  }

  get endpoints(): Iterable<Endpoint> {
    return this.#timers.keys();
  }

  /** Whether the endpoint is one of them. */
  has(endpoint: Endpoint): boolean {
    return this.#timers.has(endpoint);
  }

  /**
   * Lets a server answer what it has, for `grace` ms at most. What is left then goes on at other servers, where it may be
   * repeated, or fails with the error.
   */
  add(endpoint: Endpoint, error: KvError, grace: number): void {
    const end = (): void => {
      endpoint.abandon(error);
      this.#forget(endpoint);
    };
    const timer = setTimeout(end, grace);
    timer.unref();
    this.#timers.set(endpoint, timer);
    endpoint.retire(error);
  }

  close(error: KvError): void {
    for (const [endpoint, timer] of this.#timers) {
      clearTimeout(timer);
      endpoint.close(error);
      this.#forget(endpoint);
    }
  }

  #forget(endpoint: Endpoint): void {
    this.#timers.delete(endpoint);
    this.#ended(endpoint);
  }
}
