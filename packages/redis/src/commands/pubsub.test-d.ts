import type { Command } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import { createRedis, type Message, type Redis, type Subscription } from '../index.ts';
import { publish, pubsubNumsub, spublish } from './index.ts';

test('publishing', () => {
  expectTypeOf(publish('c', new Uint8Array())).toEqualTypeOf<Command<number, string>>();
  expectTypeOf(spublish('c', 1)).toEqualTypeOf<Command<number, string>>();
  expectTypeOf(pubsubNumsub('a', ['b'])).toEqualTypeOf<Command<Record<string, number>, string>>();
  // @ts-expect-error one message
  publish('c', ['a', 'b']);
});

test('messages are text or bytes, as the view says', () => {
  const redis: Redis = createRedis({ connect: () => Promise.reject(new Error('no')) });
  expectTypeOf(redis.subscribe('a')).resolves.toEqualTypeOf<Subscription<string>>();
  expectTypeOf(redis.with({ bytes: true }).psubscribe(['a*'])).resolves.toEqualTypeOf<Subscription<Uint8Array>>();
  expectTypeOf<Message<Uint8Array>['message']>().toEqualTypeOf<Uint8Array>();
  // @ts-expect-error no such policy
  void redis.subscribe('a', { overflow: 'dropNewest' });
  // @ts-expect-error not on a pipeline
  redis.pipeline().subscribe('a');
  // @ts-expect-error not in a transaction
  redis.multi().subscribe('a');
});
