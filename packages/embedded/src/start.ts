import { resolve } from 'node:path';
import { Clock } from './clock.ts';
import type { GibsonLimits } from './gibson/limits.ts';
import { type Endpoint, type Listener, listen } from './listen.ts';
import { type MemoryAddress, memoryAddress } from './memory-transport.ts';
import type { Service } from './peer.ts';
import { createService, type EmbeddedProtocol, type ServiceOptions } from './protocols.ts';
import type { RedisSettings } from './redis/server.ts';
import { type ClusterSettings, type EmbeddedCluster, startCluster } from './redis/start-cluster.ts';
import { register, startedName } from './registry.ts';
import type { SsdbSettings } from './ssdb/server.ts';

/** Which servers to start. `true`: in memory only, with defaults. With `port` or `path` a server listens there. */
export interface EmbeddedOptions {
  readonly redis?: true | (Endpoint & RedisSettings) | ClusterSettings | undefined;
  readonly ssdb?: true | (Endpoint & SsdbSettings) | undefined;
  readonly gibson?: true | (Endpoint & { readonly limits?: Partial<GibsonLimits> | undefined }) | undefined;
  /** Unix time in milliseconds at which the clock stands still, moved by `advance` only. Default: the wall clock. */
  readonly frozenAt?: number | undefined;
}

/** An address that the clients take as it is. */
export type EmbeddedAddress =
  | MemoryAddress
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

/** A server that runs. */
export interface EmbeddedServer {
  /** The TCP port, if it listens on one. */
  readonly port?: number;
  /** The path of the unix socket, if it listens on one. */
  readonly path?: string;
  /** An address as text, for example `redis://127.0.0.1:6379`, `redis+unix:///tmp/r.sock`, `embedded:…` in memory. */
  readonly url: string;
  readonly address: EmbeddedAddress;
}

/** Where a cluster runs. */
export interface EmbeddedClusterServer {
  /** `redis+cluster://` with the addresses of all nodes. */
  readonly url: string;
  readonly address: { readonly cluster: readonly string[] };
}

/** The servers that run; only those that were asked for are there. */
export type Embedded<O extends EmbeddedOptions = EmbeddedOptions> = Controls & {
  readonly [P in EmbeddedProtocol]: O extends { readonly [K in P]: { readonly cluster: number } }
    ? EmbeddedClusterServer
    : O extends { readonly [K in P]: true | object }
      ? EmbeddedServer
      : EmbeddedServer | undefined;
} & {
  /** The nodes behind `redis`, where a cluster was asked for. */
  readonly cluster: O extends { readonly redis: { readonly cluster: number } } ? EmbeddedCluster : undefined;
};

/** What can be done with the servers as a whole. */
export interface Controls extends AsyncDisposable {
  /** Moves the clock of all servers forward: what expires or times out by then does so now. */
  advance(ms: number): void;
  /** Stops all servers: listeners close, connections drop, data is gone. Never rejects; may be called twice. */
  close(): Promise<void>;
}

interface Running {
  readonly server: EmbeddedServer | EmbeddedClusterServer;
  readonly close: () => Promise<void>;
}

/**
 * Starts servers in this process.
 *
 * @example
 * await using embedded = await startEmbedded({ redis: true, gibson: { port: 0 } })
 * const redis = createRedis(embedded.redis.address)
 * embedded.advance(60_000)   // a minute later
 *
 * @throws the error of `listen` when a port or path cannot be used; nothing is left running then.
 */
export async function startEmbedded<const O extends EmbeddedOptions>(options: O): Promise<Embedded<O>> {
  const clock = new Clock(options.frozenAt);
  const running: Running[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= stopAll(running, clock));
  const run = async <P extends EmbeddedProtocol>(
    protocol: P,
    wanted: Wanted | undefined,
    settings: () => ServiceOptions[P],
  ) => {
    if (wanted === undefined) return {};
    const one = await start(protocol, createService(protocol, clock, settings()), wanted === true ? {} : wanted);
    running.push(one);
    return { [protocol]: one.server };
  };
  const runCluster = async (settings: ClusterSettings) => {
    const { cluster, close: end } = await startCluster(clock, settings);
    const server = clusterServer(cluster);
    running.push({ server, close: end });
    return { redis: server, cluster };
  };
  const { redis, ssdb, gibson }: EmbeddedOptions = options;
  try {
    const embedded: Controls = {
      ...(isCluster(redis)
        ? await runCluster(redis)
        : await run('redis', redis, () => (redis === true ? undefined : redis) ?? {})),
      ...(await run('ssdb', ssdb, () => (ssdb === true ? undefined : ssdb) ?? {})),
      ...(await run('gibson', gibson, () => (gibson === true ? undefined : gibson?.limits) ?? {})),
      advance: (ms) => clock.advance(ms),
      close,
      [Symbol.asyncDispose]: close,
    };
    return embedded as Embedded<O>;
  } catch (error) {
    await close();
    throw error;
  }
}

function isCluster(wanted: EmbeddedOptions['redis']): wanted is ClusterSettings {
  return typeof wanted === 'object' && 'cluster' in wanted && wanted.cluster !== undefined;
}

function clusterServer({ nodes }: EmbeddedCluster): EmbeddedClusterServer {
  const cluster = nodes.map(({ url }) => url.slice('redis://'.length));
  return { url: `redis+cluster://${cluster.join(',')}`, address: { cluster } };
}

type Wanted = true | Endpoint;

async function stopAll(running: readonly Running[], clock: Clock): Promise<void> {
  clock.close();
  await Promise.all(running.map((one) => one.close()));
}

async function start(protocol: EmbeddedProtocol, service: Service, at: Endpoint): Promise<Running> {
  if (at.port === undefined && at.path === undefined) return startInMemory(protocol, service);
  const listener = await listen(service, at);
  const close = async (): Promise<void> => {
    service.close();
    await listener.close();
  };
  return { server: describe(protocol, listener, at.path), close };
}

function startInMemory(protocol: EmbeddedProtocol, service: Service): Running {
  let open = true;
  const address = memoryAddress(service, () => open);
  const name = startedName();
  const forget = register(protocol, name, address);
  const close = async (): Promise<void> => {
    open = false;
    forget();
    service.close();
  };
  return { server: { url: `embedded:${name}`, address }, close };
}

function describe(protocol: EmbeddedProtocol, { host, port }: Listener, path: string | undefined): EmbeddedServer {
  if (path !== undefined) return { path, url: `${protocol}+unix://${pathInUrl(path)}`, address: { path } };
  const number = port as number;
  const hostInUrl = host.includes(':') ? `[${host}]` : host;
  return { port: number, url: `${protocol}://${hostInUrl}:${number}`, address: { host, port: number } };
}

function pathInUrl(path: string): string {
  return encodeURI(resolve(path)).replaceAll('?', '%3F').replaceAll('#', '%23');
}
