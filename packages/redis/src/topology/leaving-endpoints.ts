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

  /** Lets a server answer what it has, for `grace` ms at most; what is left then fails with the error. */
  add(endpoint: Endpoint, error: KvError, grace: number): void {
    const timer = setTimeout(() => this.#end(endpoint, error), grace);
    timer.unref();
    this.#timers.set(endpoint, timer);
    endpoint.retire(error);
  }

  close(error: KvError): void {
    for (const endpoint of [...this.#timers.keys()]) this.#end(endpoint, error);
  }

  #end(endpoint: Endpoint, error: KvError): void {
    clearTimeout(this.#timers.get(endpoint));
    this.#timers.delete(endpoint);
    endpoint.close(error);
    this.#ended(endpoint);
  }
}
