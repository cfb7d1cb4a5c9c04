import type { RedisAddress, RedisClientOptions } from '@kv/redis';
import type { RedisOptions } from 'bullmq';

/** Options of the client for BullMQ. */
export type BullOptions = Omit<RedisClientOptions, 'bytes' | 'protocol' | 'keyPrefix'>;

/** Address and options of a client. */
export interface BullTarget {
  readonly address: RedisAddress | undefined;
  readonly options: BullOptions;
}

/** What BullMQ's `connection` options mean for the client; `more` wins. */
export function targetOf(given: RedisOptions, more: BullOptions = {}): BullTarget {
  const { url, host = '127.0.0.1', port = 6379, path, username, password, db, connectionName, tls } = given;
  const address = typeof url === 'string' ? url : typeof path === 'string' ? { path } : { host, port: Number(port) };
  const login = password ? { username: username || undefined, password } : {};
  const name = nameOf(connectionName);
  return { address, options: { ...login, db, name, tls: tls as BullOptions['tls'], ...more } };
}

/** BullMQ makes names of what users call their queues; the server takes visible ASCII only. */
export function nameOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : name.replaceAll(/[^!-~]/g, '-');
}

/** As long as the lock of a job lasts by default, ms: later, another worker may have the job. */
const PATIENCE = 30_000;

/** As BullMQ needs it: the replies of RESP2, one connection for each client, patience while the server is away. */
export function clientOptions(options: BullOptions): RedisClientOptions {
  return { timeout: PATIENCE, connections: 'one', library: { name: 'kv-bullmq' }, ...options, protocol: 2 };
}
