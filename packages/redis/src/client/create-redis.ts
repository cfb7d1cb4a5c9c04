import { type RedisAddress, type RedisClientOptions, readClientOptions } from './options.ts';
import { Redis, type RedisClass } from './redis.ts';
import { callOf, makeClient } from './redis-setup.ts';

const NO_OPTIONS: RedisClientOptions = {};

/**
 * A client for one server. Returns at once; the first command (or `connect()`) connects.
 *
 * @param address URL (`redis://user:password@host:6379/0`, `rediss:`, `valkey:`, `redis+unix:`, `embedded:`), `{ host, port }`,
 *   `{ path }` or `{ connect }`. Default: `redis://127.0.0.1:6379`
 * @throws ArgumentError for a wrong address or option
 * @example
 * await using redis = createRedis('redis://localhost:6379')
 * await redis.set('a', 1, { ex: 60 })
 */
export function createRedis(
  address?: RedisAddress,
  options?: RedisClientOptions & { readonly bytes?: false | undefined; readonly client?: undefined },
): Redis<string>;
export function createRedis(
  address: RedisAddress | undefined,
  options: RedisClientOptions & { readonly bytes: true; readonly client?: undefined },
): Redis<Uint8Array>;
export function createRedis(
  address: RedisAddress | undefined,
  options: RedisClientOptions & { readonly client?: undefined },
): Redis<string | Uint8Array>;
export function createRedis<R extends Redis>(
  address: RedisAddress | undefined,
  options: RedisClientOptions & { readonly bytes?: false | undefined; readonly client: RedisClass<R> },
): R;
export function createRedis<R extends Redis<Uint8Array>>(
  address: RedisAddress | undefined,
  options: RedisClientOptions & { readonly bytes: true; readonly client: RedisClass<R> },
): R;
// Once more: the last one is what `ReturnType<typeof createRedis>` means.
export function createRedis(
  address?: RedisAddress,
  options?: RedisClientOptions & { readonly bytes?: false | undefined; readonly client?: undefined },
): Redis<string>;
export function createRedis(
  address?: RedisAddress,
  options: RedisClientOptions & { readonly client?: RedisClass<unknown> | undefined } = NO_OPTIONS,
): unknown {
  const read = readClientOptions(address, options);
  const { client: Type = Redis } = read.options;
  return new Type(makeClient({ address, options, read }), callOf(read));
}
