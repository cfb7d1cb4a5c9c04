/** Clusters: what a node knows of itself and of the other nodes. */
import { Command, Keys, read, toArg } from '@kv/core';
import { list, mapValues, parts, plain, structures, text, textOrNull, texts, whole } from './support/replies.ts';

const CLUSTER_COUNT_FAILURE_REPORTS = read('CLUSTER COUNT-FAILURE-REPORTS', Keys.none);
const CLUSTER_INFO = read('CLUSTER INFO', Keys.none);
const CLUSTER_LINKS = read('CLUSTER LINKS', Keys.none);
const CLUSTER_MYID = read('CLUSTER MYID', Keys.none);
const CLUSTER_MYSHARDID = read('CLUSTER MYSHARDID', Keys.none);
const CLUSTER_NODES = read('CLUSTER NODES', Keys.none);
const CLUSTER_REPLICAS = read('CLUSTER REPLICAS', Keys.none);
const CLUSTER_SHARDS = read('CLUSTER SHARDS', Keys.none);
const CLUSTER_SLAVES = read('CLUSTER SLAVES', Keys.none);
const CLUSTER_SLOTS = read('CLUSTER SLOTS', Keys.none);

/**
 * How many nodes report that a node does not answer.
 *
 * @throws ReplyError when the node is not known
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-count-failure-reports/
 */
export function clusterCountFailureReports<V = string>(nodeId: string): Command<number, V> {
  return new Command<number, V>(CLUSTER_COUNT_FAILURE_REPORTS, [toArg(nodeId, 'nodeId')], whole);
}

/**
 * The state of the cluster as this node sees it: lines of `name:value`.
 *
 * @throws ReplyError when the server is not in a cluster
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-info/
 */
export function clusterInfo<V = string>(): Command<string, V> {
  return new Command<string, V>(CLUSTER_INFO, [], text);
}

/** A connection between this node and another. Newer servers may tell more. */
export interface ClusterLink {
  readonly direction: 'to' | 'from';
  /** Id of the other node. */
  readonly node: string;
  /** Unix time in milliseconds. */
  readonly createTime: number;
  /** What the connection waits for: `r`, `w` or `rw`. */
  readonly events: string;
  /** Bytes. */
  readonly sendBufferAllocated: number;
  /** Bytes. */
  readonly sendBufferUsed: number;
}

/**
 * The connections between this node and the others.
 *
 * @throws ReplyError when the server is not in a cluster
 * @since 7.0.0
 * @see https://redis.io/commands/cluster-links/
 */
export function clusterLinks<V = string>(): Command<ClusterLink[], V> {
  return new Command<ClusterLink[], V>(CLUSTER_LINKS, [], structures<ClusterLink>());
}

/**
 * The id of this node.
 *
 * @throws ReplyError when the server is not in a cluster
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-myid/
 */
export function clusterMyid<V = string>(): Command<string, V> {
  return new Command<string, V>(CLUSTER_MYID, [], text);
}

/**
 * The id of the shard that this node is in.
 *
 * @throws ReplyError when the server is not in a cluster
 * @since 7.2.0
 * @see https://redis.io/commands/cluster-myshardid/
 */
export function clusterMyshardid<V = string>(): Command<string, V> {
  return new Command<string, V>(CLUSTER_MYSHARDID, [], text);
}

/**
 * The nodes as this node knows them, one per line, in the format of the configuration file.
 *
 * @throws ReplyError when the server is not in a cluster
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-nodes/
 */
export function clusterNodes<V = string>(): Command<string, V> {
  return new Command<string, V>(CLUSTER_NODES, [], text);
}

/**
 * The replicas of a master, one line each, as in {@link clusterNodes}.
 *
 * @throws ReplyError when the node is not known, or no master
 * @since 5.0.0
 * @see https://redis.io/commands/cluster-replicas/
 */
export function clusterReplicas<V = string>(nodeId: string): Command<string[], V> {
  return new Command<string[], V>(CLUSTER_REPLICAS, [toArg(nodeId, 'nodeId')], texts);
}

/** A node of a shard. Newer servers may tell more. */
export interface ShardNode {
  readonly id: string;
  readonly port?: number;
  readonly tlsPort?: number;
  readonly ip: string;
  readonly endpoint: string | null;
  readonly hostname?: string;
  /** `master` or `replica`. */
  readonly role: string;
  readonly replicationOffset: number;
  /** `online`, `failed` or `loading`. */
  readonly health: string;
}

/** A shard: nodes with the same slots. */
export interface Shard {
  /** First and last slot of each range, one after the other: `[0, 100, 200, 300]`. */
  readonly slots: number[];
  readonly nodes: ShardNode[];
}

/**
 * The shards of the cluster with their slots and nodes.
 *
 * @throws ReplyError when the server is not in a cluster
 * @since 7.0.0
 * @see https://redis.io/commands/cluster-shards/
 */
export function clusterShards<V = string>(): Command<Shard[], V> {
  return new Command<Shard[], V>(CLUSTER_SHARDS, [], structures<Shard>({ nodes: structures<ShardNode>() }));
}

/**
 * The old name of {@link clusterReplicas}.
 *
 * @deprecated use {@link clusterReplicas}
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-slaves/
 */
export function clusterSlaves<V = string>(nodeId: string): Command<string[], V> {
  return new Command<string[], V>(CLUSTER_SLAVES, [toArg(nodeId, 'nodeId')], texts);
}

/** A node in {@link clusterSlots}. */
export interface SlotNode {
  /** Where clients reach it; `null` = where this connection goes to. */
  readonly ip: string | null;
  readonly port: number;
  readonly id: string;
  /** Other names and addresses of it. Without prototype. */
  readonly meta: Record<string, unknown>;
}

/** A range of slots and who has it. */
export interface SlotOwner {
  readonly start: number;
  /** Included. */
  readonly end: number;
  /** The master, then its replicas. */
  readonly nodes: SlotNode[];
}

function slotOwners(raw: unknown): SlotOwner[] {
  return list(raw).map((item) => {
    const [start, end, ...nodes] = parts(item, 2);
    return { start: whole(start), end: whole(end), nodes: nodes.map(slotNode) };
  });
}

function slotNode(raw: unknown): SlotNode {
  const [ip, port, id, meta = []] = parts(raw, 3);
  return { ip: textOrNull(ip), port: whole(port), id: text(id), meta: mapValues(meta, plain) };
}

/**
 * Which nodes have which slots.
 *
 * @throws ReplyError when the server is not in a cluster
 * @deprecated use {@link clusterShards}
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-slots/
 */
export function clusterSlots<V = string>(): Command<SlotOwner[], V> {
  return new Command<SlotOwner[], V>(CLUSTER_SLOTS, [], slotOwners);
}
