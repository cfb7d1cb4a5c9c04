import type { AnyCommand } from '../command/command.ts';
import type { RetryMode, SendOptions, ServerOf } from '../command/executor.ts';
import type { KvError } from '../errors.ts';
import { Request } from '../request/request.ts';
import type { RequestTracker } from '../request/request-tracker.ts';
import type { Calls } from './calls.ts';
import type { ClientSetup, PoolSize } from './client-setup.ts';
import { type ConnectionEvent, Endpoint, type EndpointIdentity, type EndpointOwner } from './endpoint.ts';
import type { PoolName, PoolSetup } from './endpoint-pools.ts';
import { InternalCalls } from './internal-calls.ts';
import { type LeaseHost, Leases } from './leases.ts';
import { PoolHost, type PoolsOwner } from './pool-host.ts';
import type { Router, RouterHost } from './router.ts';

/** What a client hears of its servers. */
export interface ServersListener {
  /** A pool of a server has opened or lost connections. */
  poolChanged(endpoint: Endpoint, cause: KvError | undefined): void;
  /** Something happened to a connection. */
  told(endpoint: Endpoint, event: ConnectionEvent): void;
  /** A server is used no more. */
  closed(endpoint: Endpoint): void;
  /** The router has looked for its servers. @param cause why it did not find them */
  searched(cause: KvError | undefined): void;
}

/** The servers of a client: its router, and the pools of the servers that the router asks for. */
export class Servers implements RouterHost, EndpointOwner, PoolsOwner, LeaseHost {
  readonly setup: ClientSetup;
  readonly internalCalls: InternalCalls;
  readonly leases: Leases;
  router: Router;
  readonly #listener: ServersListener;

  constructor(
    setup: ClientSetup,
    calls: Calls,
    internals: RequestTracker,
    makeRouter: (host: RouterHost) => Router,
    listener: ServersListener,
  ) {
    this.setup = setup;
    this.internalCalls = new InternalCalls(internals, setup);
    this.leases = new Leases(this, calls);
    this.#listener = listener;
    this.router = makeRouter(this);
  }

  endpoint(identity: EndpointIdentity): Endpoint {
    return new Endpoint(identity, this);
  }

  send<T>(endpoint: Endpoint, command: AnyCommand<T>, options?: SendOptions): Promise<T> {
    return this.internalCalls.sendOn(endpoint.shared, command, options);
  }

  request(command: AnyCommand, bytes: boolean, retry: RetryMode = this.setup.retry): Request {
    return new Request(command, bytes, retry, this.internalCalls.tracker);
  }

  replace(router: Router): void {
    this.router = router;
  }

  changed(cause?: KvError): void {
    this.#listener.searched(cause);
  }

  poolChanged(endpoint: Endpoint, cause: KvError | undefined): void {
    this.router.poolChanged?.(endpoint, cause);
    this.#listener.poolChanged(endpoint, cause);
  }

  told(endpoint: Endpoint, event: ConnectionEvent): void {
    this.#listener.told(endpoint, event);
  }

  closed(endpoint: Endpoint): void {
    this.#listener.closed(endpoint);
  }

  get sharesSessions(): boolean {
    return this.setup.pools.sessions === 'shared';
  }

  sizeOf(name: PoolName): PoolSize {
    const { pools } = this.setup;
    if (name === 'bulk') return BULK;
    const size = pools[name];
    return size === 'shared' ? pools.shared : size;
  }

  setupOf(endpoint: Endpoint, name: PoolName): PoolSetup {
    const { minSize, maxSize, growThreshold = Number.POSITIVE_INFINITY, ...kind } = this.sizeOf(name);
    const { connectTimeout, backoff } = this.setup;
    const retriesLogin = endpoint.identity.role === 'replica' && (name === 'shared' || name === 'bulk');
    const host = new PoolHost(this, endpoint, name);
    return {
      pool: { minSize, maxSize, growThreshold, connectTimeout, backoff, retriesLogin },
      connection: host,
      events: host,
      ...kind,
    };
  }
}

/** One connection: more would only share the same event loop and the same thread of the server. */
const BULK: PoolSize = { minSize: 0, maxSize: 1 };

/** The servers that keys lie on, each with a client for it alone; replicas are none of them. */
export function serversOf<C>(endpoints: readonly Endpoint[], clientOf: (endpoint: Endpoint) => C): ServerOf<C>[] {
  const primaries = endpoints.filter(({ identity }) => identity.role !== 'replica');
  return primaries.map((endpoint) => {
    const { id, addressText } = endpoint.identity;
    return { name: id ?? addressText, address: addressText, client: clientOf(endpoint) };
  });
}
