/** Clusters: administration of a node, and what a connection may read from it. */
import { Command, integer, Keys, read, stateful, toArg, write } from '@kv/core';
import { type Int, keyword } from './support/arguments.ts';
import { ok, text, texts } from './support/replies.ts';

const ASKING = stateful('ASKING');
const CLUSTER_BUMPEPOCH = write('CLUSTER BUMPEPOCH', Keys.none);
const CLUSTER_FAILOVER = write('CLUSTER FAILOVER', Keys.none);
const CLUSTER_FORGET = write('CLUSTER FORGET', Keys.none);
const CLUSTER_HELP = read('CLUSTER HELP', Keys.none);
const CLUSTER_MEET = write('CLUSTER MEET', Keys.none);
const CLUSTER_REPLICATE = write('CLUSTER REPLICATE', Keys.none);
const CLUSTER_RESET = write('CLUSTER RESET', Keys.none);
const CLUSTER_SAVECONFIG = write('CLUSTER SAVECONFIG', Keys.none);
const CLUSTER_SET_CONFIG_EPOCH = write('CLUSTER SET-CONFIG-EPOCH', Keys.none);
const READONLY = stateful('READONLY');
const READWRITE = stateful('READWRITE');

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
 * Makes the node's configuration newer than all others, without asking them.
 *
 * @returns `BUMPED <epoch>`, or `STILL <epoch>` when it is the newest
 * @since 3.0.0
 * @see https://redis.io/commands/cluster-bumpepoch/
 */
export function clusterBumpepoch<V = string>(): Command<string, V> {
  return new Command<string, V>(CLUSTER_BUMPEPOCH, [], text);
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
 * The server's own help text on CLUSTER, line by line.
 *
 * @since 5.0.0
 * @see https://redis.io/commands/cluster-help/
 */
export function clusterHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(CLUSTER_HELP, [], texts);
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
