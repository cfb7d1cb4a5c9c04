/** Commands without keys: on which nodes of a cluster they run, and what becomes of the replies. */
import { ArgumentError, Flag, type Settled } from '@kv/core';
import { boolean, text } from '../commands/support/replies.ts';
import { knownSpec } from '../protocol/command-table.ts';
import { hasPrefix } from '../protocol/errors.ts';
import { malformed } from './malformed.ts';
import { listOf, sumOf } from './split.ts';

/** Where a command runs. */
export type Target =
  /** Any node: all would say the same, or one is enough. */
  | 'one'
  /** The owner of the slot of the first argument, so that messages of one channel keep their order. */
  | 'channel'
  /** Every primary: together they have all keys. */
  | 'primaries'
  /** Every primary, and every replica that is read from. */
  | 'nodes'
  /** Primaries in random order, one after the other, until one gives a value that is not null. */
  | 'untilFound';

/** What becomes of the replies of several nodes. */
export type Merge =
  /** All must succeed; the first reply. */
  | 'first'
  | 'sum'
  /** All elements of all lists. */
  | 'concat'
  /** The same without repetition. */
  | 'union'
  /** Lists of 0 and 1, position by position: 1 where all say 1. */
  | 'and'
  /** `name, count, name, count …`, the same names everywhere: the counts are added. */
  | 'counts'
  /** One success is enough: {@link oneSucceeded}. */
  | 'oneSucceeded';

/** How a command without keys runs in a cluster. */
export interface FanOut {
  readonly target: Target;
  readonly merge: Merge;
}

const ROWS: readonly (readonly [target: Target, merge: Merge, names: string])[] = [
  ['primaries', 'sum', 'DBSIZE'],
  ['primaries', 'concat', 'KEYS'],
  ['primaries', 'first', 'FLUSHALL,FLUSHDB,FUNCTION LOAD,FUNCTION DELETE,FUNCTION FLUSH,FUNCTION RESTORE,MEMORY PURGE'],
  ['untilFound', 'first', 'RANDOMKEY'],
  ['nodes', 'first', 'SCRIPT LOAD,SCRIPT FLUSH,CONFIG SET,CONFIG RESETSTAT,CONFIG REWRITE,LATENCY RESET,SLOWLOG RESET'],
  ['nodes', 'and', 'SCRIPT EXISTS'],
  ['nodes', 'oneSucceeded', 'SCRIPT KILL,FUNCTION KILL'],
  ['nodes', 'union', 'PUBSUB CHANNELS,PUBSUB SHARDCHANNELS'],
  ['nodes', 'counts', 'PUBSUB NUMSUB,PUBSUB SHARDNUMSUB'],
  ['nodes', 'sum', 'SLOWLOG LEN,PUBSUB NUMPAT'],
  ['channel', 'first', 'PUBLISH'],
  ['one', 'first', 'PING,ECHO,TIME,LASTSAVE,LOLWUT,CONFIG GET,FUNCTION DUMP,FUNCTION LIST,SWAPDB'],
  [
    'one',
    'first',
    'COMMAND,COMMAND COUNT,COMMAND DOCS,COMMAND GETKEYS,COMMAND GETKEYSANDFLAGS,COMMAND INFO,COMMAND LIST',
  ],
  ['one', 'first', 'ACL CAT,ACL DRYRUN,ACL GENPASS,ACL GETUSER,ACL LIST,ACL USERS,ACL WHOAMI'],
  [
    'one',
    'first',
    'CLUSTER INFO,CLUSTER KEYSLOT,CLUSTER NODES,CLUSTER REPLICAS,CLUSTER SHARDS,CLUSTER SLAVES,CLUSTER SLOTS',
  ],
  [
    'one',
    'first',
    'ACL HELP,CLIENT HELP,CLUSTER HELP,COMMAND HELP,CONFIG HELP,FUNCTION HELP,LATENCY HELP,MEMORY HELP,MODULE HELP,OBJECT HELP,PUBSUB HELP,SCRIPT HELP,SLOWLOG HELP,XGROUP HELP,XINFO HELP',
  ],
];

const TABLE: ReadonlyMap<string, FanOut> = new Map(
  ROWS.flatMap(([target, merge, names]) => names.split(',').map((name) => [name, { target, merge }] as const)),
);

/**
 * How a command without keys runs in a cluster, by its name in upper case. Undefined for commands with keys, for those
 * that change their connection, and for unknown ones.
 *
 * @throws ArgumentError for commands that need a node to be named
 */
export function fanOutOf(name: string): FanOut | undefined {
  const known = TABLE.get(name);
  if (known === undefined && isOfOneNode(name))
    throw new ArgumentError(`${name}: in a cluster it runs on one node; use the clients of nodes()`, { command: name });
  return known;
}

/** Commands that only concern their connection. */
const OF_CONNECTIONS = Flag.stateful | Flag.subscription | Flag.forbidden | Flag.quit;

/**
 * Every other command without keys speaks of one node or changes one, so the caller has to say which. What a command with
 * an unknown subcommand does is not known either.
 */
function isOfOneNode(name: string): boolean {
  const found = knownSpec(name);
  return found !== undefined && found.keys === null && (found.flags & OF_CONNECTIONS) === 0;
}

/**
 * The reply of the cluster, from the wire values of all its nodes.
 *
 * @throws ProtocolError when a reply has another shape
 */
export function mergeReplies(name: string, merge: Merge, replies: readonly unknown[]): unknown {
  if (merge === 'sum') return sumOf(name, replies);
  if (merge === 'concat') return replies.flatMap((reply) => listOf(name, reply));
  if (merge === 'union') return unionOf(name, replies);
  if (merge === 'and') return allSay(name, replies);
  return merge === 'counts' ? countsOf(name, replies) : replies[0];
}

/** Bytes of a name as text, different for different bytes. */
const latin1 = new TextDecoder('latin1');

function unionOf(name: string, replies: readonly unknown[]): unknown[] {
  const found = new Map<string, unknown>();
  for (const reply of replies) {
    for (const item of listOf(name, reply)) {
      const known = item instanceof Uint8Array ? latin1.decode(item) : text(item);
      if (!found.has(known)) found.set(known, item);
    }
  }
  return [...found.values()];
}

/** Lists that must have the same length, because the question was the same. */
function aligned(name: string, replies: readonly unknown[]): [first: readonly unknown[], ...(readonly unknown[])[]] {
  const [first = [], ...others] = replies.map((reply) => listOf(name, reply));
  if (others.some((list) => list.length !== first.length)) throw malformed(name, 'expected lists of the same length');
  return [first, ...others];
}

function allSay(name: string, replies: readonly unknown[]): number[] {
  const lists = aligned(name, replies);
  return lists[0].map((_, i) => (lists.every((list) => boolean(list[i])) ? 1 : 0));
}

function countsOf(name: string, replies: readonly unknown[]): unknown[] {
  const lists = aligned(name, replies);
  return lists[0].map((item, i) =>
    i % 2 === 0
      ? item
      : sumOf(
          name,
          lists.map((list) => list[i]),
        ),
  );
}

/**
 * The outcome of a command for which one success is enough: SCRIPT KILL, where only one node has a script that runs.
 * When no node succeeded, an error that says more than that nothing was running there.
 */
export function oneSucceeded(settled: readonly Settled[]): Settled | undefined {
  return (
    settled.find(({ ok }) => ok) ?? settled.find((one) => !one.ok && !hasPrefix(one.error, 'NOTBUSY')) ?? settled[0]
  );
}
