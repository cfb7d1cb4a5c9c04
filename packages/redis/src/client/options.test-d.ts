import { expectTypeOf, test } from 'vitest';
import {
  createConnection,
  createPool,
  createRedis,
  type Redis,
  type RedisClientOptions,
  type RedisConnection,
  type RedisOptions,
  type RedisPool,
  type RedisPoolOptions,
} from '../index.ts';

/** Options that come from elsewhere have the exported type. */
test('options in a variable compile, and the data may be both where they leave it open', () => {
  const open = (options: RedisClientOptions) => createRedis('redis://h', options);
  expectTypeOf(open).returns.toEqualTypeOf<Redis<string | Uint8Array>>();
  expectTypeOf(open({}).get('k')).resolves.toEqualTypeOf<string | Uint8Array | null>();
  const spread = (options: RedisClientOptions) => createRedis('redis://h', { ...options, timeout: 1 });
  expectTypeOf(spread).returns.toEqualTypeOf<Redis<string | Uint8Array>>();
  const chosen = (bytes: boolean) => createRedis('redis://h', { bytes });
  expectTypeOf(chosen).returns.toEqualTypeOf<Redis<string | Uint8Array>>();
  const text = (options: Omit<RedisClientOptions, 'bytes'>) => createRedis('redis://h', options);
  expectTypeOf(text).returns.toEqualTypeOf<Redis>();
  const pool = (options: RedisPoolOptions) => createPool('redis://h', options);
  expectTypeOf(pool).returns.resolves.toEqualTypeOf<RedisPool<string | Uint8Array>>();
  const connection = (options: RedisOptions) => createConnection('redis://h', options);
  expectTypeOf(connection).returns.resolves.toEqualTypeOf<RedisConnection<string | Uint8Array>>();
  expectTypeOf<ReturnType<typeof createRedis>>().toEqualTypeOf<Redis>();
  expectTypeOf<ReturnType<typeof createPool>>().resolves.toEqualTypeOf<RedisPool>();
  expectTypeOf<ReturnType<typeof createConnection>>().resolves.toEqualTypeOf<RedisConnection>();
});

test('options are the second argument, and a URL is an address', () => {
  createRedis(new URL('redis://h'));
  // @ts-expect-error the password is an option
  createRedis({ host: 'h', port: 1, password: 'secret' });
  // @ts-expect-error the host is part of the address
  createRedis(undefined, { host: 'h' });
});
