/** How servers are reached, and how commands find theirs when there are several. */

import { type AnyCommand, Command, type Data, Keys, type Router, type RouterHost, ShardRouter, spec } from '@kv/core';
import { keyArg } from '../commands/support/arguments.ts';
import { prefixed } from '../protocol/key-prefix.ts';
import { shardRules } from '../protocol/shard-rules.ts';
import type { GibsonOptions, ReadOptions } from './options.ts';

/** Where a client sends to. */
export function addressText({ parsed, servers = [] }: ReadOptions<GibsonOptions>): string {
  return servers.length === 0 ? parsed.text : servers.map((server) => server.parsed.text).join(',');
}

/** The router for a list of servers; undefined for one address. */
export function shardRouter({ servers }: ReadOptions<GibsonOptions>): ((host: RouterHost) => Router) | undefined {
  if (servers === undefined) return undefined;
  const list = servers.map((server) => ({
    name: server.name,
    weight: server.weight,
    address: server.address,
    addressText: server.parsed.text,
  }));
  return (host) => new ShardRouter(host, list, shardRules);
}

const ACQUIRE = spec('acquire', 0, Keys.first);
const ACQUIRE_ANY = spec('acquire', 0);

/** What is asked for when a connection is acquired: with a key, one to the server of that key. */
export function acquireFor(key: Data | undefined, keyPrefix: string | undefined): AnyCommand {
  if (key === undefined) return new Command<unknown>(ACQUIRE_ANY, [], (raw) => raw);
  return prefixed(new Command<unknown>(ACQUIRE, [keyArg(key)], (raw) => raw), keyPrefix);
}
