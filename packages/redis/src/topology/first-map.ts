import { attemptOf, type Endpoint, type KvError, type Request, RequestQueue, type Router, submitAgain } from '@kv/core';
import { isFinal } from '../protocol/final-errors.ts';

/** What waits until a map is known in which slots have owners: calls, and those who connect. */
export class FirstMap {
  readonly #held: RequestQueue;
  #starting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  /** @param endpoints the servers that are asked, for errors */
  constructor(endpoints: () => readonly Endpoint[]) {
    this.#held = new RequestQueue({
      get attempt() {
        return attemptOf(endpoints());
      },
    });
  }

  /** Whether a call waits. */
  get isAwaited(): boolean {
    return this.#held.length > 0;
  }

  /** Keeps calls. @param cause why no map could be had so far */
  hold(requests: readonly Request[], cause: KvError | undefined): void {
    for (const request of requests) {
      request.cause = cause;
      this.#held.push(request);
    }
  }

  /** Resolves when there is a map; rejects when servers could not be asked. */
  known(): Promise<void> {
    return new Promise((resolve, reject) => this.#starting.push({ resolve, reject }));
  }

  /** There is a map: calls go to the router again. */
  release(router: Router): void {
    submitAgain(router, this.#held.drain());
    for (const { resolve } of this.#starting.splice(0)) resolve();
  }

  /** No server gave a map. Calls go on waiting, unless it would be the same again: no cluster, or a refused login. */
  failed(error: KvError): void {
    if (isFinal(error)) for (const request of this.#held.drain()) request.fail(error);
    else this.#held.setWaitCause(error);
    this.#reject(error);
  }

  /** Returns the calls that waited. */
  close(error: KvError): Request[] {
    this.#reject(error);
    return this.#held.drain();
  }

  #reject(error: KvError): void {
    for (const { reject } of this.#starting.splice(0)) reject(error);
  }
}
