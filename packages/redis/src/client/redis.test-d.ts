import type { CallOptions } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import { createRedis } from './create-redis.ts';
import { Redis } from './redis.ts';

class Plain extends Redis {
  twice(key: string): Promise<string | null> {
    return this.get(key);
  }
}

class InBytes extends Redis<Uint8Array> {
  twice(key: string): Promise<Uint8Array | null> {
    return this.get(key);
  }
}

/** For both: TypeScript cannot say "this class with another V", so such a class says it itself. */
class Both<V = string> extends Redis<V> {
  twice(key: string): Promise<V | null> {
    return this.get(key);
  }

  override with(options: CallOptions & { readonly bytes: true }): Both<Uint8Array>;
  override with(options: CallOptions & { readonly bytes: false }): Both<string>;
  override with(options: CallOptions): this;
  override with(options: CallOptions): unknown {
    return super.with(options);
  }
}

test('a client has the type that its options ask for', () => {
  expectTypeOf(createRedis()).toEqualTypeOf<Redis>();
  expectTypeOf(createRedis('redis://h', { bytes: false })).toEqualTypeOf<Redis>();
  expectTypeOf(createRedis('redis://h', { bytes: true })).toEqualTypeOf<Redis<Uint8Array>>();
  expectTypeOf(createRedis('redis://h', { client: Plain })).toEqualTypeOf<Plain>();
  expectTypeOf(createRedis('redis://h', { client: InBytes, bytes: true })).toEqualTypeOf<InBytes>();
  expectTypeOf(createRedis('redis://h', { client: Both<string> })).toEqualTypeOf<Both>();
  // @ts-expect-error not a class of clients
  createRedis('redis://h', { client: Date });
  // @ts-expect-error its data are bytes, those of the client are not
  createRedis('redis://h', { client: InBytes });
});

test('a view keeps its class, as far as the type of data stays', () => {
  const plain = createRedis('redis://h', { client: Plain });
  expectTypeOf(plain.with({ timeout: 5 })).toEqualTypeOf<Plain>();
  expectTypeOf(plain.with({ bytes: true })).toEqualTypeOf<Redis<Uint8Array>>();
  expectTypeOf(
    createRedis('redis://h', { client: InBytes, bytes: true }).with({ retry: 'never' }),
  ).toEqualTypeOf<InBytes>();
  const both = createRedis('redis://h', { client: Both<string> });
  expectTypeOf(both.with({ timeout: 5 })).toEqualTypeOf<Both>();
  expectTypeOf(both.with({ bytes: true }).twice('a')).resolves.toEqualTypeOf<Uint8Array | null>();
  expectTypeOf(both.with({ bytes: true }).with({ timeout: 5 })).toEqualTypeOf<Both<Uint8Array>>();
});
