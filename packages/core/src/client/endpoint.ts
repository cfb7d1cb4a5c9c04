import type { AnyCommand } from '../command/command.ts';
import type { Protocol } from '../connection/protocol.ts';
import type { KvError } from '../errors.ts';
import { BulkPool } from '../pool/bulk-pool.ts';
import type { PoolEvent } from '../pool/connection-event.ts';
import type { ConnectionPool } from '../pool/keyed-pool.ts';
import { OrderedPool } from '../pool/ordered-pool.ts';
import type { Address } from '../transport/transport.ts';
import { EndpointPools, type PoolName, type PoolSetups } from './endpoint-pools.ts';

/** Which server an endpoint stands for. */
export interface EndpointIdentity {
  readonly address: Address;
  /** For messages, statistics and diagnostics; no user, no password. */
  readonly addressText: string;
  /** The server's own id, or the name that the user gave it; absent where a client has one server. */
  readonly id?: string | undefined;
  /** What the server is in its group, where it is in one: `primary` or `replica`. */
  readonly role?: 'primary' | 'replica' | undefined;
  /**
   * Awaited before each connection to the server is made: whether it still is the right one. A rejection is a failed
   * attempt to connect.
   */
  readonly confirm?: (() => Promise<void>) | undefined;
  /** How this server is spoken to, where that differs from the client's protocol (another password). */
  readonly protocol?: Protocol | undefined;
}

/** Told to listeners of `connection`. */
export interface ConnectionEvent extends PoolEvent {
  /** What the connection is for: see `stats().connections`. */
  readonly pool: PoolName;
}

/** The client of an endpoint, as far as it is concerned. */
export interface EndpointOwner extends PoolSetups<Endpoint> {
  /** It is used no more: its connections have ended, and it makes no others. */
  closed(endpoint: Endpoint): void;
}

/**
 * One server as a client sees it: pools of one class, with bounds of their own, so that long users cannot starve
 * short ones. A pool is made when it is used first.
 */
export class Endpoint {
  /** Commands of all tasks. */
  readonly shared: ConnectionPool;
  readonly #pools: EndpointPools<Endpoint>;
  readonly #owner: EndpointOwner;
  #identity: EndpointIdentity;
  #keepsBlocking = false;

  constructor(identity: EndpointIdentity, owner: EndpointOwner) {
    this.#identity = identity;
    this.#owner = owner;
    this.#pools = new EndpointPools<Endpoint>(this, owner);
    this.shared = this.#pools.of('shared');
  }

  /** Which server it stands for. */
  get identity(): EndpointIdentity {
    return this.#identity;
  }

  /** The server's own id is known now: at first only its address was. */
  identify(id: string): void {
    this.#identity = { ...this.#identity, id };
  }

  /** The shared connections, for what depends on neither keys nor database: it waits for no large call. */
  get control(): ConnectionPool {
    return this.shared instanceof BulkPool ? this.shared.control : this.shared;
  }

  /** Exclusive connections: sessions, transactions. May be the same pool as `shared`. */
  get sessions(): ConnectionPool {
    return this.#pools.of('sessions');
  }

  /** One blocking command per connection. */
  get blocking(): ConnectionPool {
    return this.#pools.of('blocking');
  }

  /** Endless replies and subscriptions. */
  get streams(): ConnectionPool {
    return this.#pools.of('streams');
  }

  /** The pools that are in use, each once: some may be the same. */
  get pools(): ConnectionPool[] {
    return this.#pools.made;
  }

  /** One of {@link pools}; `undefined`: it has not been used. */
  poolInUse(name: PoolName): ConnectionPool | undefined {
    return this.#pools.find(name);
  }

  /** Opens the connections that are kept for blocking commands, if any are. Rejects with the cause when that fails. */
  async startBlocking(): Promise<void> {
    if (this.#pools.minSizeOf('blocking') > 0) await this.blocking.start();
  }

  /** Does the same once the server has answered; replicas get none of these connections. */
  keepBlocking(): void {
    if (this.#keepsBlocking || this.identity.role === 'replica' || !this.shared.isReady) return;
    this.#keepsBlocking = true;
    this.startBlocking().catch(() => undefined); // they are tried again, as all connections
  }

  /** Asks the server to end blocking commands on the shared connection, where it takes some. */
  cancelBlocking(error: (command: AnyCommand) => KvError): void {
    if (this.shared instanceof OrderedPool) this.shared.cancelBlocking(error);
  }

  /** Gets nothing new; its connections end when they have answered what they have. */
  retire(error: KvError): void {
    this.#pools.retire(error);
  }

  /** Ends a retired one for good: what it has not answered goes on at other servers, where it may be repeated. */
  abandon(error: KvError): void {
    for (const pool of this.pools) pool.abandon(error);
    this.close(error);
  }

  /** Ends all connections; what is under way fails with this error. */
  close(error: KvError): void {
    this.#pools.close(error);
    this.#owner.closed(this);
  }
}

/** What is being done to reach one of these servers, for messages; `undefined`: no connection is being made. */
export function attemptOf(endpoints: readonly Endpoint[]): string | undefined {
  return endpoints.find(({ shared }) => shared.attempt !== undefined)?.shared.attempt;
}
