import type { AnyCommand } from '../command/command.ts';
import type { SendOptions } from '../command/executor.ts';
import type { Connection, ConnectionSetup } from '../connection/connection.ts';
import type { LivenessOptions } from '../connection/liveness.ts';
import type { Protocol } from '../connection/protocol.ts';
import type { KvError } from '../errors.ts';
import type { PoolEvent } from '../pool/connection-event.ts';
import type { PoolEvents } from '../pool/pool-options.ts';
import type { Redirect } from '../request/redirect.ts';
import type { Request } from '../request/request.ts';
import type { RequestTracker } from '../request/request-tracker.ts';
import { sliced } from '../transport/sliced-transport.ts';
import { connectSocket } from '../transport/socket-transport.ts';
import type { Address, Connect } from '../transport/transport.ts';
import type { ClientSetup } from './client-setup.ts';
import type { ConnectionEvent, Endpoint } from './endpoint.ts';
import type { PoolName } from './endpoint-pools.ts';
import type { InternalCalls } from './internal-calls.ts';
import type { Leases } from './leases.ts';
import type { Router } from './router.ts';

/** What the pools of a client ask of it, and tell it. */
export interface PoolsOwner {
  readonly setup: ClientSetup;
  readonly internalCalls: InternalCalls;
  readonly leases: Leases;
  readonly router: Router;
  /** A pool has opened or lost connections. */
  poolChanged(endpoint: Endpoint, cause: KvError | undefined): void;
  /** Something happened to a connection. */
  told(endpoint: Endpoint, event: ConnectionEvent): void;
}

/** One pool of an endpoint: how its connections are made, and who hears of them. */
export class PoolHost implements ConnectionSetup, PoolEvents {
  readonly protocol: Protocol;
  readonly address: Address;
  readonly addressText: string;
  readonly connect: Connect;
  readonly internals: RequestTracker;
  readonly liveness: LivenessOptions;
  readonly #owner: PoolsOwner;
  readonly #endpoint: Endpoint;
  readonly #name: PoolName;

  constructor(owner: PoolsOwner, endpoint: Endpoint, name: PoolName) {
    const { setup, internalCalls } = owner;
    const { address, addressText, confirm, protocol = setup.protocol } = endpoint.identity;
    const connect = confirm === undefined ? connectSocket : confirmed(confirm);
    this.protocol = protocol;
    this.address = address;
    this.addressText = addressText;
    this.connect = name === 'bulk' ? sliced(connect) : connect;
    this.internals = internalCalls.tracker;
    this.liveness = setup.liveness;
    this.#owner = owner;
    this.#endpoint = endpoint;
    this.#name = name;
  }

  /** On the shared connection; what is about that one, on a connection that is made for it. */
  sendOnControl<T>(command: AnyCommand<T>, options: SendOptions): Promise<T> {
    const { internalCalls, leases, setup } = this.#owner;
    if (this.#name !== 'shared') return internalCalls.sendOn(this.#endpoint.control, command, options);
    const isOrdered = setup.pools.shared.ordered === true; // then blocking calls are on that connection, too
    return leases.sendOnExtra(isOrdered ? this.#endpoint.blocking : this.#endpoint.streams, command, options);
  }

  onReady(connection: Connection): Promise<void> | undefined {
    return this.#isShared ? this.#owner.setup.onReady?.(connection, this.#endpoint, this.#name) : undefined;
  }

  push(raw: unknown, connection: Connection): void {
    if (this.#isShared) this.#owner.setup.push?.(raw, connection, this.#endpoint);
  }

  requeue(requests: readonly Request[]): readonly Request[] {
    return this.#owner.router.requeue?.(requests, this.#endpoint) ?? requests;
  }

  redirected(requests: readonly Request[], redirect: Redirect, error: KvError, connection: Connection): boolean {
    return this.#owner.router.redirected?.(requests, redirect, error, connection, this.#endpoint) === true;
  }

  changed(cause: KvError | undefined): void {
    this.#owner.poolChanged(this.#endpoint, cause);
  }

  told(event: PoolEvent): void {
    this.#owner.told(this.#endpoint, { ...event, pool: this.#name });
  }

  get #isShared(): boolean {
    return this.#name === 'shared' || this.#name === 'bulk';
  }
}

/** Connects only to a server that is confirmed right before. */
function confirmed(confirm: () => Promise<void>): Connect {
  return async (address, on, signal) => {
    await confirm();
    return connectSocket(address, on, signal);
  };
}
