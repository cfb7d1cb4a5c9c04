import type { AnyCommand } from '../command/command.ts';
import type { SendOptions } from '../command/executor.ts';
import type { Connection } from '../connection/connection.ts';
import type { ConnectionPool } from '../pool/keyed-pool.ts';
import { Lease } from '../pool/lease.ts';
import { type ExclusivePool, Request } from '../request/request.ts';
import type { RequestTracker } from '../request/request-tracker.ts';
import type { Calls } from './calls.ts';
import { alternativeTo, type ClientSetup } from './client-setup.ts';
import { acquireLabel, type InternalCalls } from './internal-calls.ts';
import type { Router } from './router.ts';

/** What giving out leases needs of the client. */
export interface LeaseHost {
  readonly setup: ClientSetup;
  readonly internalCalls: InternalCalls;
  readonly router: Router;
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
  readonly #calls: Calls;

  constructor(host: LeaseHost, calls: Calls) {
    this.#host = host;
    this.#calls = calls;
  }

  /** Waits for a connection that is free, in FIFO order. Where one is idle the lease comes at once. */
  acquire(
    exclusive: ExclusivePool,
    label: AnyCommand,
    options: SendOptions,
    { from, tracker = this.#calls.tracker }: LeaseOrigin,
  ): Lease | Promise<Lease> {
    const request = new Request(label, false, 'never', tracker);
    request.exclusive = exclusive;
    const promise = request.promise<Connection>();
    if (this.#calls.open(request, options) === undefined) this.#submit(request, from);
    const connection = request.connection as Connection | null; // that the pool has given at once
    if (connection !== null) return this.#of(connection, tracker);
    return promise.then((opened) => this.#of(opened, tracker));
  }

  /** Sends a command of the library's own on a connection that is made for it, in this pool. */
  async sendOnExtra<T>(pool: ConnectionPool, command: AnyCommand<T>, options: SendOptions): Promise<T> {
    const { internalCalls } = this.#host;
    const request = new Request(acquireLabel, false, 'never', internalCalls.tracker);
    request.exclusive = 'streams';
    const given = request.promise<Connection>();
    internalCalls.open(request, options, () => pool.submit(request));
    const lease = this.#of(await given, internalCalls.tracker);
    try {
      return await lease.send(command, options);
    } finally {
      lease.destroy();
    }
  }

  /** The lease of a connection that nothing else uses. */
  #of(connection: Connection, tracker: RequestTracker): Lease {
    const host = this.#host;
    const { setup, internalCalls } = host;
    return new Lease(connection, {
      tracker,
      internals: internalCalls.tracker,
      defaults: setup,
      alternative: (command) => alternativeTo(command, setup),
      refusal: host.router.refusal && ((command) => host.router.refusal?.(command, connection)),
    });
  }

  #submit(request: Request, from: ConnectionPool | undefined): void {
    if (from === undefined) this.#host.router.acquire(request);
    else from.submit(request);
  }
}
