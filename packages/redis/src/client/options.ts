import {
  type Address,
  type AddressInput,
  ArgumentError,
  BOUND_RULES,
  COMMON_RULES,
  type Command,
  type CommonOptions,
  checkBounds,
  DEFAULT_MAX_SIZE,
  type EmbeddedServers,
  type OptionRule,
  type OptionRules,
  type ParsedAddress,
  parseAddress,
  Rule,
  reachable,
  readOptions,
  withTls,
} from '@kv/core';
import type { Limits } from '@kv/resp-parser';
import type { Credentials, CredentialsProvider, Login } from '../protocol/handshake.ts';
import { type NatMap, readNatMap, type TlsName } from '../topology/node-address.ts';
import { type ReadFrom, readFromRule } from '../topology/read-from.ts';
import { type ClusterInput, readTopology, type SentinelInput, type TopologyInput } from '../topology/topology-input.ts';
import { type CacheOptions, cacheRule } from './cache-options.ts';
import { handshakeRule, type Library, libraryRule } from './handshake-options.ts';
import { readCredentials, readLogin, readName } from './login-options.ts';
import { type SentinelAccess, sentinelRule, withoutSentinelQuery } from './sentinel-options.ts';

/** Options of clients, pools and connections. All but functions and objects can also stand in the query of the URL. */
export interface RedisOptions extends CommonOptions {
  /**
   * Database that is selected on every connection.
   *
   * @default 0, or the database in the URL
   */
  readonly db?: number | undefined;
  /**
   * ACL user.
   *
   * @default the server's `default` user
   */
  readonly username?: string | undefined;
  /** Password of the user, or of a server with `requirepass`. */
  readonly password?: string | undefined;
  /** User and password, or a function that is asked at every handshake (expiring tokens). Instead of a password. */
  readonly credentials?: Credentials | CredentialsProvider | undefined;
  /**
   * Newest version of the protocol to ask for. The client falls back to 2 where the server knows no other.
   *
   * @default 3
   */
  readonly protocol?: 2 | 3 | undefined;
  /**
   * Text that is put before every key, and removed where keys come back.
   *
   * @default '' (no prefix)
   */
  readonly keyPrefix?: string | undefined;
  /**
   * Command values that every connection sends at the end of its login, again after `RESET`, too:
   * `[clientNoEvict(true)]`.
   * When the server refuses one, the connection is not used.
   */
  readonly handshake?: readonly Command<unknown>[] | undefined;
  /**
   * `lib-name` and `lib-ver` in CLIENT LIST; `false` names none.
   *
   * @default this library
   */
  readonly library?: Library | false | undefined;
  /** How much a server may send in one reply. */
  readonly limits?: Limits | undefined;
}

/** Further options of a client. */
export interface RedisClientOptions extends RedisOptions {
  /** Addresses that reach the servers of a cluster, by those that the cluster names. Default: as the cluster says. */
  readonly natMap?: NatMap | undefined;
  /** How the sentinels are reached, where the address names some. In a URL: `sentinelUser` and `sentinelPassword`. */
  readonly sentinel?: SentinelAccess | undefined;
  /** Name in the certificate of a server of a cluster. Default: its host name. */
  readonly tlsName?: TlsName | undefined;
  /**
   * Ms between two looks at the map of a cluster when nothing asks for one; 0 = never.
   *
   * @default 60,000
   */
  readonly refreshInterval?: number | undefined;
  /**
   * Whether MGET, MSET, DEL, UNLINK, EXISTS and TOUCH with keys of several slots are sent as several commands, which is
   * not atomic. `false` refuses them.
   *
   * @default true
   */
  readonly split?: boolean | undefined;
  /**
   * Lets views made by `cached()` keep replies in this process. The server tells of changes, which takes RESP3.
   *
   * @default none are kept
   */
  readonly cache?: CacheOptions | undefined;
  /**
   * Which servers of a cluster, or of those that sentinels name, answer reads. Replicas may lag behind their primary.
   *
   * @default 'primary'
   */
  readonly readFrom?: ReadFrom | undefined;
  /**
   * `one`: commands run in the order of the calls on one connection, blocking ones too, and what is called after one of
   * those waits for its end. A lost connection is replaced. Sessions, subscriptions and `monitor()` have connections of
   * their own. Not for clusters.
   *
   * @default 'several'
   */
  readonly connections?: 'one' | 'several' | undefined;
  /**
   * Calls whose arguments have more bytes than this (for text: characters), and those of `with({ bulk: true })`, go on a
   * second connection, so that the others do not wait behind them. Calls on the same key keep their order, all others have
   * none until they are awaited.
   *
   * @default none do
   */
  readonly bulkAbove?: number | undefined;
  /**
   * Most connections for `session()` and `transaction()`.
   *
   * @default 10
   */
  readonly maxSessions?: number | undefined;
  /**
   * Most connections for blocking commands.
   *
   * @default 10
   */
  readonly maxBlocking?: number | undefined;
  /**
   * Connections for blocking commands that are opened with the client and kept, so that a blocking call is written at
   * once. In a cluster: per server.
   *
   * @default 0
   */
  readonly minBlocking?: number | undefined;
}

/** Further options of a pool. */
export interface RedisPoolOptions extends RedisOptions {
  /**
   * Connections that are opened at once and kept.
   *
   * @default 1
   */
  readonly minSize?: number | undefined;
  /**
   * Most connections.
   *
   * @default 10
   */
  readonly maxSize?: number | undefined;
}

const LIMIT_RULES = {
  depth: Rule.limit,
  bulkLength: Rule.limit,
  elements: Rule.limit,
  replyMemory: Rule.limit,
} satisfies Record<keyof Limits, OptionRule>;

const RULES: OptionRules = {
  ...COMMON_RULES,
  db: Rule.index,
  username: Rule.word,
  password: Rule.text,
  name: { ...Rule.text, read: readName },
  credentials: { read: readCredentials },
  protocol: Rule.oneOf([3, 2]),
  keyPrefix: Rule.text,
  handshake: handshakeRule,
  library: libraryRule,
  limits: Rule.nested(LIMIT_RULES),
};

const CLIENT_RULES: OptionRules = {
  ...RULES,
  sentinel: sentinelRule,
  bulkAbove: Rule.count,
  maxSessions: Rule.count,
  maxBlocking: Rule.count,
  minBlocking: Rule.index,
  connections: Rule.oneOf(['several', 'one']),
  client: Rule.subclass('Redis'),
  natMap: { read: readNatMap },
  tlsName: Rule.function,
  refreshInterval: Rule.milliseconds,
  split: Rule.boolean,
  cache: cacheRule,
  readFrom: readFromRule,
};
/** In a variable, so that a bundler leaves this optional package to Node instead of failing where it is not there. */
const EMBEDDED: string = '@kv/embedded';
const loadEmbedded = (): Promise<EmbeddedServers> => import(/* webpackIgnore: true */ /* @vite-ignore */ EMBEDDED);

const POOL_RULES: OptionRules = { ...RULES, ...BOUND_RULES };

const ADDRESS_RULES = {
  scheme: 'redis',
  tlsScheme: 'rediss',
  aliases: { valkey: 'redis', valkeys: 'rediss', 'valkey+unix': 'redis+unix' },
  defaultPort: 6379,
} as const;

/** Address and options, checked and in one. */
export interface ReadOptions<O extends RedisOptions> {
  readonly parsed: ParsedAddress;
  /** Set when the address names several servers. */
  readonly topology?: TopologyInput | undefined;
  readonly address: Address;
  readonly options: O;
  readonly login: Login;
}

/** What `createRedis` takes as an address: one server, a cluster, or sentinels. */
export type RedisAddress = AddressInput | ClusterInput | SentinelInput;

/** Reads what `createRedis` got. @throws ArgumentError */
export function readClientOptions<O extends RedisClientOptions>(
  address: RedisAddress | undefined,
  options: O,
): ReadOptions<O> {
  const topology = readTopology(address);
  const all = topology === undefined ? readOne(address, options) : readSeveral(topology, options);
  const { minBlocking = 0, maxBlocking = DEFAULT_MAX_SIZE } = all.options;
  if (minBlocking > maxBlocking) throw new ArgumentError(`minBlocking: expected at most maxBlocking (${maxBlocking})`);
  if (all.options.connections === 'one') checkOne(all.options, topology);
  return all;
}

/** What does not fit to one connection for everything. */
function checkOne(options: RedisClientOptions, topology: TopologyInput | undefined): void {
  const { minBlocking, maxBlocking, bulkAbove } = options;
  if (topology?.kind === 'cluster') throw new ArgumentError("connections: 'one' is not possible in a cluster");
  if (bulkAbove !== undefined)
    throw new ArgumentError("bulkAbove: with connections: 'one' there is no connection for bulk");
  const unused = minBlocking !== undefined ? 'minBlocking' : maxBlocking !== undefined ? 'maxBlocking' : undefined;
  if (unused === undefined) return;
  throw new ArgumentError(`${unused}: with connections: 'one' there are no connections for blocking commands`);
}

function readOne<O extends RedisClientOptions>(address: RedisAddress | undefined, options: O): ReadOptions<O> {
  const all = read(CLIENT_RULES, address as AddressInput | undefined, options);
  if (all.options.sentinel === undefined) return all;
  throw new ArgumentError('sentinel: the address names no sentinels');
}

/** Reads what `createPool` got. @throws ArgumentError */
export function readPoolOptions(
  address: AddressInput | undefined,
  options: RedisPoolOptions,
): ReadOptions<RedisPoolOptions> {
  refuseSeveral(address, 'createPool');
  const all = read<RedisPoolOptions>(POOL_RULES, address, options);
  checkBounds(all.options);
  return all;
}

/** Reads what `createConnection` got. @throws ArgumentError */
export function readConnectionOptions(
  address: AddressInput | undefined,
  options: RedisOptions,
): ReadOptions<RedisOptions> {
  refuseSeveral(address, 'createConnection');
  return read(RULES, address, options);
}

/** Pools and raw connections lead to one server, which stays the same. */
function refuseSeveral(address: AddressInput | undefined, what: string): void {
  const kind = readTopology(address)?.kind;
  if (kind === undefined) return;
  const several = kind === 'cluster' ? 'servers of a cluster' : 'sentinels';
  throw new ArgumentError(`address: ${what} connects to one server and takes no ${several}; use createRedis`);
}

function read<O extends RedisOptions>(rules: OptionRules, input: AddressInput | undefined, given: O): ReadOptions<O> {
  const parsed = parseAddress(input, ADDRESS_RULES);
  const options = readOptions(rules, given, parsed.query);
  const address = reachable(parsed, withTls(parsed.address, options.tls), 'redis', loadEmbedded);
  return { parsed, address, options, login: loginOf(parsed, options) };
}

/** The first seed stands for all in what has one address only. */
function readSeveral<O extends RedisClientOptions>(topology: TopologyInput, given: O): ReadOptions<O> {
  const { query, text, user, password, seeds, tls } = topology;
  const options = readOptions(CLIENT_RULES, ...withoutSentinelQuery(given, query));
  if (topology.kind !== 'sentinel' && options.sentinel !== undefined)
    throw new ArgumentError('sentinel: the address names no sentinels');
  const [first = { host: '127.0.0.1', port: ADDRESS_RULES.defaultPort }] = seeds;
  const path = topology.db === undefined ? undefined : String(topology.db);
  const parsed: ParsedAddress = { address: first, text, user, password, path, query };
  const login = loginOf(parsed, options);
  if (topology.kind === 'cluster' && login.db !== 0)
    throw new ArgumentError('db: a cluster has no database other than 0');
  const withOptions = withTls(tls === undefined ? first : { ...first, tls }, options.tls);
  return {
    parsed,
    topology: { ...topology, tls: 'tls' in withOptions ? withOptions.tls : undefined },
    address: withOptions,
    options,
    login,
  };
}

function loginOf(parsed: ParsedAddress, options: RedisOptions): Login {
  checkDatabase(parsed);
  const { username = parsed.user, password = parsed.password, credentials } = options;
  const { protocol = 3, name, db = databaseOf(parsed.path), library, handshake: commands } = options;
  return { resp: protocol, ...readLogin({ username, password, credentials }), name, db, library, commands };
}

function databaseOf(path: string | undefined): number {
  if (path === undefined) return 0;
  if (/^\d{1,9}$/.test(path)) return Number(path);
  throw new ArgumentError('address: expected the number of a database after the slash');
}

/** A URL may name its database in the path and in the query, but not two of them. @throws ArgumentError */
function checkDatabase({ path, query }: ParsedAddress): void {
  const db = query.get('db');
  if (path !== undefined && db !== undefined && databaseOf(path) !== Number(db))
    throw new ArgumentError('address: its path and its option db name different databases');
}
