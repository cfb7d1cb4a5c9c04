/** What a further client or pool like this one is made from. */
import { type CallOptions, duplicateCall, duplicateOrigin, type Engine, type Origin } from '@kv/core';
import { mergeRedisOptions, type RedisCallOptions } from './call-options.ts';
import type { ReadOptions, RedisAddress, RedisClientOptions, RedisOptions } from './options.ts';
import { loginOf } from './select-database.ts';

/** What a client was made from. */
export type ClientOrigin = Origin<RedisAddress | undefined, RedisClientOptions, ReadOptions<RedisClientOptions>>;

/** The same address and options, with database, name and login as they are now, unless `more` has others. */
export function duplicateWithLogin<A, O extends RedisOptions>(
  client: Engine,
  more: O,
  read: (address: A, options: O) => ReadOptions<O>,
): Origin<A, O, ReadOptions<O>> {
  const origin = duplicateOrigin(client, more, read);
  const now = loginOf(client);
  const { login } = origin.read;
  if (more.db === undefined) login.db = now.db;
  if (more.name === undefined) login.name = now.name;
  if (!namesUser(more)) Object.assign(login, { credentials: now.credentials, username: now.username });
  return origin;
}

/** Call options of a view, with what its duplicate is told otherwise. */
export function duplicateRedisCall(
  call: CallOptions,
  { readFrom, ...more }: RedisClientOptions & Pick<RedisCallOptions, 'readFrom'>,
): CallOptions {
  return mergeRedisOptions(call, { ...duplicateCall(call, more), readFrom });
}

function namesUser({ username, password, credentials }: RedisOptions): boolean {
  return username !== undefined || password !== undefined || credentials !== undefined;
}
