/** Clusters: the slots of keys, numbers from 0 to 16383, and the nodes that have them. */
import { type Arg, ArgumentError, badArgument, Command, type Data, integer, Keys, read, toArg, write } from '@kv/core';
import {
  type AtMostOne,
  addInteger,
  addSwitch,
  checkOptions,
  chosen,
  chosenOne,
  type ExactlyOne,
  type Int,
} from './support/arguments.ts';
import { dataList, list, ok, structure, whole } from './support/replies.ts';

const CLUSTER_ADDSLOTS = write('CLUSTER ADDSLOTS', Keys.none);
const CLUSTER_ADDSLOTSRANGE = write('CLUSTER ADDSLOTSRANGE', Keys.none);
const CLUSTER_COUNTKEYSINSLOT = read('CLUSTER COUNTKEYSINSLOT', Keys.none);
const CLUSTER_DELSLOTS = write('CLUSTER DELSLOTS', Keys.none);
const CLUSTER_DELSLOTSRANGE = write('CLUSTER DELSLOTSRANGE', Keys.none);
const CLUSTER_FLUSHSLOTS = write('CLUSTER FLUSHSLOTS', Keys.none);
const CLUSTER_GETKEYSINSLOT = read('CLUSTER GETKEYSINSLOT', Keys.none);
const CLUSTER_KEYSLOT = read('CLUSTER KEYSLOT', Keys.none);
const CLUSTER_SETSLOT = write('CLUSTER SETSLOT', Keys.none);
const CLUSTER_SLOT_STATS = read('CLUSTER SLOT-STATS', Keys.none);

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
 * The slot of a key. A part in braces decides alone: `{user}:1` and `{user}:2` have the same.
 *
 * @throws ReplyError when the server is not in a cluster
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-keyslot/
 */
export function clusterKeyslot<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(CLUSTER_KEYSLOT, [toArg(key, 'key')], whole);
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
