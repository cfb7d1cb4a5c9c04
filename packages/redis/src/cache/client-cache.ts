import type { AnyCommand, Connection, Endpoint, Executor, PoolName } from '@kv/core';
import type { CachedCallOptions } from '../client/cache-options.ts';
import type { CacheStats } from './cache-stats.ts';

/** What a client asks of its cache, whose code is loaded only when it has one. */
export interface ClientCache {
  /** Sends a command, or answers it with what is kept. */
  send<T>(executor: Executor, command: AnyCommand<T>, call: CachedCallOptions): Promise<T>;
  stats(): CacheStats;
  /** The last step of the handshake of a shared connection: from now on its server tells of changes, unless it is for bulk. */
  greet(connection: Connection, endpoint: Endpoint, pool: PoolName): Promise<void>;
  /** Something came on a shared connection that answers no command. */
  pushed(raw: unknown, connection: Connection): void;
  /** The client has another database or user: what is kept is not what its reads would give. */
  forget(): void;
}
