import { createRedis, type Redis as KvRedis, type RedisClientOptions } from '@kv/redis';
import { ClientShape } from './client.ts';
import { clientOptions, DEFAULTS, type Options, readArguments } from './options.ts';
import { Redis } from './redis.ts';
import { followState } from './status.ts';

/** A server of a cluster to begin with: `host:port`, an address, a port, or host and port. */
export type ClusterNode = string | number | { readonly host?: string | undefined; readonly port?: number | undefined };

/** What is read of the options of a cluster. */
export interface ClusterOptions extends Options {
  /** Options of the connections to all servers: login, TLS, timeouts. */
  readonly redisOptions?: Options | undefined;
  /** Which servers answer reads. */
  readonly scaleReads?: unknown;
  readonly natMap?: unknown;
  readonly clusterRetryStrategy?: ((times: number) => unknown) | undefined;
}

/** The servers of a cluster. */
export class Cluster extends ClientShape {
  readonly isCluster = true;
  readonly #seeds: readonly ClusterNode[];

  /** @param startupNodes servers to ask for the map of the cluster */
  constructor(startupNodes: readonly ClusterNode[], options: ClusterOptions = {}) {
    const shared = { ...options.redisOptions, ...options };
    super({
      ...DEFAULTS,
      retryStrategy: options.clusterRetryStrategy ?? DEFAULTS.retryStrategy,
      ...shared,
      lazyConnect: true,
    });
    this.#seeds = startupNodes;
    if (options.lazyConnect !== true) this.connect().catch(() => undefined);
  }

  protected open(backoff: RedisClientOptions['backoff']): KvRedis {
    const { connections: _, ...options } = clientOptions({ ...this.options, db: 0 }, backoff);
    const { scaleReads, natMap } = this.options as ClusterOptions;
    const readFrom = scaleReads === 'slave' ? 'replica' : scaleReads === 'all' ? 'any' : undefined;
    const cluster = this.#seeds.map(seedOf);
    const more = { readFrom, natMap: natMapOf(natMap) } as Pick<RedisClientOptions, 'readFrom' | 'natMap'>;
    const kv = createRedis({ cluster }, { ...options, ...more, bytes: false });
    followState(kv, this);
    return kv;
  }

  duplicate(startupNodes: readonly ClusterNode[] = this.#seeds, options: ClusterOptions = {}): this {
    const Same = this.constructor as new (nodes: readonly ClusterNode[], options: ClusterOptions) => this;
    return new Same(startupNodes, { ...this.options, ...options, lazyConnect: options.lazyConnect ?? false });
  }

  /** A client for each server that is known now. */
  nodes(role: 'all' | 'master' | 'slave' = 'all'): Redis[] {
    const wanted = role === 'master' ? 'primary' : role === 'slave' ? 'replica' : undefined;
    return this.kv.nodes(wanted).map(({ address, client }) => new NodeOfCluster(client, address, this.options));
  }
}

/** One server of a cluster, on the connections of its client. */
class NodeOfCluster extends Redis {
  constructor(client: KvRedis, address: string, options: Options) {
    const at = address.lastIndexOf(':');
    super({ ...options, host: address.slice(0, at), port: Number(address.slice(at + 1)), lazyConnect: true });
    this.adopt(client);
  }
}

/** As the client under it takes a server: `host:port`. */
function seedOf(node: ClusterNode): { readonly host: string; readonly port: number } {
  const { host = '127.0.0.1', port = 6379 } = readArguments([
    typeof node === 'number' ? { host: '127.0.0.1', port: node } : node,
  ]);
  return { host, port: Number(port) };
}

/** What ioredis names by `{ host, port }`, and asks for by `host:port`. */
type NatEntry = { readonly host: string; readonly port: number } | null | undefined;

function natMapOf(natMap: unknown): unknown {
  if (typeof natMap === 'function') {
    const ask = natMap as (key: string) => NatEntry;
    return ({ host, port }: { readonly host: string; readonly port: number }) => textOf(ask(`${host}:${port}`));
  }
  if (typeof natMap !== 'object' || natMap === null) return undefined;
  return Object.fromEntries(Object.entries(natMap).map(([from, to]) => [from, textOf(to as NatEntry)]));
}

function textOf(entry: NatEntry): string | undefined {
  return entry ? `${entry.host}:${entry.port}` : undefined;
}
