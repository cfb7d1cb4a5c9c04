import type { RedisAddress, RedisClientOptions } from '@kv/redis';
import type { RedisOptions } from 'bullmq';

/** Options of the client for BullMQ. */
export type BullOptions = Omit<RedisClientOptions, 'bytes' | 'protocol' | 'keyPrefix'>;

/** The server that BullMQ's `connection` options name. */
export function addressOf({ url, path, host = '127.0.0.1', port = 6379 }: RedisOptions): RedisAddress {
  if (typeof url === 'string') return url;
  return typeof path === 'string' ? { path } : { host, port: Number(port) };
}

/** What else BullMQ's `connection` options mean for the client. */
export function optionsOf({ username, password, db, connectionName, tls }: RedisOptions): BullOptions {
  const login = password ? { username: username || undefined, password } : {};
  return { ...login, db, name: nameOf(connectionName), tls: tls as BullOptions['tls'] };
}

/** BullMQ makes names of what users call their queues; the server takes visible ASCII only. */
export function nameOf(name: string | undefined): string | undefined {
  return name?.replaceAll(/[^!-~]/g, '-');
}

/** The options that are given: `undefined` counts as not given. */
export function given(options: BullOptions): BullOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/**
 * As BullMQ needs it: the replies of RESP2, one connection for each client, patience while the server is away: as long as the
 * lock of a job lasts by default. Later, another worker may have the job.
 */
export function clientOptions(options: BullOptions): RedisClientOptions & { readonly bytes: false } {
  const defaults = { timeout: 30_000, connections: 'one', library: { name: 'kv-bullmq' } } as const;
  return { ...defaults, ...given(options), protocol: 2, bytes: false };
}
