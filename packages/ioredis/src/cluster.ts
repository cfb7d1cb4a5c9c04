import { type ConnectionEvent, createRedis, type Redis as KvRedis, type RedisClientOptions } from '@kv/redis';
import { ClientShape } from './client.ts';
import type { Command } from './command.ts';
import { knownError } from './errors.ts';
import { installInspection } from './inspection.ts';
import { clientOptions, DEFAULTS, type Options, readArguments, withoutHoles } from './options.ts';
import { Redis } from './redis.ts';
import { become, followState, reasonOf, tellError } from './status.ts';
import { type ClusterRetryStrategy, Unreachable } from './unreachable.ts';

/** A server of a cluster to begin with: `host:port`, an address, a port, or host and port. */
export type ClusterNode = string | number | { readonly host?: string | undefined; readonly port?: number | undefined };

/** What is read of the options of a cluster. */
export interface ClusterOptions extends Options {
  /** Options of the connections to all servers: login, TLS, timeouts. */
  readonly redisOptions?: Options | undefined;
  /** Which servers answer reads. */
  readonly scaleReads?: unknown;
  readonly natMap?: unknown;
  readonly clusterRetryStrategy?: ClusterRetryStrategy | null | undefined;
}

/** The servers of a cluster. */
export class Cluster extends ClientShape {
  readonly isCluster = true;
  readonly #seeds: readonly ClusterNode[];
  readonly #unreachable = new Unreachable({
    servers: () => Math.max(addressesOf(this.#seeds).size, this.#nodes.size),
    strategy: retryOf(this.options as ClusterOptions),
    roundFailed: (reason, delayMs) => this.#roundFailed(reason, delayMs),
  });
  /** The servers by address and role. */
  readonly #nodes = new Map<string, Redis>();

  static {
    installInspection<Cluster>(Cluster.prototype, (cluster) => {
      const { host: _, port: __, ...options } = cluster.options; // defaults, of which a cluster makes no use
      return { status: cluster.status, startupNodes: [...addressesOf(cluster.#seeds)], options };
    });
  }

  /** @param startupNodes servers to ask for the map of the cluster */
  constructor(startupNodes: readonly ClusterNode[] | null | undefined, options: ClusterOptions = {}) {
    const access = accessOf(startupNodes ?? [], options);
    const shared = { ...access, ...withoutHoles(options.redisOptions ?? {}), ...withoutHoles(options) };
    super({
      ...DEFAULTS,
      ...shared,
      retryStrategy: (failures) => this.#unreachable.backoff(failures),
      lazyConnect: true,
    });
    this.#seeds = startupNodes ?? [];
    if (options.lazyConnect !== true) this.connect().catch(() => undefined);
  }

  protected open(backoff: RedisClientOptions['backoff']): KvRedis {
    if (this.#seeds.length === 0) throw new Error('`startupNodes` should contain at least one node.');
    const { connections: _, ...options } = clientOptions({ ...this.options, db: 0 }, backoff);
    const { scaleReads } = this.options as ClusterOptions;
    const readFrom = scaleReads === 'slave' ? 'preferReplica' : scaleReads === 'all' ? 'nearest' : undefined;
    const cluster = this.#seeds.map(seedOf);
    const kv = createRedis({ cluster }, { ...options, readFrom, bytes: false });
    followState(kv, this);
    kv.on('connection', (event) => {
      this.#tellFailure(event);
      this.#unreachable.heard(event);
    });
    for (const event of ['state', 'connection'] as const) kv.on(event, () => this.#compare(kv));
    return kv;
  }

  /** @param startupNodes none: those of this client @param options those that differ, also in `redisOptions` */
  duplicate(startupNodes: readonly ClusterNode[] = [], options: ClusterOptions = {}): this {
    const Same = this.constructor as new (nodes: readonly ClusterNode[], options: ClusterOptions) => this;
    return new Same(startupNodes.length > 0 ? startupNodes : this.#seeds, {
      ...this.options,
      ...withoutHoles(options.redisOptions ?? {}),
      ...options,
      lazyConnect: options.lazyConnect ?? false,
    });
  }

  /** A client for each server that is known now. */
  nodes(role: 'all' | 'master' | 'slave' = 'all'): Redis[] {
    this.#compare(this.bare);
    const nodes = [...this.#nodes.values()];
    if (role === 'all') return nodes;
    return nodes.filter(({ options }) => options.readOnly === (role === 'slave'));
  }

  /** INFO, by which libraries ask for the version, is answered by one of the primaries that can be reached. */
  override sendCommand(command: Command): Promise<unknown> {
    if (command.name !== 'info') return super.sendCommand(command);
    this.#sendToOne(command).catch((error: unknown) => command.reject(knownError(error)));
    return command.promise;
  }

  async #sendToOne(command: Command): Promise<void> {
    const ping = this.target(command.name).ping(); // waits as other calls do, no longer than they may
    await Promise.race([ping, this.bare.connect().catch(() => ping)]); // then one can be reached
    const primaries = this.nodes('master');
    const node = primaries.find(({ kv }) => kv.state === 'ready') ?? (primaries[0] as Redis);
    await node.sendCommand(command);
  }

  override get retryAttempts(): number {
    return this.#unreachable.rounds;
  }

  /** Tells which server could not be reached, and why. */
  #tellFailure({ event, pool, address, cause }: ConnectionEvent): void {
    if (event === 'failed' && pool === 'shared') this.emit('node error', reasonOf(cause), address);
  }

  #roundFailed(reason: Error, delayMs: number | undefined): void {
    if (this.status === 'end' || this.status === 'disconnecting') return;
    const error = new Error('Failed to refresh slots cache.', { cause: reason.cause });
    tellError(this, Object.assign(error, { lastNodeError: reason.cause }));
    become(this, 'close');
    if (delayMs === undefined) this.giveUp(reason);
    else become(this, 'reconnecting', delayMs);
  }

  /** Tells which servers are new, and which have left. */
  #compare(kv: KvRedis): void {
    const replicas = new Set(kv.nodes('replica').map(({ address }) => address));
    const found = kv.nodes().map((node) => ({ ...node, readOnly: replicas.has(node.address) }));
    const left = new Map(this.#nodes);
    for (const { address, readOnly } of found) left.delete(keyOf(address, readOnly));
    const added = found.filter(({ address, readOnly }) => !this.#nodes.has(keyOf(address, readOnly)));
    for (const key of left.keys()) this.#nodes.delete(key);
    const made = added.map(({ client, ...node }) => this.#add(client, node));
    for (const node of left.values()) this.emit('-node', node, keyOfNode(node));
    for (const node of made) this.emit('+node', node, keyOfNode(node));
  }

  #add(client: KvRedis, { address, readOnly }: { readonly address: string; readonly readOnly: boolean }): Redis {
    const node = new NodeOfCluster(client, address, { ...this.options, readOnly });
    this.#nodes.set(keyOf(address, readOnly), node);
    return node;
  }
}

function keyOf(address: string, readOnly: boolean): string {
  return `${address} ${readOnly}`;
}

/** `host:port`. */
function keyOfNode({ options: { host, port } }: Redis): string {
  return `${host}:${port}`;
}

/** `null` as strategy is one that gives up at once. */
function retryOf({ clusterRetryStrategy: strategy }: ClusterOptions): ClusterRetryStrategy | null {
  return strategy === undefined ? (times) => Math.min(100 + times * 2, 2000) : strategy;
}

/** One server of a cluster, on the connections of its client. */
class NodeOfCluster extends Redis {
  constructor(client: KvRedis, address: string, options: Options) {
    const at = address.lastIndexOf(':');
    super({ ...options, host: address.slice(0, at), port: Number(address.slice(at + 1)), lazyConnect: true });
    this.adopt(client);
  }

  /** A client of its own for this server. */
  override duplicate(override: Options = {}): this {
    return new Redis({ ...this.options, db: 0, ...override }) as this;
  }
}

/** As the client under it takes a server: `host:port`. */
function seedOf(node: ClusterNode): { readonly host: string; readonly port: number } {
  const { host = '127.0.0.1', port = 6379 } = optionsOf(node);
  return { host, port: Number(port) };
}

/** `host:port` of each server: one that is named twice counts once. */
function addressesOf(nodes: readonly ClusterNode[]): ReadonlySet<string> {
  return new Set(nodes.map(seedOf).map(({ host, port }) => `${host}:${port}`));
}

function optionsOf(node: ClusterNode): Options {
  return readArguments([typeof node === 'number' ? { host: '127.0.0.1', port: node } : node]);
}

/** Login and TLS of the servers to begin with, for all servers: those of the first that names them. */
function accessOf(nodes: readonly ClusterNode[], { redisOptions }: ClusterOptions): Options {
  const all = nodes.map(optionsOf);
  const { username, password } = all.find((options) => options.password) ?? {};
  const { tls } = all.find((options) => options.tls) ?? {};
  const known = redisOptions?.password ? {} : { username, password };
  return { ...(password ? known : {}), ...(tls ? { tls } : {}) };
}
