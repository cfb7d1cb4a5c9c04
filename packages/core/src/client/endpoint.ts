import type { ConnectionSetup } from '../connection/connection.ts';
import type { KvError } from '../errors.ts';
import type { PoolEvents, PoolOptions } from '../pool/pool.ts';
import { Pool } from '../pool/pool.ts';

/** What a lane is for. */
export type PoolName = 'shared' | 'sessions' | 'blocking' | 'streams';

/** One lane: how big its pool is and, where it differs, how its connections are set up. */
export interface PoolSetup {
  readonly pool: PoolOptions;
  readonly connection: ConnectionSetup;
}

/**
 * One server as a client sees it: four pools of one class, with bounds of their own, so that long users cannot starve
 * short ones.
 */
export class Endpoint {
  /** Everybody's commands. */
  readonly shared: Pool;
  /** Exclusive connections: sessions, transactions. May be the same pool as `shared`. */
  readonly sessions: Pool;
  /** One blocking command per connection. */
  readonly blocking: Pool;
  /** Endless replies and subscriptions. */
  readonly streams: Pool;

  constructor(pools: Readonly<Record<PoolName, PoolSetup>>, events: PoolEvents) {
    this.shared = makePool(pools.shared, events);
    this.sessions = pools.sessions === pools.shared ? this.shared : makePool(pools.sessions, events);
    this.blocking = makePool(pools.blocking, events);
    this.streams = makePool(pools.streams, events);
  }

  /** The lanes, each once: some may share a pool. */
  get pools(): Pool[] {
    return [...new Set([this.shared, this.sessions, this.blocking, this.streams])];
  }

  /** Ends all connections; what is under way fails with this error. */
  close(error: KvError): void {
    for (const pool of this.pools) pool.close(error);
  }
}

function makePool({ connection, pool }: PoolSetup, events: PoolEvents): Pool {
  return new Pool(connection, pool, events);
}
