/** Makes the failure suite's clients and pools out of those of a facade. */
import type { CallOptions, ClientState, ClientStats } from '@kv/core';
import type { Calls, FailureClient, FailurePool } from './failure-backend.ts';

/** What clients of all facades have. */
interface Client {
  connect(): Promise<void>;
  close(options?: { readonly timeout?: number }): Promise<void>;
  drained(): Promise<void>;
  readonly state: ClientState;
  readonly writable: boolean;
}

/** How one facade makes the calls. */
export interface Facade<C> {
  readonly calls: (client: C) => Calls;
  readonly view: (client: C, options: CallOptions) => C;
  readonly figures: (client: C) => ClientStats;
}

/** A client of a facade. */
export function failureClient<C extends Client>(client: C, { calls, view, figures }: Facade<C>): FailureClient {
  return {
    ...calls(client),
    with: (options) => calls(view(client, options)),
    connect: () => client.connect(),
    close: (options) => client.close(options),
    drained: () => client.drained(),
    figures: () => figures(client),
    get state() {
      return client.state;
    },
    get writable() {
      return client.writable;
    },
  };
}

/** What leases of all facades have. */
interface Lease extends AsyncDisposable {
  readonly closed: boolean;
}

/** What pools of all facades have. */
interface Pool {
  close(options?: { readonly timeout?: number }): Promise<void>;
  readonly size: number;
  readonly freeSize: number;
}

/** A pool of a facade: how it makes the calls itself, how it checks out, and how leases make the calls. */
export function failurePool<L extends Lease>(
  pool: Pool,
  own: Calls,
  acquire: (options?: CallOptions) => Promise<L>,
  calls: (lease: L) => Calls,
): FailurePool {
  return {
    ...own,
    acquire: async (options) => {
      const lease = await acquire(options);
      return {
        ...calls(lease),
        get closed() {
          return lease.closed;
        },
        [Symbol.asyncDispose]: () => lease[Symbol.asyncDispose](),
      };
    },
    close: (options) => pool.close(options),
    get size() {
      return pool.size;
    },
    get freeSize() {
      return pool.freeSize;
    },
  };
}
