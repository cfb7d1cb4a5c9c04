import type { AnyCommand } from '../command/command.ts';
import type { SendOptions } from '../command/executor.ts';
import type { Connection } from '../connection/connection.ts';
import type { KvError } from '../errors.ts';
import type { ConnectionPool } from '../pool/keyed-pool.ts';
import { Lease } from '../pool/lease.ts';
import { type ExclusivePool, Request } from '../request/request.ts';
import type { RequestTracker } from '../request/request-tracker.ts';
import { alternativeTo, type ClientSetup } from './client-setup.ts';
import type { Router } from './router.ts';

/** What giving out leases needs of the client. */
export interface LeaseHost {
  readonly setup: ClientSetup;
  /** Of the calls of users. */
  readonly tracker: RequestTracker;
  /** Of the library's own calls. */
  readonly internals: RequestTracker;
  router(): Router;
  /** Enters a request. One that cannot be taken fails; the reason is returned. */
  open(request: Request, options: SendOptions): KvError | undefined;
}

/** Where a lease comes from, and where what is sent on it counts. */
export interface LeaseOrigin {
  /** The pool to take it from. Absent: the router finds one by the keys of the label. */
  readonly from?: ConnectionPool | undefined;
  /** Absent: that of the client. */
  readonly tracker?: RequestTracker | undefined;
}

/** Gives out connections of a client for exclusive use. */
export class Leases {
  readonly #host: LeaseHost;

  constructor(host: LeaseHost) {
    this.#host = host;
  }

  /** Waits for a connection that is free, in FIFO order. Where one is idle the lease comes at once. */
  acquire(
    exclusive: ExclusivePool,
    label: AnyCommand,
    options: SendOptions,
    { from, tracker = this.#host.tracker }: LeaseOrigin,
  ): Lease | Promise<Lease> {
    const request = new Request(label, false, 'never', tracker);
    request.exclusive = exclusive;
    const promise = request.promise<Connection>();
    if (this.#host.open(request, options) === undefined) this.#submit(request, from);
    const connection = request.connection as Connection | null; // that the pool has given at once
    if (connection !== null) return this.of(connection, tracker);
    return promise.then((opened) => this.of(opened, tracker));
  }

  /** The lease of a connection that nothing else uses. */
  of(connection: Connection, tracker: RequestTracker): Lease {
    const { setup, internals } = this.#host;
    return new Lease(connection, {
      tracker,
      internals,
      defaults: setup,
      alternative: (command) => alternativeTo(command, setup),
      refusal: this.#host.router().refusal && ((command) => this.#host.router().refusal?.(command, connection)),
    });
  }

  #submit(request: Request, from: ConnectionPool | undefined): void {
    if (from === undefined) this.#host.router().acquire(request);
    else from.submit(request);
  }
}
