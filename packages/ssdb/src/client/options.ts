import {
  type Address,
  type AddressInput,
  ArgumentError,
  COMMON_RULES,
  type CommonOptions,
  type OptionRule,
  type OptionRules,
  type ParsedAddress,
  parseAddress,
  Rule,
  readOptions,
  withTls,
} from '@kv/core';
import type { Limits } from '@kv/ssdb-parser';
import type { Password } from '../protocol/handshake.ts';

/** What an SSDB client, pool or connection can be told. All but functions and objects can also stand in the URL's query. */
export interface SsdbOptions extends CommonOptions {
  /** Given on every connect; a function is asked each time. Also the password of a URL (`ssdb://:password@host`). */
  readonly password?: Password | undefined;
  /** Put before every key and name, and taken off where they come back. Default: nothing. */
  readonly keyPrefix?: string | undefined;
  /** How much a server may send in one reply. */
  readonly limits?: Limits | undefined;
}

/** What a client can be told besides. */
export interface SsdbClientOptions extends SsdbOptions {
  /**
   * Connections that commands are spread over, by their first key or name; commands without one take the first
   * connection. Default 8. Calls with the same first key run in the order of the calls, all others may overtake each
   * other until they are awaited; with 1 everything runs in the order of the calls.
   */
  readonly connections?: number | undefined;
}

/** What a pool can be told besides. */
export interface SsdbPoolOptions extends SsdbOptions {
  /** Connections that are opened at once and kept. Default 1. */
  readonly minSize?: number | undefined;
  /** Most connections. Default 10. */
  readonly maxSize?: number | undefined;
}

/** Enough to keep the server busy (measured); the server works on one request per connection at a time. */
export const DEFAULT_CONNECTIONS = 8;

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
const CLIENT_RULES: OptionRules = { ...RULES, connections: Rule.count, client: { read: readClass } };
const POOL_RULES: OptionRules = { ...RULES, minSize: Rule.index, maxSize: Rule.count };
const ADDRESS_RULES = { scheme: 'ssdb', tlsScheme: 'ssdbs', defaultPort: 8888 } as const;

function readPassword(value: unknown, name: string): unknown {
  if (typeof value === 'function') return value;
  if (typeof value === 'string') return Rule.text.read(value, name);
  throw new ArgumentError(`${name}: expected text or a function`);
}

function readClass(value: unknown, name: string): unknown {
  if (typeof value === 'function') return value;
  throw new ArgumentError(`${name}: expected a class that extends Ssdb`);
}

/** Address and options, checked and in one. */
export interface ReadOptions<O extends SsdbOptions> {
  readonly parsed: ParsedAddress;
  readonly address: Address;
  readonly options: O;
}

/** Reads what `createSsdb` got. @throws ArgumentError */
export function readClientOptions<O extends SsdbClientOptions>(
  address: AddressInput | undefined,
  options: O,
): ReadOptions<O> {
  return read(CLIENT_RULES, address, options);
}

/** Reads what `createPool` got. @throws ArgumentError */
export function readPoolOptions(
  address: AddressInput | undefined,
  options: SsdbPoolOptions,
): ReadOptions<SsdbPoolOptions> {
  const all = read<SsdbPoolOptions>(POOL_RULES, address, options);
  const { minSize = 1, maxSize = 10 } = all.options;
  if (minSize > maxSize) throw new ArgumentError('minSize: expected at most maxSize');
  return all;
}

/** Reads what `createConnection` got. @throws ArgumentError */
export function readConnectionOptions(
  address: AddressInput | undefined,
  options: SsdbOptions,
): ReadOptions<SsdbOptions> {
  return read(RULES, address, options);
}

function read<O extends SsdbOptions>(rules: OptionRules, input: AddressInput | undefined, given: O): ReadOptions<O> {
  const parsed = parseAddress(input, ADDRESS_RULES);
  if (parsed.user !== undefined) throw new ArgumentError('address: SSDB has passwords but no users');
  if (parsed.path !== undefined) throw new ArgumentError('address: SSDB has no databases, expected no path');
  const options = readOptions(rules, given, parsed.query);
  const password = (options.password ?? parsed.password) || undefined; // an empty one is none
  const all = Object.assign(Object.create(null), options, { password }) as O;
  return { parsed, address: withTls(parsed.address, options.tls), options: all };
}
