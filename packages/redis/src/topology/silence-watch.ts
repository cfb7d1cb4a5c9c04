import { clearTimeout, type Endpoint, setTimeout, type Timer } from '@kv/core';

/** How often it looks, and how long a server with calls in flight may say nothing, ms. */
const INTERVAL = 250;
const SILENT = 500;

/**
 * Notices primaries that say nothing while calls wait for their replies: a frozen server, or a host that is gone, sends
 * no refusal that would make the client ask for a new map. Such a server may just be busy, so nothing is ended here.
 * It runs only while calls are in flight.
 */
export class SilenceWatch {
  readonly #endpoints: () => readonly Endpoint[];
  readonly #silent: (endpoint: Endpoint) => void;
  #timer: Timer | undefined;
  #found = false;

  /** @param silent called for a server that says nothing, at every look */
  constructor(endpoints: () => readonly Endpoint[], silent: (endpoint: Endpoint) => void) {
    this.#endpoints = endpoints;
    this.#silent = silent;
  }

  /** Whether a server was silent at the last look. */
  get found(): boolean {
    return this.#found;
  }

  /** Begins to look, if it does not already. Called for every call. */
  start(): void {
    if (this.#timer === undefined) this.#wait();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#look(), INTERVAL);
    this.#timer.unref();
  }

  #look(): void {
    this.#timer = undefined;
    const busy = this.#endpoints().filter(({ shared }) => shared.ready.some(({ load }) => load > 0));
    const silent = busy.filter(({ shared }) => shared.ready.some(({ load, silence }) => load > 0 && silence > SILENT));
    this.#found = silent.length > 0;
    for (const endpoint of silent) this.#silent(endpoint);
    if (busy.length > 0) this.#wait();
  }
}
