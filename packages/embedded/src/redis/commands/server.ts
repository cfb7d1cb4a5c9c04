import { pairsOf } from '../../pairs.ts';
import type { Commands, Context, Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { globMatches } from '../glob.ts';
import { areFlags, INVALID_FLAGS, normalFlags } from '../key-events.ts';
import { parseInteger } from '../numbers.ts';
import { array, bulk, bulks, integer, OK, status } from '../replies.ts';
import { VERSION } from '../version.ts';

const time: Run = ({ state }) => {
  const now = state.clock.now();
  return bulks([String(Math.floor(now / 1000)), String((now % 1000) * 1000)]);
};

type Section = (context: Context) => Readonly<Record<string, string | number>>;

const sections: Readonly<Record<string, Section>> = {
  Server: ({ state }) => ({
    redis_version: VERSION,
    redis_git_sha1: '00000000',
    redis_git_dirty: 0,
    redis_mode: state.cluster === undefined ? 'standalone' : 'cluster',
    arch_bits: 64,
    process_id: process.pid,
    tcp_port: state.config.get('port') ?? '0',
    server_time_usec: state.clock.now() * 1000,
    uptime_in_seconds: Math.floor((state.clock.now() - state.startedAt) / 1000),
    uptime_in_days: Math.floor((state.clock.now() - state.startedAt) / 86_400_000),
    hz: 10,
  }),
  Clients: ({ state }) => ({
    connected_clients: state.clients.size,
    cluster_connections: 0,
    maxclients: state.config.get('maxclients') ?? '10000',
    blocked_clients: state.waitingClients.length,
    tracking_clients: 0,
  }),
  Memory: () => ({ used_memory: process.memoryUsage().heapUsed, maxmemory: 0, maxmemory_policy: 'noeviction' }),
  Persistence: () => ({ loading: 0, rdb_bgsave_in_progress: 0, aof_enabled: 0 }),
  Stats: ({ state }) => ({
    total_connections_received: state.connectionsSeen,
    total_commands_processed: state.commandsRun,
    pubsub_channels: state.pubsub.channels.size,
    pubsub_patterns: state.pubsub.patterns.size,
    pubsubshard_channels: state.pubsub.shards.size,
  }),
  Replication: () => ({ role: 'master', connected_slaves: 0, master_repl_offset: 0 }),
  Cluster: ({ state }) => ({ cluster_enabled: state.cluster === undefined ? 0 : 1 }),
  Keyspace: ({ state }) =>
    Object.fromEntries(
      [...state.databases.entries()]
        .filter(([, { size }]) => size > 0)
        .map(([index, space]) => [`db${index}`, `keys=${space.size},expires=${space.volatile},avg_ttl=0`]),
    ),
};

const ALL_SECTIONS = ['default', 'all', 'everything'];

const info: Run = (context, names) => {
  const wanted = names.length === 0 ? ['default'] : names.map((name) => name.toLowerCase());
  const all = wanted.some((name) => ALL_SECTIONS.includes(name));
  const shown = Object.entries(sections).filter(([title]) => all || wanted.includes(title.toLowerCase()));
  const parts = shown.map(([title, section]) => {
    const lines = Object.entries(section(context)).map(([key, value]) => `${key}:${value}\r\n`);
    return `# ${title}\r\n${lines.join('')}`;
  });
  return context.wire.text(parts.join('\r\n'));
};

/**
 * Options that this server knows; those it acts on are `requirepass`, `maxclients`, `lua-time-limit` and
 * `notify-keyspace-events`.
 */
export const defaultConfig: Readonly<Record<string, string>> = {
  appendonly: 'no',
  databases: '16',
  'lua-time-limit': '5000',
  maxclients: '10000',
  maxmemory: '0',
  'maxmemory-clients': '0',
  'maxmemory-eviction-tenacity': '10',
  'maxmemory-policy': 'noeviction',
  'maxmemory-samples': '5',
  'notify-keyspace-events': '',
  port: '0',
  'proto-max-bulk-len': '536870912',
  requirepass: '',
  save: '',
  timeout: '0',
};

const NUMERIC = new Set(['maxclients', 'maxmemory', 'timeout', 'lua-time-limit']);
const READ_ONLY = new Set(['databases', 'port', 'proto-max-bulk-len']);
const EVENTS = 'notify-keyspace-events';

/** A name is shown as it was asked for. */
const configGet: Run = ({ state, wire }, patterns) => {
  const found = new Map<string, string>();
  for (const pattern of patterns) {
    const exact = state.config.get(pattern.toLowerCase());
    if (exact !== undefined) found.set(pattern, exact);
    else for (const [name, value] of state.config) if (globMatches(pattern.toLowerCase(), name)) found.set(name, value);
  }
  return wire.map([...found].flat().map(bulk));
};

const configSet: Run = ({ state, client }, args) => {
  if (args.length % 2 !== 0) refuse("wrong number of arguments for 'config|set' command");
  const pairs = pairsOf(args).map(([name, value]) => [name.toLowerCase(), value] as const);
  const failed = (name: string, why: string): never =>
    refuse(`CONFIG SET failed (possibly related to argument '${name}') - ${why}`);
  for (const [name, value] of pairs) {
    if (!state.config.has(name)) refuse(`Unknown option or number of arguments for CONFIG SET - '${name}'`);
    if (READ_ONLY.has(name)) failed(name, "can't set immutable config");
    if (pairs.filter(([other]) => other === name).length > 1) failed(name, 'duplicate parameter');
    if (NUMERIC.has(name) && parseInteger(value) === undefined) {
      failed(name, "argument couldn't be parsed into an integer");
    }
    if (name === EVENTS && !areFlags(value)) failed(name, INVALID_FLAGS);
  }
  for (const [name, value] of pairs) state.config.set(name, name === EVENTS ? normalFlags(value) : value);
  for (const [name, value] of pairs) if (name === EVENTS) state.events.configure(value);
  if (pairs.some(([name]) => name === 'requirepass')) client.authenticated = true;
  return OK;
};

/** Commands about the server. */
export const serverCommands: Commands = {
  time,
  info,
  role: () => array([bulk('master'), integer(0), array([])]),
  lastsave: ({ state }) => integer(Math.floor(state.startedAt / 1000)),
  save: () => OK,
  bgsave: (_, [mode]) =>
    mode === undefined || mode.toLowerCase() === 'schedule' ? status('Background saving started') : syntaxError(),
  wait: () => integer(0),
  lolwut: ({ wire }) => wire.text(`Redis ver. ${VERSION}\n`),
  'config|get': configGet,
  'config|set': configSet,
  'config|resetstat': () => OK,
  'config|rewrite': () => refuse('The server is running without a config file'),
  monitor: ({ state, client }) => {
    state.monitors.add(client);
    return OK;
  },
};
