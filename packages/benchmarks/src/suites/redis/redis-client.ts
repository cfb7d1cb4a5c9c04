import type { KeyValueClient } from '../../suite.ts';

/** The calls that are measured, each by a client's public API. A call that a client does not have throws. */
export interface RedisClient extends KeyValueClient {
  set(key: string, value: string | Buffer): Promise<unknown>;
  mget(keys: string[]): Promise<unknown>;
  lrange(key: string, start: number, stop: number): Promise<unknown>;
  hgetall(key: string): Promise<unknown>;
  /** All members, with their scores. */
  zrangeWithScores(key: string): Promise<unknown>;
  /** The first entries. */
  xrange(key: string, count: number): Promise<unknown>;
  /** The first entries, as a reader of one stream gets them. */
  xread(key: string, count: number): Promise<unknown>;
  /** One GET per key, sent together. */
  pipeline(keys: readonly string[]): Promise<unknown>;
  /** One GET per key, in a transaction. */
  multi(keys: readonly string[]): Promise<unknown>;
  /** Calls `arrived` for each message, on a connection of its own. */
  subscribe(channels: string[], arrived: (channel: string) => void): Promise<unknown>;
  publish(channel: string, message: string): Promise<unknown>;
}

/** What can be measured on connections of all kinds: a unix socket, TLS, a cluster, with a cache. */
export type ReadsOnly = Pick<RedisClient, 'get' | 'set' | 'close'>;

/** A client that can only get and set here; all other calls throw. */
export function readsOnly(client: ReadsOnly): RedisClient {
  const refuse = (): never => {
    throw new Error('this client is measured with GET and SET only');
  };
  return {
    mget: refuse,
    lrange: refuse,
    hgetall: refuse,
    zrangeWithScores: refuse,
    xrange: refuse,
    xread: refuse,
    pipeline: refuse,
    multi: refuse,
    subscribe: refuse,
    publish: refuse,
    ...client,
  };
}
