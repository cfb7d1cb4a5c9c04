/** One of several servers: its primary and, where it has some, replicas that may answer reads. */

import type { Endpoint } from '../client/endpoint.ts';
import { Flag } from '../command/command.ts';
import type { Request } from '../request/request.ts';

/**
 * A replica answers only while all its connections work, so that no read waits for one: a replica that is down is passed
 * over at once. Writes, units and exclusive connections always go to the primary.
 */
export class Shard {
  readonly name: string;
  readonly primary: Endpoint;
  readonly replicas: readonly Endpoint[];
  readonly #ready: Endpoint[] = [];
  #started = false;
  #next = 0;

  constructor(name: string, primary: Endpoint, replicas: readonly Endpoint[]) {
    this.name = name;
    this.primary = primary;
    this.replicas = replicas;
  }

  /** Where a request goes that is sent alone. */
  endpointOf(request: Request): Endpoint {
    if (this.replicas.length === 0 || !mayLag(request)) return this.primary;
    if (!this.#started) this.startReplicas();
    return this.#ready.length === 0 ? this.primary : (this.#ready[this.#next++ % this.#ready.length] as Endpoint);
  }

  /** Connects to the replicas. That one cannot be reached is no error: the primary answers in its place. */
  startReplicas(): void {
    this.#started = true;
    for (const replica of this.replicas) replica.shared.start().catch(() => undefined);
  }

  /** A replica has won or lost connections. */
  changed(endpoint: Endpoint): void {
    const { shared } = endpoint;
    const isReady = shared.ready.length === shared.options.maxSize;
    const at = this.#ready.indexOf(endpoint);
    if (isReady && at < 0) this.#ready.push(endpoint);
    else if (!isReady && at >= 0) this.#ready.splice(at, 1);
  }
}

/** Only reads of keys: what counts or lists everything would go backwards with every other call. */
function mayLag({ command: { flags, spec }, unit }: Request): boolean {
  return (flags & Flag.read) !== 0 && spec.keys !== null && unit === null;
}
