/** What clients, pools and connections are made from, out of address and options. */
import {
  type CallOptions,
  Client,
  type ClientSetup,
  commonSetup,
  DEFAULT_MAX_SIZE,
  keepOrigin,
  LazyRouter,
  outsideOfCalls,
  type Router,
  type RouterHost,
} from '@kv/core';
import { RedisProtocol } from '../protocol/protocol.ts';
import { alternativeOnClient } from './alternatives.ts';
import { mergeRedisOptions } from './call-options.ts';
import { type ClientExtension, extensionOf } from './client-extension.ts';
import type { ClientOrigin } from './duplicate.ts';
import { loadCache } from './lazy-cache.ts';
import type { ReadOptions, RedisClientOptions, RedisOptions } from './options.ts';
import { subscriptionsRestored } from './subscriptions.ts';

/** The engine of a client. */
export function makeClient(origin: ClientOrigin): Client {
  const { read } = origin;
  const { cache, keyPrefix } = read.options;
  const setup: ClientSetup = {
    ...clientSetup(read),
    onReady: async (connection, endpoint, pool) => {
      const { qualities, loadingCache } = extension;
      await qualities?.greet(connection, endpoint);
      await (await loadingCache)?.greet(connection, endpoint, pool);
      await subscriptionsRestored(client);
    },
    push: cache && ((raw, connection) => extension.cache?.pushed(raw, connection)),
    pools: poolsOf(read.options),
  };
  const client: Client = new Client(setup, read.topology && ((host) => lazyRouter(host, read, () => client)));
  keepOrigin(client, origin);
  const extension = extensionOf(client);
  extension.clustered = read.topology?.kind === 'cluster';
  if (cache !== undefined) loadCache(client, cache, keyPrefix);
  return client;
}

/** With one connection for everything, the pool for blocking commands only serves to end them. */
function poolsOf(options: RedisClientOptions): ClientSetup['pools'] {
  return POOL_OPTIONS.some((name) => options[name] !== undefined) ? poolsWith(options) : POOLS;
}

const POOL_OPTIONS = ['connections', 'bulkAbove', 'maxSessions', 'maxBlocking', 'minBlocking'] as const;

function poolsWith(options: RedisClientOptions): ClientSetup['pools'] {
  const { maxSessions = DEFAULT_MAX_SIZE, maxBlocking = DEFAULT_MAX_SIZE, minBlocking = 0 } = options;
  const { connections, bulkAbove } = options;
  return {
    shared: { minSize: 1, maxSize: 1, ordered: connections === 'one', bulkAbove },
    sessions: { minSize: 0, maxSize: maxSessions },
    blocking: { minSize: minBlocking, maxSize: maxBlocking },
    streams: { minSize: 0, maxSize: Number.POSITIVE_INFINITY },
  };
}

/** Of the many clients that say nothing about them. */
const POOLS: ClientSetup['pools'] = /* @__PURE__ */ poolsWith({});

/** The router of a client with several servers, which is loaded when it is used. */
function lazyRouter(host: RouterHost, read: ReadOptions<RedisClientOptions>, client: () => Client): Router {
  return new LazyRouter(host, async () => {
    if (read.topology?.kind !== 'sentinel') return clusterRouter(host, read, extensionOf(client()));
    const { sentinelRouter } = await outsideOfCalls(() => import('./sentinel-client.ts'));
    const extension = extensionOf(client());
    const router = sentinelRouter(host, read, read.topology);
    extension.qualities = router.qualities;
    extension.replicated = router;
    return router;
  });
}

async function clusterRouter(
  host: RouterHost,
  read: ReadOptions<RedisClientOptions>,
  extension: ClientExtension,
): Promise<Router> {
  const { makeRouter } = await outsideOfCalls(() => import('../topology/make-router.ts'));
  const router = makeRouter(host, read);
  extension.qualities = router.qualities;
  extension.cluster = router;
  return router;
}

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
      role: topology?.kind === 'sentinel' ? 'primary' : undefined,
    }),
    address,
    addressText: parsed.text,
    alternative: alternativeOnClient,
  };
}

/** The call options that come from creation options. */
export function callOf({ options }: ReadOptions<RedisOptions & Pick<RedisClientOptions, 'readFrom'>>): CallOptions {
  const { bytes = false, keyPrefix = '', readFrom = 'primary' } = options;
  const isPlain = !bytes && keyPrefix === '' && readFrom === 'primary';
  return isPlain ? PLAIN_CALL : mergeRedisOptions({}, { bytes, keyPrefix, readFrom });
}

/** Of the many clients that say nothing about it. */
const PLAIN_CALL: CallOptions = /* @__PURE__ */ mergeRedisOptions(
  {},
  { bytes: false, keyPrefix: '', readFrom: 'primary' },
);
