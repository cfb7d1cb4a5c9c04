/**
 * Prints `packages/redis/src/generated/command-table.ts`: what raw calls need to know about a command by its name.
 * Names and key positions come from the servers' own lists; what those do not say (which commands change their
 * connection, which of the unflagged ones only read) is listed here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One command of `packages/redis/test/fixtures/commands.json`. */
export interface ListedCommand {
  readonly group: string;
  readonly since: string;
  readonly arity: number;
  readonly flags?: readonly string[];
  /** `[begin, find]` per key spec: index or `[keyword, startfrom]`; `[lastkey, step, limit]` or `'count'`. */
  readonly keys?: readonly (readonly [number | [string, number], [number, number, number] | 'count'])[];
  readonly servers?: readonly string[];
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s*[,\n]\s*/));

/** How the engine must treat commands, where the lists say nothing or too little. */
const SPECIAL: readonly (readonly [flags: string, names: ReadonlySet<string>])[] = [
  ['forbidden', words('client reply, sync, psync, replconf')],
  ['quit', words('quit')],
  ['stream', words('monitor')],
  ['subscription', words('subscribe, psubscribe, ssubscribe, unsubscribe, punsubscribe, sunsubscribe')],
  [
    'state',
    words(`auth, hello, select, reset, multi, exec, discard, watch, unwatch, asking, readonly, readwrite, script debug
      client caching, client capa, client no-evict, client no-touch, client setinfo, client setname, client tracking`),
  ],
  ['blocking state', words('wait, waitaof')],
  ['write opaque', words('eval, evalsha, fcall')],
  ['read opaque', words('eval_ro, evalsha_ro, fcall_ro')],
  ['read maybeBlocking', words('xread')],
  ['write maybeBlocking', words('xreadgroup')],
  [
    'read',
    words(`acl cat, acl dryrun, acl genpass, acl getuser, acl list, acl users, acl whoami, client getname, client getredir
      client id, client info, client list, client trackinginfo, cluster count-failure-reports, cluster countkeysinslot
      cluster getkeysinslot, cluster info, cluster keyslot, cluster links, cluster myid, cluster myshardid, cluster nodes
      cluster replicas, cluster shards, cluster slaves, cluster slot-stats, cluster slots, command, command count
      command docs, command getkeys, command getkeysandflags, command info, command list, config get, echo
      function dump, function list, function stats, info, lastsave, latency doctor, latency graph, latency histogram
      latency history, latency latest, memory doctor, memory malloc-stats, memory stats, module list, ping
      pubsub channels, pubsub numpat, pubsub numsub, pubsub shardchannels, pubsub shardnumsub, role, script exists
      script show, slowlog get, slowlog len, time`),
  ],
  [
    'idempotent',
    words(`del, expire, expireat, flushall, flushdb, hdel, hmset, hset, lset, mset, persist, pexpire, pexpireat
      pfadd, pfmerge, psetex, sadd, setex, setrange, sinterstore, srem, sunionstore, unlink, xack, xdel
      zrem, zremrangebylex, zremrangebyscore, script load, config set`),
  ],
];

function flagsOf(name: string, command: ListedCommand): string {
  for (const [flags, names] of SPECIAL) if (names.has(name)) return flags;
  if (name.endsWith(' help')) return 'read';
  if (command.flags?.includes('blocking')) return 'blocking';
  return command.flags?.includes('readonly') ? 'read' : 'write';
}

const MOVABLE = new Map([
  ['sort', 'sort'],
  ['sort_ro', 'first'],
  ['georadius', 'georadius'],
  ['georadiusbymember', 'georadiusByMember'],
  ['migrate', 'migrate'],
]);

/** `first:last:step` of arguments → the name of the rule. */
const RANGES = new Map([
  ['0:0:1', 'first'],
  ['1:1:1', 'second'],
  ['0:1:1', 'two'],
  ['0:-1:1', 'all'],
  ['0:-2:1', 'butLast'],
  ['1:-1:1', 'butFirst'],
  ['0:-1:2', 'pairs'],
]);

function keysOf(name: string, command: ListedCommand): string {
  const specs = command.keys ?? [];
  if (specs.length === 0) return 'none';
  const movable = MOVABLE.get(name);
  if (movable !== undefined) return movable;
  const before = name.split(' ').length;
  const [begin, find] = specs.at(-1) as NonNullable<ListedCommand['keys']>[number];
  if (typeof begin !== 'number') return 'streams';
  if (find === 'count')
    return specs.length > 1 ? 'destinationAndCounted' : begin === 1 ? 'countedFirst' : 'countedSecond';
  const first = (specs[0]?.[0] as number) - before;
  const last = find[0] < 0 ? find[0] : begin - before + find[0];
  const rule = RANGES.get(`${first}:${last}:${find[1]}`);
  if (rule === undefined) throw new Error(`${name}: no rule for keys ${first}:${last}:${find[1]}`);
  return rule;
}

/** The text of the generated table. */
export function printCommandTable(commands: Readonly<Record<string, ListedCommand>>): string {
  const rows = new Map<string, string[]>();
  for (const [name, command] of Object.entries(commands)) {
    const row = `'${flagsOf(name, command)}', '${keysOf(name, command)}'`;
    rows.set(row, [...(rows.get(row) ?? []), name]);
  }
  const lines = [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([row, names]) => `  [${row}, '${names.join(',')}'],`);
  return `// Generated by \`npm run generate\` from test/fixtures/commands.json. Do not edit.

/** Rows of equal treatment: flags, rule for keys (see key-specs.ts), names in lower case, separated by commas. */
export const COMMAND_ROWS: readonly (readonly [flags: string, keys: string, names: string])[] = [
${lines.join('\n')}
];

/** Since which version: names in lower case, separated by commas. */
export const COMMAND_VERSIONS: readonly (readonly [since: string, names: string])[] = [
${versionRows(commands).join('\n')}
];
`;
}

function versionRows(commands: Readonly<Record<string, ListedCommand>>): string[] {
  const versions = new Map<string, string[]>();
  for (const [name, { since }] of Object.entries(commands)) versions.set(since, [...(versions.get(since) ?? []), name]);
  const parts = (version: string): number[] => version.split('.').map(Number);
  const compare = (a: readonly number[], b: readonly number[]): number => {
    const at = a.findIndex((part, i) => part !== b[i]);
    return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
  };
  return [...versions]
    .sort(([a], [b]) => compare(parts(a), parts(b)))
    .map(([since, names]) => `  ['${since}', '${names.join(',')}'],`);
}

/** Path and text of the table below the repository's root. */
export function commandTable(root: string): { path: string; text: string } {
  const list = readFileSync(join(root, 'packages/redis/test/fixtures/commands.json'), 'utf8');
  const text = printCommandTable(JSON.parse(list) as Record<string, ListedCommand>);
  return { path: join(root, 'packages/redis/src/generated/command-table.ts'), text };
}
