import { ArgumentError, type CallOptions, type Engine } from '@kv/core';
import { mergeRedisOptions } from './call-options.ts';
import { type ClientExtension, extensionOf } from './client-extension.ts';
import { type ReadOptions, type RedisClientOptions, readClientOptions } from './options.ts';
import { loginOf } from './select-database.ts';

/** What a further client like this one is made from. */
export function duplicateOptions(client: Engine, more: RedisClientOptions): ReadOptions<RedisClientOptions> {
  const { origin } = extensionOf(client);
  if (origin === undefined) throw new ArgumentError('duplicate: the client was not made by createRedis');
  const read = readClientOptions(origin.address, { ...origin.options, ...withoutHoles(more) });
  const now = loginOf(client);
  if (more.db === undefined) read.login.db = now.db;
  if (more.name === undefined) read.login.name = now.name;
  if (!namesUser(more)) Object.assign(read.login, { credentials: now.credentials, username: now.username });
  return read.parsed.embedded === undefined ? read : { ...read, reached: client.setup.address }; // the same server
}

/** What a duplicate of the duplicate is made from. */
export function duplicateOrigin(client: Engine, more: RedisClientOptions): ClientExtension['origin'] {
  const { origin } = extensionOf(client);
  return origin && { ...origin, options: { ...origin.options, ...withoutHoles(more) } };
}

/** Call options of a view, with what the further client is told otherwise. */
export function duplicateCall(call: CallOptions, { bytes, keyPrefix, readFrom }: RedisClientOptions): CallOptions {
  return mergeRedisOptions(call, { bytes: bytes ?? call.bytes, keyPrefix: keyPrefix ?? call.keyPrefix, readFrom });
}

function namesUser({ username, password, credentials }: RedisClientOptions): boolean {
  return username !== undefined || password !== undefined || credentials !== undefined;
}

function withoutHoles(options: RedisClientOptions): RedisClientOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
