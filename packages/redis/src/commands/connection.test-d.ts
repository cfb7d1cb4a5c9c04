import type { Command } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import { createRedis, type Redis } from '../index.ts';
import { auth, echo, ping } from './index.ts';

test('answers', () => {
  expectTypeOf(ping()).toEqualTypeOf<Command<'PONG', string>>();
  expectTypeOf(ping<Uint8Array>('m')).toEqualTypeOf<Command<Uint8Array, Uint8Array>>();
  expectTypeOf(echo('m')).toEqualTypeOf<Command<string, string>>();
  auth('password');
  auth('user', 'password');
  // @ts-expect-error a password is text
  auth(5);
});

test('what changes the state of a connection is not on the shared client, but on a session', async () => {
  const redis: Redis = createRedis({ connect: () => Promise.reject(new Error('no')) });
  // @ts-expect-error use transaction() or session()
  redis.watch('k');
  await using session = await redis.session();
  expectTypeOf(session.select(1)).resolves.toEqualTypeOf<'OK'>();
  expectTypeOf(session.watch('k', ['l'])).resolves.toEqualTypeOf<'OK'>();
});
