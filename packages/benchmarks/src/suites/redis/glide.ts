import { readFileSync } from 'node:fs';
import {
  Batch,
  ClientSideCache,
  Decoder,
  GlideClient,
  GlideClientConfiguration,
  GlideClusterClient,
  InfBoundary,
} from '@valkey/valkey-glide';
import type { OpenOptions } from '../../suite.ts';
import { type RedisClient, readsOnly } from './redis-client.ts';

/** valkey-glide: a Rust core behind a socket. */
export async function open(options: OpenOptions): Promise<RedisClient> {
  const configuration = configure(options);
  if (options.cluster) return openCluster(configuration);
  const glide = await GlideClient.createClient(configuration);
  const batch = (keys: readonly string[], atomic: boolean): Promise<unknown> => {
    const commands = new Batch(atomic);
    for (const key of keys) commands.get(key);
    return glide.exec(commands, true);
  };
  return {
    get: (key) => glide.get(key),
    set: (key, value) => glide.set(key, value),
    mget: (keys) => glide.mget(keys),
    lrange: (key, start, stop) => glide.lrange(key, start, stop),
    hgetall: (key) => glide.hgetall(key),
    zrangeWithScores: (key) => glide.zrangeWithScores(key, { start: 0, end: -1 }),
    xrange: (key, count) => glide.xrange(key, InfBoundary.NegativeInfinity, InfBoundary.PositiveInfinity, { count }),
    xread: (key, count) => glide.xread({ [key]: '0' }, { count }),
    pipeline: (keys) => batch(keys, false),
    multi: (keys) => batch(keys, true),
    subscribe: (channels, arrived) => GlideClient.createClient(subscribed(configuration, channels, arrived)),
    publish: (channel, message) => glide.publish(message, channel),
    close: () => glide.close(),
  };
}

function configure({ host, port, path, caFile, cache, bytes }: OpenOptions): GlideClientConfiguration {
  if (path !== undefined) throw new Error('valkey-glide has no unix sockets');
  const tls = caFile === undefined ? {} : { tlsAdvancedConfiguration: { rootCertificates: readFileSync(caFile) } };
  return {
    addresses: [{ host, port }],
    useTLS: caFile !== undefined,
    requestTimeout: 10_000,
    inflightRequestsLimit: 2000,
    defaultDecoder: bytes ? Decoder.Bytes : Decoder.String,
    advancedConfiguration: { connectionTimeout: 10_000, ...tls },
    ...(cache
      ? { clientSideCache: new ClientSideCache({ maxCacheKb: 65_536, entryTtlMs: 0, serverAssisted: true }) }
      : {}),
  };
}

function subscribed(
  configuration: GlideClientConfiguration,
  channels: readonly string[],
  arrived: (channel: string) => void,
): GlideClientConfiguration {
  return {
    ...configuration,
    pubsubSubscriptions: {
      channelsAndPatterns: { [GlideClientConfiguration.PubSubChannelModes.Exact]: new Set(channels) },
      callback: ({ channel }) => arrived(String(channel)),
    },
  };
}

async function openCluster(configuration: GlideClientConfiguration): Promise<RedisClient> {
  const { addresses, requestTimeout, inflightRequestsLimit } = configuration;
  const cluster = await GlideClusterClient.createClient({
    addresses,
    ...(requestTimeout === undefined ? {} : { requestTimeout }),
    ...(inflightRequestsLimit === undefined ? {} : { inflightRequestsLimit }),
  });
  return readsOnly({
    get: (key) => cluster.get(key),
    set: (key, value) => cluster.set(key, value),
    close: () => cluster.close(),
  });
}
