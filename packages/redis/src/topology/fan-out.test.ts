import type { Settled } from '@kv/core';
import { describe, expect, it, test } from 'vitest';
import { clusterVectors } from '../../test/recorded-cluster.ts';
import { COMMAND_ROWS } from '../generated/command-table.ts';
import { ReplyError } from '../protocol/errors.ts';
import { type FanOut, fanOutOf, mergeReplies, oneSucceeded } from './fan-out.ts';
import { isSplit } from './split.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function ownPolicy(name: string): string {
  if (isSplit(name)) return 'split';
  try {
    const found: FanOut | undefined = fanOutOf(name);
    return found === undefined ? 'none' : `${found.target} ${found.merge}`;
  } catch {
    return 'per node';
  }
}

/** The tips of the server in the words of our table. */
const TIPS: Readonly<Record<string, string>> = {
  'multi_shard null': 'split',
  'multi_shard agg_sum': 'split',
  'multi_shard all_succeeded': 'split',
  'all_shards agg_sum': 'primaries sum',
  'all_shards all_succeeded': 'primaries first',
  'all_shards one_succeeded': 'primaries oneSucceeded',
  'all_shards agg_logical_and': 'primaries and',
  'all_shards null': 'primaries concat',
  'all_nodes all_succeeded': 'nodes first',
  'all_nodes agg_sum': 'nodes sum',
};

/** Where our table says something else than the server's tips: what, and why. */
const DIFFERENCES: Readonly<Record<string, readonly [own: string, why: string]>> = {
  MSETNX: ['none', 'sets all keys or none, which parts cannot'],
  PING: ['one first', 'asks whether the cluster answers, not whether every node does'],
  WAIT: ['none', 'speaks of the writes of its own connection, so it needs a session'],
  RANDOMKEY: ['untilFound first', 'one key is asked for, not one per primary'],
  'SCRIPT EXISTS': ['nodes and', 'scripts run on replicas too'],
  'SCRIPT KILL': ['nodes oneSucceeded', 'scripts run on replicas too'],
  'FUNCTION KILL': ['nodes oneSucceeded', 'functions run on replicas too'],
  'FUNCTION STATS': ['per node', 'what runs at the moment, on one node'],
  INFO: ['per node', 'a report about one node'],
  SCAN: ['per node', 'cursors mean nothing on another node; the iterator walks through all'],
  'SLOWLOG GET': ['per node', 'ids repeat on every node'],
  'LATENCY DOCTOR': ['per node', 'a report about one node'],
  'LATENCY GRAPH': ['per node', 'a report about one node'],
  'LATENCY HISTOGRAM': ['per node', 'a report about one node'],
  'LATENCY HISTORY': ['per node', 'a report about one node'],
  'LATENCY LATEST': ['per node', 'a report about one node'],
  'MEMORY DOCTOR': ['per node', 'a report about one node'],
  'MEMORY MALLOC-STATS': ['per node', 'a report about one node'],
  'MEMORY STATS': ['per node', 'a report about one node'],
};

/** What runs on several nodes although the server of the recording gives no tip. */
const WITHOUT_TIP = [
  ...['CONFIG RESETSTAT', 'CONFIG REWRITE'],
  ...['PUBSUB CHANNELS', 'PUBSUB SHARDCHANNELS', 'PUBSUB NUMSUB', 'PUBSUB SHARDNUMSUB', 'PUBSUB NUMPAT'],
];

/** Commands that speak of one node or change one. A new one belongs here, or needs a target of its own. */
const OF_ONE_NODE: readonly string[] = [
  'INFO,ROLE,MONITOR,SAVE,BGSAVE,BGREWRITEAOF,SHUTDOWN,DEBUG,PFSELFTEST,FAILOVER,REPLICAOF,SLAVEOF,SCAN',
  'ACL,ACL DELUSER,ACL LOAD,ACL LOG,ACL SAVE,ACL SETUSER',
  'CLIENT,CLIENT GETNAME,CLIENT GETREDIR,CLIENT ID,CLIENT INFO,CLIENT KILL,CLIENT LIST,CLIENT PAUSE',
  'CLIENT TRACKINGINFO,CLIENT UNBLOCK,CLIENT UNPAUSE',
  'CLUSTER,CLUSTER ADDSLOTS,CLUSTER ADDSLOTSRANGE,CLUSTER BUMPEPOCH,CLUSTER COUNT-FAILURE-REPORTS',
  'CLUSTER COUNTKEYSINSLOT,CLUSTER DELSLOTS,CLUSTER DELSLOTSRANGE,CLUSTER FAILOVER,CLUSTER FLUSHSLOTS',
  'CLUSTER FORGET,CLUSTER GETKEYSINSLOT,CLUSTER LINKS,CLUSTER MEET,CLUSTER MYID,CLUSTER MYSHARDID',
  'CLUSTER REPLICATE,CLUSTER RESET,CLUSTER SAVECONFIG,CLUSTER SET-CONFIG-EPOCH,CLUSTER SETSLOT,CLUSTER SLOT-STATS',
  'FUNCTION STATS,LATENCY DOCTOR,LATENCY GRAPH,LATENCY HISTOGRAM,LATENCY HISTORY,LATENCY LATEST',
  'MEMORY DOCTOR,MEMORY MALLOC-STATS,MEMORY STATS,MODULE LIST,MODULE LOAD,MODULE LOADEX,MODULE UNLOAD',
  'SCRIPT SHOW,SLOWLOG GET',
  // With a subcommand that is not known: what it does is not known either.
  'CONFIG,FUNCTION,LATENCY,MEMORY,MODULE,OBJECT,PUBSUB,SCRIPT,SLOWLOG,XGROUP,XINFO',
].flatMap((names) => names.split(','));

describe('the table of commands', () => {
  const tips = Object.entries(clusterVectors.policies).filter(([, [request]]) => request !== null);
  const named = tips.map(([name, [request, response]]) => [name.toUpperCase().replace('|', ' '), request, response]);

  it('follows the tips of the server, or says why not', () => {
    const differing = named.filter(([name, request, response]) => {
      return ownPolicy(name as string) !== TIPS[`${request} ${response}`];
    });
    expect(new Set(differing.map(([name]) => name))).toEqual(new Set(Object.keys(DIFFERENCES)));
  });

  test.each(Object.entries(DIFFERENCES))('%s: %j', (name, [own]) => {
    expect(ownPolicy(name)).toBe(own);
  });

  it('sends to several nodes only what has a tip, or is listed here', () => {
    const all = COMMAND_ROWS.flatMap(([, , names]) => names.toUpperCase().split(','));
    const several = all.filter((name) => /^(primaries|nodes|untilFound|split)/.test(ownPolicy(name)));
    const tipped = named.map(([name]) => name);
    expect(several.filter((name) => !tipped.includes(name)).sort()).toEqual(WITHOUT_TIP.toSorted());
  });

  it('leaves to one node what no other target was chosen for', () => {
    const all = COMMAND_ROWS.flatMap(([, , names]) => names.toUpperCase().split(','));
    const refused = all.filter((name) => ownPolicy(name) === 'per node');
    expect(refused.sort()).toEqual(OF_ONE_NODE.toSorted());
  });

  it('names no command with keys', () => {
    const names = COMMAND_ROWS.filter(([, keys]) => keys !== 'none').flatMap(([, , all]) =>
      all.toUpperCase().split(','),
    );
    expect(names.filter((name) => !isSplit(name) && ownPolicy(name) !== 'none')).toEqual([]);
  });

  it.each(['INFO', 'CLIENT LIST', 'ACL SETUSER', 'SAVE', 'SLOWLOG GET', 'MONITOR', 'CLUSTER FORGET', 'SCAN'])(
    '%s is refused with a word about nodes()',
    (name) => {
      const message = `${name}: in a cluster it runs on one node; use the clients of nodes()`;
      expect(() => fanOutOf(name)).toThrow(expect.objectContaining({ code: 'ARGUMENT', outcome: 'notSent', message }));
    },
  );
});

describe('replies of several nodes', () => {
  it.each<[string, unknown[], unknown]>([
    ['DBSIZE', [1, 2, 3], 6],
    ['KEYS', [['a'], [], ['b', 'c']], ['a', 'b', 'c']],
    ['FLUSHALL', ['OK', 'OK'], 'OK'],
    ['SCRIPT LOAD', ['sha', 'sha'], 'sha'],
    [
      'SCRIPT EXISTS',
      [
        [1, 1, 0],
        [1, 0, 0],
      ],
      [1, 0, 0],
    ],
    ['PUBSUB CHANNELS', [['a', 'b'], new Set(['b', 'c'])], ['a', 'b', 'c']],
    ['PUBSUB CHANNELS', [[bytes('a')], [bytes('a'), bytes('b')]], [bytes('a'), bytes('b')]],
    [
      'PUBSUB NUMSUB',
      [
        ['a', 1, 'b', 0],
        ['a', 2, 'b', 5],
      ],
      ['a', 3, 'b', 5],
    ],
    ['PUBSUB NUMSUB', [[], []], []],
    ['PUBSUB NUMPAT', [1, 1], 2],
  ])('to %s: %j', (name, replies, expected) => {
    expect(mergeReplies(name, (fanOutOf(name) as FanOut).merge, replies)).toEqual(expected);
  });

  it.each<[string, unknown[], string]>([
    ['DBSIZE', [1, 'OK'], 'expected a number'],
    ['KEYS', [['a'], null], 'expected a list'],
    ['PUBSUB CHANNELS', [['a'], 'OK'], 'expected a list'],
    ['SCRIPT EXISTS', [[1], [1, 1]], 'expected lists of the same length'],
    ['SCRIPT EXISTS', [[1], 1], 'expected a list'],
    [
      'PUBSUB NUMSUB',
      [
        ['a', 1],
        ['a', 'b'],
      ],
      'expected a number',
    ],
  ])('to %s, %j, are a protocol error', (name, replies, problem) => {
    const message = `${name}: unexpected reply (${problem})`;
    const merged = () => mergeReplies(name, (fanOutOf(name) as FanOut).merge, replies);
    expect(merged).toThrow(expect.objectContaining({ code: 'PROTOCOL', message }));
  });
});

describe('SCRIPT KILL', () => {
  const ok: Settled = { ok: true, value: 'OK' };
  const idle: Settled = { ok: false, error: new ReplyError('NOTBUSY No scripts in execution right now.', 'NOTBUSY') };
  const busy: Settled = { ok: false, error: new ReplyError('UNKILLABLE Sorry, the script wrote.', 'UNKILLABLE') };

  it.each([
    ['succeeds when one node had a script', [idle, busy, ok], ok],
    ['tells why a script was not killed', [idle, busy, idle], busy],
    ['tells that no script runs', [idle, idle], idle],
    ['has no outcome without nodes', [], undefined],
  ])('%s', (_, settled, expected) => {
    expect(oneSucceeded(settled)).toBe(expected);
  });
});
