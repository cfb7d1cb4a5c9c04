import { type Connection, type Endpoint, Flag, type KvError, type Redirect, type Request } from '@kv/core';
import type { Gate } from './gate.ts';
import { hasHadEnough, isMovable } from './movable-calls.ts';

/**
 * Calls that a server did not run because it became a replica, or loads its data: they go to the next primary. The
 * connection ends when it has answered what it has; until then all other calls wait at the gate, in their order.
 */
export class SentinelRefusals {
  readonly #gate: Gate;
  readonly #refused: () => void;

  /** @param refused called when a server has refused calls */
  constructor(gate: Gate, refused: () => void) {
    this.#gate = gate;
    this.#refused = refused;
  }

  /** Returns whether the calls go on. */
  take(
    requests: readonly Request[],
    { kind }: Redirect,
    error: KvError,
    connection: Connection,
    endpoint: Endpoint,
  ): boolean {
    if (kind !== 'unavailable' || connection.leased || !requests.every(mayGoOn)) return false;
    for (const request of requests) {
      request.redirects++;
      request.cause = error;
      request.unsend();
      request.unit?.restart();
    }
    this.#gate.pushRedirected(requests);
    this.#holdUntilAnswered(connection, endpoint);
    return true;
  }

  #holdUntilAnswered(connection: Connection, endpoint: Endpoint): void {
    if (this.#gate.isHeldFor(connection)) return;
    const connections = new Set([connection, ...endpoint.shared.ready]);
    for (const each of connections) this.#gate.hold(each);
    for (const request of endpoint.shared.takeUnsent(isMovable)) this.#gate.push(request);
    for (const each of connections) each.afterInFlight(() => this.#gate.release(each));
    this.#refused();
  }
}

/** A script that answers like this may have done something before. */
function mayGoOn(request: Request): boolean {
  return isMovable(request) && (request.command.flags & Flag.opaque) === 0 && !hasHadEnough(request);
}
