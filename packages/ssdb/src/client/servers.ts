/** How servers are reached, and how commands find theirs when there are several. */

import {
  type AnyCommand,
  Command,
  type Data,
  Keys,
  type ReadAddress,
  type Router,
  type RouterHost,
  type ShardAddress,
  ShardRouter,
  type ShardServer,
  spec,
} from '@kv/core';
import { key as keyArg } from '../commands/support/arguments.ts';
import { wire } from '../commands/support/replies.ts';
import { prefixed } from '../protocol/key-prefix.ts';
import { ssdbProtocol } from '../protocol/protocol.ts';
import { shardRules } from '../protocol/shard-rules.ts';
import type { ReadOptions, ReadServer, SsdbOptions } from './options.ts';

/** Where a client sends to, without passwords. */
export function addressText({ parsed, servers = [] }: ReadOptions<SsdbOptions>): string {
  return servers.length === 0 ? parsed.text : servers.map((server) => server.parsed.text).join(',');
}

/** The router for a list of servers; undefined for one address. */
export function shardRouter(read: ReadOptions<SsdbOptions>): ((host: RouterHost) => Router) | undefined {
  const { servers, options } = read;
  if (servers === undefined) return undefined;
  return (host) =>
    new ShardRouter(
      host,
      servers.map((server) => shardServer(server, options)),
      shardRules(),
    );
}

function shardServer({ name, weight, replicas, ...primary }: ReadServer, options: SsdbOptions): ShardServer {
  const copies = replicas.map((replica) => shardAddress(replica, options));
  return { name, weight, replicas: copies, ...shardAddress(primary, options) };
}

const ACQUIRE = spec('acquire', 0, Keys.first);
const ACQUIRE_ANY = spec('acquire', 0);

/** What is asked for when a connection is acquired: with a key, one to the server of that key. */
export function acquireFor(key: Data | undefined, keyPrefix: string | undefined): AnyCommand {
  if (key === undefined) return new Command(ACQUIRE_ANY, [], wire);
  return prefixed(new Command(ACQUIRE, [keyArg(key, 'options.key')], wire), keyPrefix);
}

/** A password in the address of one server is for that server; the option is for all. */
function shardAddress(read: ReadAddress, options: SsdbOptions): ShardAddress {
  const { password } = read.parsed;
  const own = password !== undefined && options.password === undefined;
  return {
    address: read.address,
    addressText: read.parsed.text,
    protocol: own ? ssdbProtocol({ ...options, password }) : undefined,
  };
}
