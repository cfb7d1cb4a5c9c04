/** Clusters: what a node knows, and its administration. Slots are numbers from 0 to 16383. */
import {
  type Arg,
  ArgumentError,
  badArgument,
  Command,
  type Data,
  integer,
  Keys,
  read,
  stateful,
  toArg,
  write,
} from '@kv/core';
import {
  type AtMostOne,
  addInteger,
  addSwitch,
  checkOptions,
  chosen,
  chosenOne,
  type ExactlyOne,
  type Int,
  keyword,
} from './support/arguments.ts';
import {
  dataList,
  list,
  mapValues,
  ok,
  parts,
  plain,
  structure,
  structures,
  text,
  textOrNull,
  texts,
  whole,
} from './support/replies.ts';

const ASKING = stateful('ASKING');
const CLUSTER_ADDSLOTS = write('CLUSTER ADDSLOTS', Keys.none);
const CLUSTER_ADDSLOTSRANGE = write('CLUSTER ADDSLOTSRANGE', Keys.none);
const CLUSTER_BUMPEPOCH = write('CLUSTER BUMPEPOCH', Keys.none);
const CLUSTER_COUNT_FAILURE_REPORTS = read('CLUSTER COUNT-FAILURE-REPORTS', Keys.none);
const CLUSTER_COUNTKEYSINSLOT = read('CLUSTER COUNTKEYSINSLOT', Keys.none);
const CLUSTER_DELSLOTS = write('CLUSTER DELSLOTS', Keys.none);
const CLUSTER_DELSLOTSRANGE = write('CLUSTER DELSLOTSRANGE', Keys.none);
const CLUSTER_FAILOVER = write('CLUSTER FAILOVER', Keys.none);
const CLUSTER_FLUSHSLOTS = write('CLUSTER FLUSHSLOTS', Keys.none);
const CLUSTER_FORGET = write('CLUSTER FORGET', Keys.none);
const CLUSTER_GETKEYSINSLOT = read('CLUSTER GETKEYSINSLOT', Keys.none);
const CLUSTER_HELP = read('CLUSTER HELP', Keys.none);
const CLUSTER_INFO = read('CLUSTER INFO', Keys.none);
const CLUSTER_KEYSLOT = read('CLUSTER KEYSLOT', Keys.none);
const CLUSTER_LINKS = read('CLUSTER LINKS', Keys.none);
const CLUSTER_MEET = write('CLUSTER MEET', Keys.none);
const CLUSTER_MYID = read('CLUSTER MYID', Keys.none);
const CLUSTER_MYSHARDID = read('CLUSTER MYSHARDID', Keys.none);
const CLUSTER_NODES = read('CLUSTER NODES', Keys.none);
const CLUSTER_REPLICAS = read('CLUSTER REPLICAS', Keys.none);
const CLUSTER_REPLICATE = write('CLUSTER REPLICATE', Keys.none);
const CLUSTER_RESET = write('CLUSTER RESET', Keys.none);
const CLUSTER_SAVECONFIG = write('CLUSTER SAVECONFIG', Keys.none);
const CLUSTER_SET_CONFIG_EPOCH = write('CLUSTER SET-CONFIG-EPOCH', Keys.none);
const CLUSTER_SETSLOT = write('CLUSTER SETSLOT', Keys.none);
const CLUSTER_SHARDS = read('CLUSTER SHARDS', Keys.none);
const CLUSTER_SLAVES = read('CLUSTER SLAVES', Keys.none);
const CLUSTER_SLOT_STATS = read('CLUSTER SLOT-STATS', Keys.none);
const CLUSTER_SLOTS = read('CLUSTER SLOTS', Keys.none);
const READONLY = stateful('READONLY');
const READWRITE = stateful('READWRITE');

const LAST_SLOT = 16_383;

/** Slots from the first to the last, both included. */
export type SlotRange = readonly [first: number, last: number];

function slotArg(slot: number, name: string): string {
  return integer(slot, name, 0, LAST_SLOT);
}

function slotArgs(slots: readonly (number | readonly number[])[]): Arg[] {
  const all = slots.flat() as number[];
  if (all.length === 0) throw new ArgumentError('slots: expected at least one, got none');
  return all.map((slot) => slotArg(slot, 'slots'));
}

function rangeArgs(ranges: readonly SlotRange[]): Arg[] {
  if (ranges.length === 0) throw new ArgumentError('ranges: expected at least one, got none');
  return ranges.flatMap((range) => {
    if (!Array.isArray(range) || range.length !== 2) throw badArgument('ranges', 'pairs of first and last slot', range);
    return [slotArg(range[0] as number, 'ranges'), slotArg(range[1] as number, 'ranges')];
  });
}

/**
 * Allows the next command of this connection to use a slot that is just being imported (after a redirection `ASK`).
 *
 * @throws ReplyError when the server is not in a cluster
 * @scope lease
 * @since 3.0.0
 * @see https://redis.io/commands/asking/
 */
export function asking<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(ASKING, [], ok);
}

/**
 * Gives slots to this node.
 *
 * @throws ArgumentError when there is no slot
 * @throws ReplyError when one of them belongs to a node already
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-addslots/
 */
export function clusterAddslots<V = string>(...slots: (number | readonly number[])[]): Command<'OK', V> {
  return new Command<'OK', V>(CLUSTER_ADDSLOTS, slotArgs(slots), ok);
}

/**
 * Gives ranges of slots to this node.
 *
 * @example await redis.clusterAddslotsrange([0, 5460], [10923, 16383])
 * @throws ArgumentError when there is no range
 * @throws ReplyError when one of the slots belongs to a node already
 * @since 7.0.0
 * @see https://redis.io/commands/cluster-addslotsrange/
 */
export function clusterAddslotsrange<V = string>(...ranges: SlotRange[]): Command<'OK', V> {
  return new Command<'OK', V>(CLUSTER_ADDSLOTSRANGE, rangeArgs(ranges), ok);
}

/**
 * Makes the node's configuration newer than all others, without asking them.
 *
 * @returns `BUMPED <epoch>`, or `STILL <epoch>` when it is the newest
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-bumpepoch/
 */
export function clusterBumpepoch<V = string>(): Command<string, V> {
  return new Command<string, V>(CLUSTER_BUMPEPOCH, [], text);
}

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
 * How many keys this node has in a slot.
 *
 * @throws ArgumentError when there is no such slot
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-countkeysinslot/
 */
export function clusterCountkeysinslot<V = string>(slot: number): Command<number, V> {
  return new Command<number, V>(CLUSTER_COUNTKEYSINSLOT, [slotArg(slot, 'slot')], whole);
}

/**
 * Makes this node forget to whom slots belong.
 *
 * @throws ArgumentError when there is no slot
 * @throws ReplyError when one of them has no owner
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-delslots/
 */
export function clusterDelslots<V = string>(...slots: (number | readonly number[])[]): Command<'OK', V> {
  return new Command<'OK', V>(CLUSTER_DELSLOTS, slotArgs(slots), ok);
}

/**
 * Makes this node forget to whom ranges of slots belong.
 *
 * @throws ArgumentError when there is no range
 * @throws ReplyError when one of the slots has no owner
 * @since 7.0.0
 * @see https://redis.io/commands/cluster-delslotsrange/
 */
export function clusterDelslotsrange<V = string>(...ranges: SlotRange[]): Command<'OK', V> {
  return new Command<'OK', V>(CLUSTER_DELSLOTSRANGE, rangeArgs(ranges), ok);
}

/** Not waiting for the master (`force`), and not even asking the others (`takeover`). */
export type ClusterFailoverMode = 'force' | 'takeover' | 'FORCE' | 'TAKEOVER';

const FAILOVER_MODES = ['force', 'takeover', 'FORCE', 'TAKEOVER'] as const;

/**
 * Makes this replica the master of its shard; resolves before that is done.
 *
 * @throws ReplyError when the node is not a replica, or its master is away and `mode` is not given
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-failover/
 */
export function clusterFailover<V = string>(mode?: ClusterFailoverMode): Command<'OK', V> {
  const args = mode === undefined ? [] : [keyword(mode, FAILOVER_MODES, 'mode')];
  return new Command<'OK', V>(CLUSTER_FAILOVER, args, ok);
}

/**
 * Makes this node forget to whom all slots belong.
 *
 * @throws ReplyError when the node has keys
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-flushslots/
 */
export function clusterFlushslots<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(CLUSTER_FLUSHSLOTS, [], ok);
}

/**
 * Removes a node from what this node knows of the cluster.
 *
 * @throws ReplyError when the node is not known, is this one, or is its master
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-forget/
 */
export function clusterForget<V = string>(nodeId: string): Command<'OK', V> {
  return new Command<'OK', V>(CLUSTER_FORGET, [toArg(nodeId, 'nodeId')], ok);
}

/**
 * Some keys that this node has in a slot.
 *
 * @param count how many at most
 * @throws ArgumentError when there is no such slot
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-getkeysinslot/
 */
export function clusterGetkeysinslot<V = string>(slot: number, count: Int): Command<V[], V> {
  return new Command<V[], V>(CLUSTER_GETKEYSINSLOT, [slotArg(slot, 'slot'), integer(count, 'count', 0)], dataList<V>);
}

/**
 * The server's own help text on CLUSTER, line by line.
 *
 * @since 5.0.0
 * @see https://redis.io/commands/cluster-help/
 */
export function clusterHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(CLUSTER_HELP, [], texts);
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

/**
 * The slot of a key. A part in braces decides alone: `{user}:1` and `{user}:2` have the same.
 *
 * @throws ReplyError when the server is not in a cluster
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-keyslot/
 */
export function clusterKeyslot<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(CLUSTER_KEYSLOT, [toArg(key, 'key')], whole);
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
 * Introduces this node to another; resolves before they have met.
 *
 * @param ip an address, no name
 * @param busPort the other node's port for nodes, if it is not `port` + 10000. Since 4.0
 * @throws ReplyError when address or port are not valid
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-meet/
 */
export function clusterMeet<V = string>(ip: string, port: number, busPort?: number): Command<'OK', V> {
  const args = [toArg(ip, 'ip'), integer(port, 'port', 0, 65_535)];
  if (busPort !== undefined) args.push(integer(busPort, 'busPort', 0, 65_535));
  return new Command<'OK', V>(CLUSTER_MEET, args, ok);
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

/**
 * Makes this node a replica of another.
 *
 * @throws ReplyError when the other is not known, or no master; when this node has keys or slots
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-replicate/
 */
export function clusterReplicate<V = string>(nodeId: string): Command<'OK', V> {
  return new Command<'OK', V>(CLUSTER_REPLICATE, [toArg(nodeId, 'nodeId')], ok);
}

/**
 * `hard`: with a new id, and epochs from 0.
 *
 * @default 'soft'
 */
export type ClusterResetMode = 'hard' | 'soft' | 'HARD' | 'SOFT';

const RESET_MODES = ['hard', 'soft', 'HARD', 'SOFT'] as const;

/**
 * Makes this node forget the cluster.
 *
 * @throws ReplyError when the node is a master and has keys
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-reset/
 */
export function clusterReset<V = string>(mode?: ClusterResetMode): Command<'OK', V> {
  return new Command<'OK', V>(CLUSTER_RESET, mode === undefined ? [] : [keyword(mode, RESET_MODES, 'mode')], ok);
}

/**
 * Writes the node's configuration to disk.
 *
 * @throws ReplyError when that fails
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-saveconfig/
 */
export function clusterSaveconfig<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(CLUSTER_SAVECONFIG, [], ok);
}

/**
 * Sets the configuration epoch of a fresh node.
 *
 * @throws ReplyError when the node knows others, or has an epoch
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-set-config-epoch/
 */
export function clusterSetConfigEpoch<V = string>(epoch: Int): Command<'OK', V> {
  return new Command<'OK', V>(CLUSTER_SET_CONFIG_EPOCH, [integer(epoch, 'epoch', 0)], ok);
}

/** What happens to a slot: exactly one. */
export type SlotState = ExactlyOne<{
  /** This node gets it from the node with this id. */
  importing: string;
  /** This node gives it to the node with this id. */
  migrating: string;
  /** It belongs to the node with this id. */
  node: string;
  /** It is neither imported nor migrated. */
  stable: true;
}> & {
  /** Milliseconds to wait for replicas. Since 8.0 (Valkey). */
  readonly timeout?: Int | undefined;
};

const SLOT_STATES = ['importing', 'migrating', 'node', 'stable'] as const;
const SETSLOT_OPTIONS = new Set([...SLOT_STATES, 'timeout']);

/**
 * Says what happens to a slot, for moving it between nodes.
 *
 * @example await redis.clusterSetslot(3300, { migrating: nodeId })
 * @throws ArgumentError when not exactly one state is given
 * @throws ReplyError when the node is not known, or the slot is not in a state for it
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-setslot/
 */
export function clusterSetslot<V = string>(slot: number, options: SlotState): Command<'OK', V> {
  checkOptions(options, SETSLOT_OPTIONS);
  const name = chosenOne(options, SLOT_STATES);
  const args: Arg[] = [slotArg(slot, 'slot'), name.toUpperCase()];
  if (name !== 'stable') args.push(toArg(options[name] as string, `options.${name}`));
  addInteger(args, 'TIMEOUT', options.timeout, 'timeout', 0);
  return new Command<'OK', V>(CLUSTER_SETSLOT, args, ok);
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

/** By what {@link clusterSlotStats} sorts. */
export interface SlotStatsOrder {
  /** Which number, for example `key-count`. */
  readonly orderby: string;
  /** How many slots at most. */
  readonly limit?: Int | undefined;
}

/** Options of {@link clusterSlotStats}: a range, or the slots with the most (or least) of something. */
export type SlotStatsOptions =
  | {
      readonly slotsrange: SlotRange;
      readonly orderby?: undefined;
      readonly limit?: undefined;
      readonly asc?: undefined;
      readonly desc?: undefined;
    }
  | (SlotStatsOrder & AtMostOne<{ asc: boolean; desc: boolean }> & { readonly slotsrange?: undefined });

/** What is counted for a slot. Newer servers may tell more. */
export interface SlotStats {
  readonly slot: number;
  readonly keyCount: number;
}

const SLOT_STATS_OPTIONS = new Set(['slotsrange', 'orderby', 'limit', 'asc', 'desc']);

function slotStats(raw: unknown): SlotStats[] {
  return list(raw).map((item) => {
    const [slot, counts] = item as [number, unknown];
    return { slot, ...structure<Omit<SlotStats, 'slot'>>(counts) };
  });
}

/**
 * What this node counts per slot, for the slots that it has. Only Valkey.
 *
 * @example await redis.clusterSlotStats({ orderby: 'key-count', limit: 10, desc: true })
 * @throws ArgumentError when not exactly one of `slotsrange` and `orderby` is given
 * @throws ReplyError when the server is not in a cluster, or does not count that
 * @since 8.0.0
 * @see https://valkey.io/commands/cluster-slot-stats/
 */
export function clusterSlotStats<V = string>(options: SlotStatsOptions): Command<SlotStats[], V> {
  checkOptions(options, SLOT_STATS_OPTIONS);
  const by = chosenOne(options, ['slotsrange', 'orderby']);
  chosen(options, ['slotsrange', 'limit']);
  chosen(options, ['slotsrange', 'asc', 'desc']);
  const args: Arg[] = [by.toUpperCase()];
  if (options.slotsrange !== undefined) args.push(...rangeArgs([options.slotsrange]));
  else args.push(toArg(options.orderby, 'options.orderby'));
  addInteger(args, 'LIMIT', options.limit, 'limit', 1);
  addSwitch(args, 'ASC', options.asc, 'asc');
  addSwitch(args, 'DESC', options.desc, 'desc');
  return new Command<SlotStats[], V>(CLUSTER_SLOT_STATS, args, slotStats);
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

/**
 * Lets this connection read from a replica, which may be behind its master.
 *
 * @throws ReplyError when the server is not in a cluster
 * @scope lease
 * @since 3.0.0
 * @see https://redis.io/commands/readonly/
 */
export function readonly<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(READONLY, [], ok);
}

/**
 * Ends what {@link readonly} allowed.
 *
 * @throws ReplyError when the server is not in a cluster
 * @scope lease
 * @since 3.0.0
 * @see https://redis.io/commands/readwrite/
 */
export function readwrite<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(READWRITE, [], ok);
}
