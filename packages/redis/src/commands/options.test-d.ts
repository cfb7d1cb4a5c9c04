import type { Command } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import {
  flushdb,
  functionList,
  functionLoad,
  hello,
  type LibraryInfo,
  lolwut,
  memoryUsage,
  moduleLoadex,
  type ServerHello,
  xgroupCreate,
  xgroupSetid,
  xsetid,
  zintercard,
  zmpop,
  zunionstore,
} from './index.ts';

test('options of the server', () => {
  const user = { username: 'alice', password: 'secret' };
  expectTypeOf(hello(3, { auth: user, setname: 'app' })).toEqualTypeOf<Command<ServerHello, string>>();
  expectTypeOf(functionList({ libraryname: 'lib*', withcode: true })).toEqualTypeOf<Command<LibraryInfo[], string>>();
  expectTypeOf(functionLoad('#!lua name=a', { replace: true })).toEqualTypeOf<Command<string, string>>();
  expectTypeOf(memoryUsage('a', { samples: 0 })).toEqualTypeOf<Command<number | null, string>>();
  expectTypeOf(moduleLoadex('a.so', { config: { a: '1' }, args: ['b'] })).toEqualTypeOf<Command<'OK', string>>();
  expectTypeOf(flushdb({ async: true })).toEqualTypeOf<Command<'OK', string>>();
  expectTypeOf(lolwut({ version: 5 })).toEqualTypeOf<Command<string, string>>();
  // @ts-expect-error there are two protocols
  hello(4);
  // @ts-expect-error a user has a password
  hello(3, { auth: { username: 'alice' } });
  // @ts-expect-error one way to flush
  flushdb({ async: true, sync: true });
  // @ts-expect-error no such option
  memoryUsage('a', { sample: 1 });
});

test('options of streams', () => {
  expectTypeOf(xgroupCreate('s', 'g', '$', { mkstream: true })).toEqualTypeOf<Command<'OK', string>>();
  expectTypeOf(xgroupSetid('s', 'g', '0', { entriesread: 5 })).toEqualTypeOf<Command<'OK', string>>();
  expectTypeOf(xsetid('s', '1-1', { entriesadded: 3, maxdeletedid: '1-0' })).toEqualTypeOf<Command<'OK', string>>();
  // @ts-expect-error a group that exists has its stream
  xgroupSetid('s', 'g', '0', { mkstream: true });
});

test('options of several sorted sets', () => {
  expectTypeOf(zintercard(['a', 'b'], { limit: 3 })).toEqualTypeOf<Command<number, string>>();
  expectTypeOf(zunionstore('c', ['a', 'b'], { aggregate: 'max' })).toEqualTypeOf<Command<number, string>>();
  zmpop(['a', 'b'], 'min', { count: 2 });
  // @ts-expect-error the lowest or the highest scores
  zmpop(['a', 'b'], 'left');
  // @ts-expect-error a stored set keeps its scores
  zunionstore('c', ['a', 'b'], { withscores: true });
});
