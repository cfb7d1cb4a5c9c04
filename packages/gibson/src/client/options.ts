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
  type ServerList,
  type Window,
  withTls,
} from '@kv/core';
import type { Limits } from '@kv/gibson-parser';
import { keyArg } from '../commands/support/arguments.ts';
import { defaultServerLimits, type ServerLimits } from '../protocol/limits.ts';

/** The address of one server, or a list of several. */
export type GibsonAddress = AddressInput | ServerList;

/** What a Gibson client, pool or connection can be told. Numbers and texts can also stand in the URL's query. */
export interface GibsonOptions extends CommonOptions, Partial<ServerLimits> {
  /**
   * Put before every key and prefix, and taken off where keys come back.
   *
   * @default '' (no prefix)
   */
  readonly keyPrefix?: string | undefined;
  /** How much a server may send in one reply. */
  readonly limits?: Limits | undefined;
  /**
   * Lets a connection send several commands in one write, and further ones when all of those are answered. Off by
   * default: the server loses track of a connection when the length of a request reaches it in two pieces, which no
   * client can rule out once a write is larger than one network packet. More connections give the same throughput.
   */
  readonly batch?: BatchOptions | undefined;
}

/** Bounds of one write with {@link GibsonOptions.batch}. */
export interface BatchOptions {
  /**
   * Most commands.
   *
   * @default 100
   */
  readonly commands?: number | undefined;
  /**
   * Most bytes; a larger command goes alone. 65,536 is the most
   * that can be set, and is for loopback and unix sockets.
   *
   * @default 1200, which fits one packet of any network
   */
  readonly bytes?: number | undefined;
}

/** Further options of a client. */
export interface GibsonClientOptions extends GibsonOptions {
  /**
   * Most connections; one command is on its way on each.
   *
   * @default 10: with that many a server on two cores gave 94% of what it gave with 32 and 50, in one run
   */
  readonly maxSize?: number | undefined;
}

/** Further options of a pool. */
export interface GibsonPoolOptions extends GibsonClientOptions {
  /**
   * Connections that are opened at once and kept.
   *
   * @default 1
   */
  readonly minSize?: number | undefined;
}

/** The most bytes of a batch that were never seen broken, on loopback. */
const MAX_BATCH_BYTES = 65_536;

const keyPrefixRule: OptionRule = {
  read: (value, name) => {
    const prefix = Rule.text.read(value, name) as string;
    if (prefix !== '') keyArg(prefix, name);
    return prefix;
  },
  fromText: (text) => text,
};

const LIMIT_RULES = {
  bulkLength: Rule.limit,
  elements: Rule.limit,
  replyMemory: Rule.limit,
} satisfies Record<keyof Limits, OptionRule>;

const RULES: OptionRules = {
  ...COMMON_RULES,
  maxKeySize: Rule.count,
  maxValueSize: Rule.count,
  maxRequestSize: Rule.count,
  keyPrefix: keyPrefixRule,
  limits: Rule.nested(LIMIT_RULES),
  batch: Rule.nested({ commands: Rule.count, bytes: Rule.count }),
};
const CLIENT_RULES: OptionRules = { ...RULES, maxSize: Rule.count, client: Rule.subclass('Gibson') };
const POOL_RULES: OptionRules = { ...RULES, ...BOUND_RULES };

/** In a variable, so that a bundler leaves this optional package to Node instead of failing where it is not there. */
const EMBEDDED: string = '@kv/embedded';
const loadEmbedded = (): Promise<EmbeddedServers> => import(/* webpackIgnore: true */ /* @vite-ignore */ EMBEDDED);

const NO_QUERY: ReadonlyMap<string, string> = new Map();
const ADDRESS_RULES = { scheme: 'gibson', defaultPort: 10_128 } as const;

/** One of several servers. */
export interface ReadServer extends ReadAddress {
  readonly name: string;
  readonly weight: number | undefined;
}

/** Address and options, checked and in one. */
export interface ReadOptions<O extends GibsonOptions> extends ReadAddress {
  readonly options: O;
  /** Set where a list of servers was given; `address` is the first one's then. */
  readonly servers?: readonly ReadServer[] | undefined;
}

/** Reads what `createGibson` got. @throws ArgumentError */
export function readClientOptions<O extends GibsonClientOptions>(
  address: GibsonAddress | undefined,
  options: O,
): ReadOptions<O> {
  return read(CLIENT_RULES, address, options);
}

/** Reads what `createPool` got. @throws ArgumentError */
export function readPoolOptions(
  address: GibsonAddress | undefined,
  options: GibsonPoolOptions,
): ReadOptions<GibsonPoolOptions> {
  const all = read<GibsonPoolOptions>(POOL_RULES, address, options);
  checkBounds(all.options);
  return all;
}

/** Reads what `createConnection` got. @throws ArgumentError */
export function readConnectionOptions(
  address: AddressInput | undefined,
  options: GibsonOptions,
): ReadOptions<GibsonOptions> {
  if (isList(address)) throw new ArgumentError('address: a connection belongs to one server, expected no list');
  return read(RULES, address, options);
}

function read<O extends GibsonOptions>(rules: OptionRules, input: GibsonAddress | undefined, given: O): ReadOptions<O> {
  if (isList(input)) return readList(rules, input, given);
  const parsed = parse(input);
  const options = readOptions(rules, given, parsed.query);
  return { ...reached(parsed, options), options };
}

function isList(input: GibsonAddress | undefined): input is ServerList {
  return Array.isArray(input);
}

function readList<O extends GibsonOptions>(rules: OptionRules, list: ServerList, given: O): ReadOptions<O> {
  const options = readOptions(rules, given, NO_QUERY);
  const servers = readServerList(list).map((server) => readServer(server, options));
  const [{ parsed, address }] = servers as [ReadServer];
  return { parsed, address, options, servers };
}

function readServer({ name, address: input, more }: ListedServer, options: GibsonOptions): ReadServer {
  const parsed = parse(input);
  if (parsed.query.size > 0)
    throw new ArgumentError('address: options of several servers are given to the client, not in their URLs');
  return { ...reached(parsed, options), name: name ?? parsed.text, weight: more.weight };
}

function parse(input: AddressInput | undefined): ParsedAddress {
  const parsed = parseAddress(input, ADDRESS_RULES);
  if (parsed.user !== undefined || parsed.password !== undefined) {
    throw new ArgumentError('address: Gibson knows no users and passwords');
  }
  if (parsed.path !== undefined) throw new ArgumentError('address: Gibson has no databases, expected no path');
  return parsed;
}

function reached(parsed: ParsedAddress, { tls }: GibsonOptions): ReadAddress {
  return { parsed, address: reachable(parsed, withTls(parsed.address, tls), 'gibson', loadEmbedded) };
}

/** The limits of the server as far as they were given, else the defaults. */
export function serverLimitsOf(options: GibsonOptions): ServerLimits {
  const { maxKeySize, maxValueSize, maxRequestSize } = defaultServerLimits;
  return {
    maxKeySize: options.maxKeySize ?? maxKeySize,
    maxValueSize: options.maxValueSize ?? maxValueSize,
    maxRequestSize: options.maxRequestSize ?? maxRequestSize,
  };
}

/** How many commands may be on their way on one connection. @throws ArgumentError */
export function windowOf({ batch }: GibsonOptions): Window {
  if (batch === undefined) return { commands: 1, refill: 'sliding' };
  const { commands = 100, bytes = 1200 } = batch;
  if (bytes > MAX_BATCH_BYTES) throw new ArgumentError(`batch.bytes: expected at most ${MAX_BATCH_BYTES}`);
  return { commands, bytes, refill: 'empty' };
}
