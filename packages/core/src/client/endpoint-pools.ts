import type { ConnectionSetup } from '../connection/connection.ts';
import type { KvError } from '../errors.ts';
import { BulkPool } from '../pool/bulk-pool.ts';
import type { ConnectionPool, MakePool } from '../pool/keyed-pool.ts';
import { OrderedPool } from '../pool/ordered-pool.ts';
import { Pool } from '../pool/pool.ts';
import type { PoolEvents, PoolOptions } from '../pool/pool-options.ts';
import type { ExclusivePool } from '../request/request.ts';

/** What a pool is for. */
export type PoolName = 'shared' | 'bulk' | ExclusivePool;

/** One pool: its bounds and, where they differ, how its connections are set up. */
export interface PoolSetup {
  readonly pool: PoolOptions;
  readonly connection: ConnectionSetup;
  readonly events: PoolEvents;
  /** Makes a pool of another kind. Absent: a command takes the connection with the fewest requests. */
  readonly makePool?: MakePool | undefined;
  /**
   * Whether one connection takes blocking commands, too, in the order of the calls.
   *
   * @default false
   */
  readonly ordered?: boolean | undefined;
  /**
   * From how many bytes of arguments on a call goes to the pool `bulk`. Of shared connections only.
   *
   * @default Infinity: none does
   */
  readonly bulkAbove?: number | undefined;
}

/** How the pools of endpoints are made. */
export interface PoolSetups<Endpoint> {
  /** Sessions are acquired from the shared pool. */
  readonly sharesSessions: boolean;
  sizeOf(name: PoolName): { readonly minSize: number };
  setupOf(endpoint: Endpoint, name: PoolName): PoolSetup;
}

/** The pools of one endpoint. Most clients use one of them: the others are made when they are asked for. */
export class EndpointPools<Endpoint> {
  readonly #endpoint: Endpoint;
  readonly #setups: PoolSetups<Endpoint>;
  readonly #made: Partial<Record<PoolName, ConnectionPool>> = {};
  /** What ended the pools, and so those that are made later. */
  #retired: KvError | undefined;
  #closed: KvError | undefined;

  constructor(endpoint: Endpoint, setups: PoolSetups<Endpoint>) {
    this.#endpoint = endpoint;
    this.#setups = setups;
  }

  /** The pool of this name. */
  of(name: PoolName): ConnectionPool {
    return this.find(name) ?? this.#make(name);
  }

  /** The pool of this name; `undefined`: nothing has asked for it. */
  find(name: PoolName): ConnectionPool | undefined {
    return this.#made[this.#setups.sharesSessions && name === 'sessions' ? 'shared' : name];
  }

  /** Those that are made. */
  get made(): ConnectionPool[] {
    return Object.values(this.#made);
  }

  /** How many connections a pool keeps. */
  minSizeOf(name: PoolName): number {
    return this.#setups.sizeOf(name).minSize;
  }

  /** They get nothing new; their connections end when they have answered what they have. */
  retire(error: KvError): void {
    this.#retired = error;
    for (const pool of this.made) pool.retire(error);
  }

  /** Ends all connections; what is under way fails with this error. */
  close(error: KvError): void {
    this.#closed = error;
    for (const pool of this.made) pool.close(error);
  }

  #make(name: PoolName): ConnectionPool {
    const setup = this.#setups.setupOf(this.#endpoint, name);
    const { bulkAbove } = setup;
    const pool = bulkAbove === undefined ? poolOf(setup, this.#watched(name, setup)) : this.#makeBulk(setup, bulkAbove);
    if (this.#retired !== undefined) pool.retire(this.#retired);
    if (this.#closed !== undefined) pool.close(this.#closed);
    this.#made[name] = pool;
    return pool;
  }

  /** The shared pool of a client with a connection for large calls. */
  #makeBulk(setup: PoolSetup, above: number): ConnectionPool {
    return new BulkPool(
      (watched) => poolOf(setup, watched(setup.events)),
      { use: () => this.of('bulk'), find: () => this.find('bulk') },
      above,
    );
  }

  #watched(name: PoolName, { events }: PoolSetup): PoolEvents {
    const { shared } = this.#made;
    return name === 'bulk' && shared instanceof BulkPool ? shared.watched(events) : events;
  }
}

function poolOf({ connection, pool, makePool, ordered }: PoolSetup, events: PoolEvents): ConnectionPool {
  if (ordered === true) return new OrderedPool(connection, pool, events);
  return makePool?.(connection, pool, events) ?? new Pool(connection, pool, events);
}
