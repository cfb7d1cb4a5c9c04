import type { KeyValue } from '@kv/core';
import type { KeyvStoreAdapter as Keyv5Adapter, Keyv as Keyv5Type } from 'keyv';
import { Keyv as Keyv5 } from 'keyv';
import type { KeyvStorageAdapter, KeyvStorageCapability, Keyv as KeyvType } from 'keyv-6';
import { Keyv } from 'keyv-6';
import { expectTypeOf, test } from 'vitest';
import { Keyv5Store, KeyvStore, type KeyvStoreCapabilities } from '../src/index.ts';

declare const kv: KeyValue;
declare const bytes: KeyValue<Uint8Array>;

test('KeyvStore is a storage of Keyv 6', () => {
  const storage: KeyvStorageAdapter = new KeyvStore(kv);
  expectTypeOf(storage.get).toBeFunction();
  expectTypeOf<KeyvStoreCapabilities>().toExtend<KeyvStorageCapability>();
  expectTypeOf(new Keyv({ store: new KeyvStore(kv) })).toEqualTypeOf<KeyvType>();
});

test('Keyv5Store is a storage of Keyv 5', () => {
  const storage: Keyv5Adapter = new Keyv5Store(kv);
  expectTypeOf(storage.get).toBeFunction();
  expectTypeOf(new Keyv5(new Keyv5Store(kv), { ttl: 5000 })).toEqualTypeOf<Keyv5Type>();
});

test('values are text: a KeyValue of bytes does not fit', () => {
  // @ts-expect-error Keyv serializes to text
  new KeyvStore(bytes);
  // @ts-expect-error Keyv serializes to text
  new Keyv5Store(bytes);
});
