import { expectTypeOf, test } from 'vitest';
import {
  createConnection,
  createGibson,
  createPool,
  type Gibson,
  type GibsonClientOptions,
  type GibsonConnection,
  type GibsonOptions,
  type GibsonPool,
  type GibsonPoolOptions,
} from '../index.ts';

/** Options that come from elsewhere have the exported type. */
test('options in a variable compile, and the data may be both where they leave it open', () => {
  const open = (options: GibsonClientOptions) => createGibson('gibson://h', options);
  expectTypeOf(open).returns.toEqualTypeOf<Gibson<string | Uint8Array>>();
  expectTypeOf(open({}).get('k')).resolves.toEqualTypeOf<string | Uint8Array | null>();
  const spread = (options: GibsonClientOptions) => createGibson('gibson://h', { ...options, timeout: 1 });
  expectTypeOf(spread).returns.toEqualTypeOf<Gibson<string | Uint8Array>>();
  const chosen = (bytes: boolean) => createGibson('gibson://h', { bytes });
  expectTypeOf(chosen).returns.toEqualTypeOf<Gibson<string | Uint8Array>>();
  const text = (options: Omit<GibsonClientOptions, 'bytes'>) => createGibson('gibson://h', options);
  expectTypeOf(text).returns.toEqualTypeOf<Gibson>();
  const pool = (options: GibsonPoolOptions) => createPool('gibson://h', options);
  expectTypeOf(pool).returns.resolves.toEqualTypeOf<GibsonPool<string | Uint8Array>>();
  const connection = (options: GibsonOptions) => createConnection('gibson://h', options);
  expectTypeOf(connection).returns.resolves.toEqualTypeOf<GibsonConnection<string | Uint8Array>>();
  expectTypeOf<ReturnType<typeof createGibson>>().toEqualTypeOf<Gibson>();
  expectTypeOf<ReturnType<typeof createPool>>().resolves.toEqualTypeOf<GibsonPool>();
  expectTypeOf<ReturnType<typeof createConnection>>().resolves.toEqualTypeOf<GibsonConnection>();
});

test('options are the second argument, and a URL is an address', () => {
  createGibson(new URL('gibson://h'));
  // @ts-expect-error the password is an option
  createGibson({ host: 'h', port: 1, password: 'secret' });
  // @ts-expect-error the host is part of the address
  createGibson(undefined, { host: 'h' });
});
