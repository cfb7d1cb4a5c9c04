import type { KeyValue } from '@kv/core';
import { createStorage, type Driver, type Storage } from 'unstorage';
import { expectTypeOf, test } from 'vitest';
import { kvDriver } from '../src/index.ts';

declare const kv: KeyValue;
declare const bytes: KeyValue<Uint8Array>;

test('it is a driver of unstorage', () => {
  const driver: Driver = kvDriver(kv, { ttl: 60 });
  expectTypeOf(driver.getItem).toBeFunction();
  expectTypeOf(createStorage<string>({ driver: kvDriver(kv) })).toEqualTypeOf<Storage<string>>();
});

test('items are text: a KeyValue of bytes does not fit', () => {
  // @ts-expect-error unstorage keeps text
  kvDriver(bytes);
  // @ts-expect-error the option is ttl
  kvDriver(kv, { tttl: 5 });
});
