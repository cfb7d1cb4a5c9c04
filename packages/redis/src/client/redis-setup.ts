/** What clients, pools and connections are made from, out of address and options. */
import {
  type CallOptions,
  Client,
  type ClientSetup,
  commonSetup,
  type EmbeddedServers,
  type Router,
  type RouterHost,
  reachable,
} from '@kv/core';
import { RedisProtocol } from '../protocol/protocol.ts';
import { ClusterRouter } from '../topology/cluster-router.ts';
import { clusterOf, rememberCluster } from '../topology/clusters.ts';
import { alternativeOnClient } from './alternatives.ts';
import { mergeRedisOptions } from './call-options.ts';
import type { ReadOptions, RedisClientOptions, RedisOptions } from './options.ts';
import { sentinelRouter } from './sentinel-client.ts';

/** The engine of a client. @param restored called when a shared connection is ready; commands on it wait for the promise */
export function makeClient(read: ReadOptions<RedisClientOptions>, restored: () => Promise<void>): Client {
  const { maxSessions = 10, maxBlocking = 10 } = read.options;
  const setup: ClientSetup = {
    ...clientSetup(read),
    onReady: async (connection, endpoint) => {
      await clusterOf(client)?.qualities.greet(connection, endpoint);
      await restored();
    },
    pools: {
      shared: { minSize: 1, maxSize: 1 },
      sessions: { minSize: 0, maxSize: maxSessions },
      blocking: { minSize: 0, maxSize: maxBlocking },
      streams: { minSize: 0, maxSize: Number.POSITIVE_INFINITY },
    },
  };
  let cluster: ClusterRouter | undefined;
  const { topology } = read;
  const makeRouter = (host: RouterHost): Router => {
    if (topology?.kind === 'sentinel') return sentinelRouter(host, read, topology);
    cluster = clusterRouter(host, read);
    return cluster;
  };
  const client: Client = new Client(setup, topology === undefined ? undefined : makeRouter);
  if (cluster !== undefined) rememberCluster(client, cluster);
  return client;
}

function clusterRouter(host: RouterHost, { topology, options }: ReadOptions<RedisClientOptions>): ClusterRouter {
  const { natMap, tlsName, refreshInterval = 60_000, split = true, name = 'redis' } = options;
  const { seeds = [], tls } = topology ?? {};
  const seedHost = seeds[0]?.host;
  return new ClusterRouter(host, { seeds, seedHost, tls, natMap, tlsName, refreshInterval, split, name });
}

/** In a variable, so that a bundler leaves this optional package to Node instead of failing where it is not there. */
const EMBEDDED: string = '@kv/embedded';
const loadEmbedded = (): Promise<EmbeddedServers> => import(/* webpackIgnore: true */ /* @vite-ignore */ EMBEDDED);

/** What is the same for clients, pools and connections. */
export function clientSetup({
  parsed,
  address,
  options,
  login,
  topology,
}: ReadOptions<RedisOptions>): Omit<ClientSetup, 'pools'> {
  return {
    ...commonSetup(options, 'redis'),
    protocol: new RedisProtocol({
      login,
      limits: options.limits,
      redirects: topology?.kind === 'cluster',
      mustBePrimary: topology?.kind === 'sentinel',
    }),
    address: reachable(parsed, address, 'redis', loadEmbedded),
    addressText: parsed.text,
    alternative: alternativeOnClient,
  };
}

/** The call options that come from creation options. */
export function callOf({ options }: ReadOptions<RedisOptions & Pick<RedisClientOptions, 'readFrom'>>): CallOptions {
  const { bytes = false, keyPrefix = '', readFrom = 'primary' } = options;
  return mergeRedisOptions({}, { bytes, keyPrefix, readFrom });
}
