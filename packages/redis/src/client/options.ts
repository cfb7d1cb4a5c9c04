import {
  type Address,
  type AddressInput,
  ArgumentError,
  COMMON_RULES,
  type CommonOptions,
  type OptionRules,
  type ParsedAddress,
  parseAddress,
  Rule,
  readOptions,
  withTls,
} from '@kv/core';
import type { Limits } from '@kv/resp-parser';
import type { Credentials, CredentialsProvider, Login } from '../protocol/handshake.ts';

/** What a Redis client, pool or connection can be told. All but functions and objects can also stand in the URL's query. */
export interface RedisOptions extends CommonOptions {
  /** Database, selected on every connection. Default 0. */
  readonly db?: number | undefined;
  /** ACL user. Default: the server's `default` user. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** User and password, or a function that is asked at every handshake (expiring tokens). Instead of a password. */
  readonly credentials?: Credentials | CredentialsProvider | undefined;
  /** Newest protocol to ask for: 3 (default; falls back to 2 where the server knows no other) or 2. */
  readonly protocol?: 2 | 3 | undefined;
  /** Put before every key, and taken off where keys come back. Default: nothing. */
  readonly keyPrefix?: string | undefined;
  /** How much a server may send in one reply. */
  readonly limits?: Limits | undefined;
}

/** What a client can be told besides. */
export interface RedisClientOptions extends RedisOptions {
  /** Most connections for `session()` and `transaction()`. Default 10. */
  readonly maxSessions?: number | undefined;
  /** Most connections for blocking commands. Default 10. */
  readonly maxBlocking?: number | undefined;
}

/** What a pool can be told besides. */
export interface RedisPoolOptions extends RedisOptions {
  /** Connections that are opened at once and kept. Default 1. */
  readonly minSize?: number | undefined;
  /** Most connections. Default 10. */
  readonly maxSize?: number | undefined;
}

const RULES: OptionRules = {
  ...COMMON_RULES,
  db: Rule.index,
  username: Rule.text,
  password: Rule.text,
  name: { ...Rule.text, check: checkName },
  credentials: { check: checkCredentials },
  protocol: Rule.oneOf([3, 2]),
  keyPrefix: Rule.text,
  limits: Rule.object,
};

const CLIENT_RULES: OptionRules = { ...RULES, maxSessions: Rule.count, maxBlocking: Rule.count };
const POOL_RULES: OptionRules = { ...RULES, minSize: Rule.index, maxSize: Rule.count };

const ADDRESS_RULES = { scheme: 'redis', tlsScheme: 'rediss', defaultPort: 6379 } as const;

/** CLIENT SETNAME of all servers takes no spaces, control characters or letters beyond ASCII. */
function checkName(value: unknown): void {
  if (typeof value === 'string' && /^[!-~]*$/.test(value)) return;
  throw new ArgumentError('name: expected visible ASCII characters without spaces');
}

function checkCredentials(value: unknown): void {
  if (typeof value === 'function') return;
  const password = typeof value === 'object' && value !== null && 'password' in value ? value.password : undefined;
  if (typeof password !== 'string')
    throw new ArgumentError('credentials: expected { username?, password } or a function');
}

/** Address and options, checked and in one. */
export interface ReadOptions<O extends RedisOptions> {
  readonly parsed: ParsedAddress;
  readonly address: Address;
  readonly options: O;
  readonly login: Login;
}

/** Reads what `createRedis` got. @throws ArgumentError */
export function readClientOptions(
  address: AddressInput | undefined,
  options: RedisClientOptions,
): ReadOptions<RedisClientOptions> {
  return read(CLIENT_RULES, address, options);
}

/** Reads what `createPool` got. @throws ArgumentError */
export function readPoolOptions(
  address: AddressInput | undefined,
  options: RedisPoolOptions,
): ReadOptions<RedisPoolOptions> {
  const all = read<RedisPoolOptions>(POOL_RULES, address, options);
  const { minSize = 1, maxSize = 10 } = all.options;
  if (minSize > maxSize) throw new ArgumentError('minSize: expected at most maxSize');
  return all;
}

/** Reads what `createConnection` got. @throws ArgumentError */
export function readConnectionOptions(
  address: AddressInput | undefined,
  options: RedisOptions,
): ReadOptions<RedisOptions> {
  return read(RULES, address, options);
}

function read<O extends RedisOptions>(rules: OptionRules, input: AddressInput | undefined, given: O): ReadOptions<O> {
  const parsed = parseAddress(input, ADDRESS_RULES);
  const options = readOptions(rules, given, parsed.query);
  return { parsed, address: withTls(parsed.address, options.tls), options, login: loginOf(parsed, options) };
}

function loginOf(parsed: ParsedAddress, options: RedisOptions): Login {
  const username = options.username ?? parsed.user;
  const given = options.password ?? parsed.password;
  const password = given === '' && username === undefined ? undefined : given; // an empty one is none
  if (options.credentials !== undefined && password !== undefined) {
    throw new ArgumentError('credentials: a password is given as well');
  }
  if (username !== undefined && password === undefined && options.credentials === undefined) {
    throw new ArgumentError('password: a user is given without a password');
  }
  const credentials = options.credentials ?? (password === undefined ? undefined : { username, password });
  const { protocol = 3, name, db = databaseOf(parsed.path) } = options;
  return { resp: protocol, credentials, username, name, db };
}

function databaseOf(path: string | undefined): number {
  if (path === undefined) return 0;
  if (/^\d{1,9}$/.test(path)) return Number(path);
  throw new ArgumentError('address: expected the number of a database after the slash');
}
