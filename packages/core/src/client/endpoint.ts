import type { AnyCommand } from '../command/command.ts';
import type { ConnectionSetup } from '../connection/connection.ts';
import type { Protocol } from '../connection/protocol.ts';
import type { KvError } from '../errors.ts';
import type { PoolEvent } from '../pool/connection-event.ts';
import { type ConnectionPool, KeyedPool } from '../pool/keyed-pool.ts';
import { OrderedPool } from '../pool/ordered-pool.ts';
import { Pool } from '../pool/pool.ts';
import type { PoolEvents, PoolOptions } from '../pool/pool-options.ts';
import type { ExclusivePool } from '../request/request.ts';
import type { Address } from '../transport/transport.ts';

/** What a pool is for. */
export type PoolName = 'shared' | ExclusivePool;

/** One pool: its bounds and, where they differ, how its connections are set up. */
export interface PoolSetup {
  readonly pool: PoolOptions;
  readonly connection: ConnectionSetup;
  /** Which of `maxSize` connections a command takes. Absent: the one with the fewest requests. */
  readonly connectionOf?: ((command: AnyCommand) => number) | undefined;
  /**
   * Whether one connection takes blocking commands, too, in the order of the calls.
   *
   * @default false
   */
  readonly ordered?: boolean | undefined;
}

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

/** What an endpoint and its pools tell their client. */
export interface EndpointEvents extends Omit<PoolEvents, 'told'> {
  /** Something happened to a connection. */
  told(event: ConnectionEvent): void;
  /** It is used no more: its connections have ended, and it makes no others. */
  closed(): void;
}

/**
 * One server as a client sees it: four pools of one class, with bounds of their own, so that long users cannot starve
 * short ones.
 */
export class Endpoint {
  readonly identity: EndpointIdentity;
  /** Commands of all tasks. */
  readonly shared: ConnectionPool;
  /** Exclusive connections: sessions, transactions. May be the same pool as `shared`. */
  readonly sessions: ConnectionPool;
  /** One blocking command per connection. */
  readonly blocking: ConnectionPool;
  /** Endless replies and subscriptions. */
  readonly streams: ConnectionPool;
  readonly #closed: () => void;
  #keepsBlocking = false;

  constructor(identity: EndpointIdentity, setups: Readonly<Record<PoolName, PoolSetup>>, events: EndpointEvents) {
    this.identity = identity;
    this.#closed = events.closed;
    const of = (pool: PoolName): PoolEvents => ({ ...events, told: (event) => events.told({ ...event, pool }) });
    this.shared = makePool(setups.shared, of('shared'));
    this.sessions = setups.sessions === setups.shared ? this.shared : makePool(setups.sessions, of('sessions'));
    this.blocking = makePool(setups.blocking, of('blocking'));
    this.streams = makePool(setups.streams, of('streams'));
  }

  /** Opens the connections that are kept for blocking commands, once the server has answered; replicas get none of these. */
  keepBlocking(): void {
    if (
      this.#keepsBlocking ||
      this.identity.role === 'replica' ||
      this.blocking.options.minSize === 0 ||
      !this.shared.isReady
    )
      return;
    this.#keepsBlocking = true;
    this.blocking.start().catch(() => undefined); // they are tried again, as all connections
  }

  /** The pools, each once: some may be the same. */
  get pools(): ConnectionPool[] {
    return [...new Set([this.shared, this.sessions, this.blocking, this.streams])];
  }

  /** Asks the server to end blocking commands on the shared connection, where it takes some. */
  cancelBlocking(error: (command: AnyCommand) => KvError): void {
    if (this.shared instanceof OrderedPool) this.shared.cancelBlocking(error);
  }

  /** Gets nothing new; its connections end when they have answered what they have. */
  retire(error: KvError): void {
    for (const pool of this.pools) pool.retire(error);
  }

  /** Ends a retired one for good: what it has not answered goes on at other servers, where it may be repeated. */
  abandon(error: KvError): void {
    for (const pool of this.pools) pool.abandon(error);
    this.close(error);
  }

  /** Ends all connections; what is under way fails with this error. */
  close(error: KvError): void {
    for (const pool of this.pools) pool.close(error);
    this.#closed();
  }
}

/** What is being done to reach one of these servers, for messages; `undefined`: no connection is being made. */
export function attemptOf(endpoints: readonly Endpoint[]): string | undefined {
  return endpoints.find(({ shared }) => shared.attempt !== undefined)?.shared.attempt;
}

function makePool({ connection, pool, connectionOf, ordered }: PoolSetup, events: PoolEvents): ConnectionPool {
  if (ordered === true) return new OrderedPool(connection, pool, events);
  if (connectionOf === undefined) return new Pool(connection, pool, events);
  return new KeyedPool(connection, pool, events, connectionOf);
}
