import type { Command } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import {
  type AclLogEntry,
  type AclUser,
  aclGetuser,
  aclLog,
  auth,
  bgsave,
  clientKill,
  clientList,
  clientTracking,
  commandList,
  configGet,
  configSet,
  debug,
  failover,
  flushall,
  ping,
  replicaof,
  role,
  shutdown,
} from './index.ts';

test('PING and AUTH by their arguments', () => {
  expectTypeOf(ping()).toEqualTypeOf<Command<'PONG', string>>();
  expectTypeOf(ping<Uint8Array>('x')).toEqualTypeOf<Command<Uint8Array, Uint8Array>>();
  auth('password');
  auth('user', 'password');
  // @ts-expect-error a password is needed
  auth();
});

test('settings', () => {
  expectTypeOf(configGet<Uint8Array>('a*')).toEqualTypeOf<Command<Record<string, string>, Uint8Array>>();
  configSet({ maxmemory: '1gb' });
  configSet('maxmemory', '1gb');
  // @ts-expect-error a value is missing
  configSet('maxmemory');
});

test('users', () => {
  expectTypeOf(aclGetuser('u')).toEqualTypeOf<Command<AclUser | null, string>>();
  expectTypeOf(aclLog(5)).toEqualTypeOf<Command<AclLogEntry[], string>>();
  expectTypeOf(aclLog('reset')).toEqualTypeOf<Command<'OK', string>>();
});

test('options that exclude each other', () => {
  // @ts-expect-error both ways
  flushall({ async: true, sync: true });
  // @ts-expect-error both
  bgsave({ schedule: true, cancel: true });
  // @ts-expect-error either
  shutdown({ save: true, nosave: true });
  // @ts-expect-error abort stands alone
  shutdown({ abort: true, force: true });
  // @ts-expect-error abort stands alone
  failover({ abort: true, timeout: 5 });
  // @ts-expect-error one filter
  commandList({ module: 'm', pattern: 'p' });
  // @ts-expect-error one filter
  clientList({ type: 'normal', id: 1 });
  // @ts-expect-error one mode
  clientTracking(true, { optin: true, bcast: true });
  // @ts-expect-error no such type
  clientKill({ type: 'primary-replica' });
  // @ts-expect-error no such option
  clientKill({ name: 'x' });
});

test('roles are told apart by their name', () => {
  replicaof('no one');
  replicaof({ host: 'h', port: 1 });
  // @ts-expect-error neither
  replicaof('h');
  const reply = role().reply([], role());
  if (reply.role === 'master') expectTypeOf(reply.replicas[0]?.port).toEqualTypeOf<number | undefined>();
  if (reply.role === 'slave') expectTypeOf(reply.state).toBeString();
  if (reply.role === 'sentinel') expectTypeOf(reply.masters).toEqualTypeOf<string[]>();
});

test('DEBUG answers whatever it answers', () => {
  expectTypeOf(debug('sleep', 0)).toEqualTypeOf<Command<unknown, string>>();
});
