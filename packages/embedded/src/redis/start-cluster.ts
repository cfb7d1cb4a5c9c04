import type { Clock } from '../clock.ts';
import { type Listener, listen } from '../listen.ts';
import { SLOT_COUNT } from './cluster/key-slot.ts';
import { type ClusterNode, clusterOf } from './cluster/node.ts';
import { RedisServer, type RedisSettings } from './server.ts';

/** How a cluster is started. */
export interface ClusterSettings extends RedisSettings {
  /** How many nodes: 1 to 100. */
  readonly cluster: number;
  /** TCP port of the first node, followed by those of the others; 0, the default, takes free ones. */
  readonly port?: number | undefined;
  /**
   * Address to listen on.
   *
   * @default 127.0.0.1
   */
  readonly host?: string | undefined;
}

/** One server of a cluster that runs. */
export interface EmbeddedNode {
  /** Its id in the cluster. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** `redis://host:port`, of this server alone. */
  readonly url: string;
}

/** A cluster that runs in this process: primaries without replicas. */
export interface EmbeddedCluster {
  /** In the order of the slots that they began with. */
  readonly nodes: readonly EmbeddedNode[];
  /** The node that has a slot now. @throws RangeError when there is no such slot */
  nodeOf(slot: number): EmbeddedNode;
  /**
   * Moves a slot with all its keys to another node, at once: clients are told by MOVED.
   *
   * @param node one of {@link nodes}, or its place there
   * @throws RangeError when there is no such slot or node
   */
  moveSlot(slot: number, node: EmbeddedNode | number): void;
}

/** A running cluster, and its end. */
export interface RunningCluster {
  readonly cluster: EmbeddedCluster;
  readonly close: () => Promise<void>;
}

const MOST_NODES = 100;

/** Starts a cluster on TCP ports. @throws RangeError for a wrong number of nodes, and errors of `listen` */
export async function startCluster(clock: Clock, settings: ClusterSettings): Promise<RunningCluster> {
  const { cluster: size, port = 0, host = '127.0.0.1' } = settings;
  if (!Number.isInteger(size) || size < 1 || size > MOST_NODES)
    throw new RangeError(`redis.cluster: expected a whole number of nodes from 1 to ${MOST_NODES}`);
  const nodes = clusterOf(size);
  const servers = nodes.map((node) => new RedisServer(clock, settings, node));
  const listeners: Listener[] = [];
  const close = async (): Promise<void> => {
    for (const server of servers) server.close();
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  try {
    for (const [i, node] of nodes.entries()) {
      const listener = await listen(servers[i] as RedisServer, { host, port: port === 0 ? 0 : port + i });
      listeners.push(listener);
      node.host = host;
      node.port = listener.port as number;
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { cluster: controls(nodes), close };
}

function controls(all: readonly ClusterNode[]): EmbeddedCluster {
  const nodes = all.map(shown);
  const [{ slots }] = all as readonly [ClusterNode];
  const at = (node: EmbeddedNode | number): ClusterNode => {
    const index = typeof node === 'number' ? node : nodes.findIndex(({ id }) => id === node.id);
    return all[index] ?? outOfRange('node: expected one of the nodes, or its place among them');
  };
  return {
    nodes,
    nodeOf: (slot) => nodes[all.indexOf(slots.ownerOf(checked(slot)))] as EmbeddedNode,
    moveSlot: (slot, node) => at(node).take(checked(slot)),
  };
}

function shown({ id, host, port }: ClusterNode): EmbeddedNode {
  return { id, host, port, url: `redis://${host.includes(':') ? `[${host}]` : host}:${port}` };
}

function checked(slot: number): number {
  if (!Number.isInteger(slot) || slot < 0 || slot >= SLOT_COUNT)
    return outOfRange(`slot: expected a whole number from 0 to ${SLOT_COUNT - 1}`);
  return slot;
}

function outOfRange(message: string): never {
  throw new RangeError(message);
}
