import {
  type AddressInput,
  ArgumentError,
  BOUND_RULES,
  COMMON_RULES,
  type CommonOptions,
  checkBounds,
  type EmbeddedServers,
  type ListedServer,
  type OptionRule,
  type OptionRules,
  type ParsedAddress,
  parseAddress,
  type ReadAddress,
  Rule,
  reachable,
  readOptions,
  readServerList,
  type ServerInput,
  type ServerList,
  withTls,
} from '@kv/core';
import type { Limits } from '@kv/ssdb-parser';
import type { Password } from '../protocol/handshake.ts';

/** What an SSDB client, pool or connection can be told. All but functions and objects can also stand in the URL's query. */
export interface SsdbOptions extends CommonOptions {
  /** Given on every connect; a function is asked each time. Also the password of a URL (`ssdb://:password@host`). */
  readonly password?: Password | undefined;
  /**
   * Put before every key and name, and taken off where they come back.
   *
   * @default '' (no prefix)
   */
  readonly keyPrefix?: string | undefined;
  /** How much a server may send in one reply. */
  readonly limits?: Limits | undefined;
}

/** One of several servers. */
export interface SsdbServer extends ServerInput {
  /**
   * Servers that replicate this one (`slaveof`), for {@link ShardOptions.readFrom}.
   *
   * @default none
   */
  readonly replicas?: readonly AddressInput[] | undefined;
}

/** The address of one server, or a list of several. */
export type SsdbAddress = AddressInput | ServerList<SsdbServer>;

/** Further options of clients and pools of several servers. */
export interface ShardOptions {
  /**
   * Who answers reads of a key. `primary`: the server itself. `preferReplica`: one of its replicas, in turn,
   * and the server itself while none of them works. A replica may lag: what was just written may not be there yet.
   * Writes, batches and ranges over all keys always go to the server itself.
   *
   * @default 'primary'
   */
  readonly readFrom?: 'primary' | 'preferReplica' | undefined;
}

/** Further options of a client. */
export interface SsdbClientOptions extends SsdbOptions, ShardOptions {
  /**
   * Connections that commands are spread over, by their first key or name; commands without one take the first
   * connection. Calls with the same first key run in the order of the calls, all others may overtake each other until
   * they are awaited; with 1 everything runs in the order of the calls.
   *
   * @default 8; with several servers 8 divided by their number, rounded up, to each
   */
  readonly connections?: number | undefined;
}

/** Further options of a pool. */
export interface SsdbPoolOptions extends SsdbOptions, ShardOptions {
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

/** Enough to keep the server busy (measured); the server works on one request per connection at a time. */
const DEFAULT_CONNECTIONS = 8;

/** To each of `count` servers: more connections in all would only make the writes and reads of each smaller (measured). */
export function connectionsFor(count: number): number {
  return Math.ceil(DEFAULT_CONNECTIONS / count);
}

const LIMIT_RULES = {
  lineLength: Rule.limit,
  bulkLength: Rule.limit,
  packetLength: Rule.limit,
  elements: Rule.limit,
  replyMemory: Rule.limit,
} satisfies Record<keyof Limits, OptionRule>;

const RULES: OptionRules = {
  ...COMMON_RULES,
  password: { read: readPassword },
  keyPrefix: Rule.text,
  limits: Rule.nested(LIMIT_RULES),
};
const SHARD_RULES: OptionRules = { ...RULES, readFrom: Rule.oneOf(['primary', 'preferReplica']) };
const CLIENT_RULES: OptionRules = { ...SHARD_RULES, connections: Rule.count, client: Rule.subclass('Ssdb') };
const POOL_RULES: OptionRules = { ...SHARD_RULES, ...BOUND_RULES };

/** In a variable, so that a bundler leaves this optional package to Node instead of failing where it is not there. */
const EMBEDDED: string = '@kv/embedded';
const loadEmbedded = (): Promise<EmbeddedServers> => import(/* webpackIgnore: true */ /* @vite-ignore */ EMBEDDED);

const NO_QUERY: ReadonlyMap<string, string> = new Map();
const ADDRESS_RULES = { scheme: 'ssdb', tlsScheme: 'ssdbs', defaultPort: 8888 } as const;

function readPassword(value: unknown, name: string): unknown {
  if (typeof value === 'function') return value;
  if (typeof value === 'string') return Rule.text.read(value, name);
  throw new ArgumentError(`${name}: expected text or a function`);
}

/** One of several servers. */
export interface ReadServer extends ReadAddress, Pick<SsdbServer, 'weight'> {
  readonly name: string;
  readonly replicas: readonly ReadAddress[];
}

/** Address and options, checked and in one. */
export interface ReadOptions<O extends SsdbOptions> extends ReadAddress {
  readonly options: O;
  /** Set where a list of servers was given; `address` is the first one's then. */
  readonly servers?: readonly ReadServer[] | undefined;
}

/** Reads what `createSsdb` got. @throws ArgumentError */
export function readClientOptions<O extends SsdbClientOptions>(
  address: SsdbAddress | undefined,
  options: O,
): ReadOptions<O> {
  return read(CLIENT_RULES, address, options);
}

/** Reads what `createPool` got. @throws ArgumentError */
export function readPoolOptions(
  address: SsdbAddress | undefined,
  options: SsdbPoolOptions,
): ReadOptions<SsdbPoolOptions> {
  const all = read<SsdbPoolOptions>(POOL_RULES, address, options);
  checkBounds(all.options);
  return all;
}

/** Reads what `createConnection` got. @throws ArgumentError */
export function readConnectionOptions(
  address: AddressInput | undefined,
  options: SsdbOptions,
): ReadOptions<SsdbOptions> {
  if (isList(address)) throw new ArgumentError('address: a connection belongs to one server, expected no list');
  return read(RULES, address, options);
}

function read<O extends SsdbOptions & ShardOptions>(
  rules: OptionRules,
  input: SsdbAddress | undefined,
  given: O,
): ReadOptions<O> {
  if (isList(input)) return readList(rules, input, given);
  const parsed = parse(input);
  const options = readOptions(rules, given, parsed.query);
  const password = (options.password ?? parsed.password) || undefined; // an empty one is none
  const all = Object.assign(Object.create(null), options, { password }) as O;
  return { ...reached(parsed, options), options: all };
}

function isList(input: SsdbAddress | undefined): input is ServerList<SsdbServer> {
  return Array.isArray(input);
}

function readList<O extends SsdbOptions & ShardOptions>(
  rules: OptionRules,
  list: ServerList<SsdbServer>,
  given: O,
): ReadOptions<O> {
  const options = readOptions(rules, given, NO_QUERY);
  const servers = readServerList<SsdbServer>(list, ['replicas']).map((server) => readServer(server, options));
  const [{ parsed, address }] = servers as [ReadServer];
  return { parsed, address, options, servers };
}

function readServer(
  { name, address, more }: ListedServer<SsdbServer>,
  options: SsdbOptions & ShardOptions,
): ReadServer {
  const read = readListed(address, options);
  const { replicas = [], weight } = more;
  if (!Array.isArray(replicas)) throw new ArgumentError('replicas: expected a list of addresses');
  const copies = replicas.map((replica) => readListed(replica, options));
  const used = options.readFrom === 'preferReplica' ? copies : [];
  return { ...read, name: name ?? read.parsed.text, weight, replicas: used };
}

function readListed(input: AddressInput, options: SsdbOptions): ReadAddress {
  const parsed = parse(input);
  if (parsed.query.size > 0)
    throw new ArgumentError('address: options of several servers are given to the client, not in their URLs');
  return reached(parsed, options);
}

function parse(input: AddressInput | undefined): ParsedAddress {
  const parsed = parseAddress(input, ADDRESS_RULES);
  if (parsed.user !== undefined) throw new ArgumentError('address: SSDB has passwords but no users');
  if (parsed.path !== undefined) throw new ArgumentError('address: SSDB has no databases, expected no path');
  return parsed;
}

function reached(parsed: ParsedAddress, { tls }: SsdbOptions): ReadAddress {
  return { parsed, address: reachable(parsed, withTls(parsed.address, tls), 'ssdb', loadEmbedded) };
}
