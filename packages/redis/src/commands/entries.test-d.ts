import type { Command, KeyValue } from '@kv/core';
import { describe, expectTypeOf, it } from 'vitest';
import { createRedis } from '../client/create-redis.ts';
import { keyValue } from '../client/key-value.ts';
import type { RedisSession } from '../client/session.ts';
import { configSet, hmset, hset, mset, msetnx, type StreamEntry, xadd, xread, xreadgroup } from './index.ts';

interface User {
  name: string;
  age: number;
}

interface Positions {
  log: '0';
}

interface New {
  log: '>';
}

declare const user: User;

describe('values of an interface', () => {
  it('are entries of every command that takes names with values', () => {
    expectTypeOf(hset('h', user)).toEqualTypeOf<Command<number, string>>();
    expectTypeOf(hset<Uint8Array>('h', { a: 1 })).toEqualTypeOf<Command<number, Uint8Array>>();
    expectTypeOf(hmset('h', user)).toEqualTypeOf<Command<'OK', string>>();
    expectTypeOf(mset(user)).toEqualTypeOf<Command<'OK', string>>();
    expectTypeOf(msetnx(user)).toEqualTypeOf<Command<boolean, string>>();
    expectTypeOf(configSet(user)).toEqualTypeOf<Command<'OK', string>>();
    expectTypeOf(xadd('log', '*', user)).toEqualTypeOf<Command<string, string>>();
    expectTypeOf(xadd('log', '*', user, { nomkstream: true })).toEqualTypeOf<Command<string | null, string>>();
  });

  it('are streams with ids', () => {
    type Found = Record<string, StreamEntry<string>[]> | null;
    expectTypeOf(xread({} as Positions)).toEqualTypeOf<Command<Found, string>>();
    expectTypeOf(xreadgroup('g', 'c', {} as New)).toEqualTypeOf<Command<Found, string>>();
    expectTypeOf(xreadgroup('g', 'c', { log: '>' })).toEqualTypeOf<Command<Found, string>>();
    // @ts-expect-error a date is no id
    xread({} as { log: Date });
  });

  it('are accepted by clients, views, sessions, batches and key-values', () => {
    const redis = createRedis();
    expectTypeOf(redis.hset('h', user)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(redis.with({ bytes: true }).xadd('log', '*', user)).toEqualTypeOf<Promise<string>>();
    expectTypeOf(redis.pipeline().mset(user)).toEqualTypeOf<Promise<'OK'>>();
    expectTypeOf(redis.multi().hset('h', user)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(({} as RedisSession).hset('h', user)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(keyValue(redis)).toExtend<KeyValue>();
    expectTypeOf(keyValue(redis).setMany(user)).toEqualTypeOf<Promise<void>>();
    // @ts-expect-error a date is no data
    void redis.hset('h', {} as User & { born: Date });
  });
});
