/** How servers are reached, and how commands find theirs when there are several. */

import {
  type Address,
  type AnyCommand,
  Command,
  type Data,
  type EmbeddedServers,
  Keys,
  type Router,
  type RouterHost,
  reachable,
  ShardRouter,
  spec,
} from '@kv/core';
import { keyArg } from '../commands/support/arguments.ts';
import { prefixed } from '../protocol/key-prefix.ts';
import { shardRules } from '../protocol/shard-rules.ts';
import type { GibsonOptions, ReadAddress, ReadOptions } from './options.ts';

/** In a variable, so that a bundler leaves this optional package to Node instead of failing where it is not there. */
const EMBEDDED: string = '@kv/embedded';
const loadEmbedded = (): Promise<EmbeddedServers> => import(/* webpackIgnore: true */ /* @vite-ignore */ EMBEDDED);

/** The address that is connected to. */
export function addressOf({ parsed, address }: ReadAddress): Address {
  return reachable(parsed, address, 'gibson', loadEmbedded);
}

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
    address: addressOf(server),
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
