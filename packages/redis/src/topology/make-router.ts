/** What only clients of a cluster load. */
import type { RouterHost } from '@kv/core';
import type { ReadOptions, RedisClientOptions } from '../client/options.ts';
import { ClusterRouter } from './cluster-router.ts';

export { SlotSessions } from './slot-sessions.ts';

/** The router of a client of a cluster. */
export function makeRouter(host: RouterHost, { topology, options }: ReadOptions<RedisClientOptions>): ClusterRouter {
  const { natMap, tlsName, refreshInterval = 60_000, split = true, name = 'redis' } = options;
  const { seeds = [], tls } = topology ?? {};
  const seedHost = seeds[0]?.host;
  return new ClusterRouter(host, { seeds, seedHost, tls, natMap, tlsName, refreshInterval, split, name });
}
