import type { KeyValue } from '@kv/core';
import session, { type SessionData, type Store } from 'express-session';
import { expectTypeOf, test } from 'vitest';
import { KvStore } from '../src/index.ts';

declare const kv: KeyValue;
declare const bytes: KeyValue<Uint8Array>;

test('it is a store of express-session', () => {
  const store: Store = new KvStore(kv, { ttl: 60_000, touch: false });
  expectTypeOf(session).toBeCallableWith({ store, secret: 'secret' });
  expectTypeOf(session).toBeCallableWith({ store: new KvStore(kv), secret: 'secret' });
});

test('methods give promises', () => {
  expectTypeOf<KvStore['get']>().returns.toEqualTypeOf<Promise<SessionData | null>>();
  expectTypeOf<KvStore['length']>().returns.toEqualTypeOf<Promise<number>>();
});

test('sessions are text: a KeyValue of bytes does not fit', () => {
  // @ts-expect-error sessions are kept as text
  new KvStore(bytes);
  // @ts-expect-error the option is ttl
  new KvStore(kv, { tttl: 5 });
});
