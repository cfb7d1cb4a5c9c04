import { expectTypeOf, test } from 'vitest';
import {
  createConnection,
  createPool,
  createSsdb,
  type Ssdb,
  type SsdbClientOptions,
  type SsdbConnection,
  type SsdbOptions,
  type SsdbPool,
  type SsdbPoolOptions,
} from '../index.ts';

/** Options that come from elsewhere have the exported type. */
test('options in a variable compile, and the data may be both where they leave it open', () => {
  const open = (options: SsdbClientOptions) => createSsdb('ssdb://h', options);
  expectTypeOf(open).returns.toEqualTypeOf<Ssdb<string | Uint8Array>>();
  expectTypeOf(open({}).get('k')).resolves.toEqualTypeOf<string | Uint8Array | null>();
  const spread = (options: SsdbClientOptions) => createSsdb('ssdb://h', { ...options, timeout: 1 });
  expectTypeOf(spread).returns.toEqualTypeOf<Ssdb<string | Uint8Array>>();
  const chosen = (bytes: boolean) => createSsdb('ssdb://h', { bytes });
  expectTypeOf(chosen).returns.toEqualTypeOf<Ssdb<string | Uint8Array>>();
  const text = (options: Omit<SsdbClientOptions, 'bytes'>) => createSsdb('ssdb://h', options);
  expectTypeOf(text).returns.toEqualTypeOf<Ssdb>();
  const pool = (options: SsdbPoolOptions) => createPool('ssdb://h', options);
  expectTypeOf(pool).returns.resolves.toEqualTypeOf<SsdbPool<string | Uint8Array>>();
  const connection = (options: SsdbOptions) => createConnection('ssdb://h', options);
  expectTypeOf(connection).returns.resolves.toEqualTypeOf<SsdbConnection<string | Uint8Array>>();
  expectTypeOf<ReturnType<typeof createSsdb>>().toEqualTypeOf<Ssdb>();
  expectTypeOf<ReturnType<typeof createPool>>().resolves.toEqualTypeOf<SsdbPool>();
  expectTypeOf<ReturnType<typeof createConnection>>().resolves.toEqualTypeOf<SsdbConnection>();
});

test('options are the second argument, and a URL is an address', () => {
  createSsdb(new URL('ssdb://h'));
  // @ts-expect-error the password is an option
  createSsdb({ host: 'h', port: 1, password: 'secret' });
  // @ts-expect-error the host is part of the address
  createSsdb(undefined, { host: 'h' });
});
