import type { KeyValueClient } from '../../suite.ts';

/** The calls that are measured, each one call of a client's public API. */
export interface RedisClient extends KeyValueClient {
  set(key: string, value: string | Buffer): Promise<unknown>;
  mget(keys: string[]): Promise<unknown>;
  lrange(key: string, start: number, stop: number): Promise<unknown>;
  hgetall(key: string): Promise<unknown>;
}
