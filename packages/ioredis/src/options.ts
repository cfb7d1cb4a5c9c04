/** The options and the forms of the constructor, and what they mean for the client under it. */

import { command, createRedis, type Redis, type RedisAddress, type RedisClientOptions } from '@kv/redis';
import { readonly } from '@kv/redis/commands';

/** What is read of the options of ioredis, and `kv` for those of the client under it. */
export interface Options {
  readonly [option: string]: unknown;
  readonly host?: string | undefined;
  readonly port?: number | string | undefined;
  /** Unix socket. */
  readonly path?: string | null | undefined;
  readonly db?: number | undefined;
  readonly username?: string | null | undefined;
  readonly password?: string | null | undefined;
  readonly tls?: object | boolean | undefined;
  readonly connectionName?: string | null | undefined;
  readonly keyPrefix?: string | Uint8Array | undefined;
  readonly stringNumbers?: boolean | undefined;
  /** Newest version of the protocol to ask for. */
  readonly protocol?: 2 | 3 | undefined;
  /** `resp3`: maps as objects and doubles as numbers, in protocol 3. */
  readonly replyMapping?: 'legacy' | 'resp3' | undefined;
  readonly lazyConnect?: boolean | undefined;
  readonly enableOfflineQueue?: boolean | undefined;
  readonly connectTimeout?: number | undefined;
  /** Ms per command; absent: no limit. */
  readonly commandTimeout?: number | undefined;
  /** Blocking commands give `null` when the server has not answered this long, ms, behind the time that they name. */
  readonly blockingTimeout?: number | undefined;
  readonly blockingTimeoutGrace?: number | undefined;
  /** How long `disconnect()` waits for answers to what was sent, and `quit()` for channels that are not open yet, ms. */
  readonly disconnectTimeout?: number | undefined;
  /** Set for the object that `monitor()` gives. */
  readonly monitor?: boolean | undefined;
  readonly maxRetriesPerRequest?: number | null | undefined;
  readonly retryStrategy?: ((times: number) => unknown) | null | undefined;
  readonly reconnectOnError?: ((error: Error) => boolean | 1 | 2) | null | undefined;
  /** `true`: what was sent and not answered is sent again, also what changes data. Default: only reads. */
  readonly autoResendUnfulfilledCommands?: boolean | undefined;
  /** `false`: channels are not subscribed again after the connection was lost. */
  readonly autoResubscribe?: boolean | undefined;
  readonly readOnly?: boolean | undefined;
  readonly clientInfoTag?: string | undefined;
  /** `true`: CLIENT LIST does not name the library. */
  readonly disableClientInfo?: boolean | undefined;
  /** Prepared on every connection, for `himport('SET', …)`. */
  readonly himportFieldsets?:
    | readonly { readonly name: string | Uint8Array; readonly fields: readonly (string | Uint8Array)[] }[]
    | undefined;
  readonly sentinels?:
    | readonly { readonly host?: string | undefined; readonly port?: number | undefined }[]
    | undefined;
  /** Of the primary that sentinels know. */
  readonly name?: string | undefined;
  readonly sentinelUsername?: string | null | undefined;
  readonly sentinelPassword?: string | null | undefined;
  readonly sentinelTLS?: object | boolean | undefined;
  /** Asked each time when no sentinel names a primary: a number to go on, else the client gives up. Default: it goes on. */
  readonly sentinelRetryStrategy?: ((times: number) => unknown) | null | undefined;
  /** With sentinels: whether the option `tls` counts. */
  readonly enableTLSForSentinelMode?: boolean | undefined;
  /** With sentinels: `slave` lets replicas answer what only reads. */
  readonly role?: 'master' | 'slave' | undefined;
  readonly scripts?:
    | Readonly<Record<string, { readonly lua: string; readonly numberOfKeys?: number | undefined }>>
    | undefined;
  /** An address that only the client under it knows: `embedded:`, `{ connect }`. Instead of host and port. */
  readonly address?: RedisAddress | undefined;
  /** With the address `embedded:`: whose server it is, which duplicates and later connections share. */
  readonly serverOf?: Redis | undefined;
  /** Further options of the client under it, which win. */
  readonly kv?: RedisClientOptions | undefined;
}

/** Put in by the build, from package.json. */
declare const KV_VERSION: string | undefined;
const VERSION = typeof KV_VERSION === 'string' ? KV_VERSION : '0.0.0';

/** What is so unless options say otherwise. */
export const DEFAULTS: Options = {
  host: 'localhost',
  port: 6379,
  db: 0,
  keyPrefix: '',
  protocol: 3,
  replyMapping: 'legacy',
  connectTimeout: 10_000,
  lazyConnect: false,
  enableOfflineQueue: true,
  maxRetriesPerRequest: 20,
  retryStrategy: (times: number) => Math.min(times * 50, 2000),
};

/**
 * The options in arguments of the constructor: port, host and options in any order, address, path, objects. What is said
 * twice counts as the first argument says it; only TLS is told better by options than by the scheme of an address.
 */
export function readArguments(given: readonly unknown[]): Options {
  const all = given.map(readArgument) as (Options | undefined)[];
  const tls = all.map((one) => one?.tls).find((one) => one !== undefined && one !== true);
  return checked(Object.assign({}, DEFAULTS, ...all.toReversed(), withoutHoles({ tls })));
}

function checked(options: Options): Options {
  if (options.replyMapping === 'resp3' && Number(options.protocol) === 2)
    throw new Error('replyMapping "resp3" is only supported with protocol 3');
  const { address, serverOf } = options;
  return serverOf === undefined && isPrivate(address) ? { ...options, serverOf: createRedis(address) } : options;
}

function readArgument(value: unknown, at: number): object | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') return withoutHoles(value);
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))) return { port: Number(value) };
  if (typeof value === 'string') return at === 0 || /^[/]|:\/\//.test(value) ? readText(value) : { host: value };
  throw new TypeError(`argument ${at + 1}: expected a port, a host, an address, a path or options`);
}

/** Options without those that are `undefined`, which are as good as absent. */
export function withoutHoles(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** @throws TypeError which does not repeat the text: it may have a password */
function readUrl(text: string): URL {
  if (!URL.canParse(text))
    throw new TypeError('address: expected a URL such as redis://host:6379/0, its password percent-encoded');
  return new URL(text);
}

/** The path of a socket, with or without a scheme. */
const SOCKET = /^(?:(?:(?:redis|valkey)\+)?unix:\/\/)?(\/(?!\/).*)$/i;

/** An address, a path of a socket, or `host`, `host:port`. */
function readText(text: string): object {
  const path = SOCKET.exec(text)?.[1];
  if (path !== undefined) return readPath(path);
  if (text.startsWith('embedded:')) return { address: text };
  const url = readUrl(hasScheme(text) ? text : `redis://${text.replace(/^\/\//, '')}`);
  const db = url.pathname.slice(1);
  const all = {
    host: url.hostname.replace(/^\[|\]$/g, '') || undefined, // an IPv6 address stands in brackets
    port: url.port === '' ? undefined : Number(url.port),
    username: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || undefined,
    db: /^\d+$/.test(db) ? Number(db) : undefined,
    tls: /^(rediss|valkeys):$/.test(url.protocol) ? true : undefined,
  };
  return { ...Object.fromEntries(url.searchParams), ...withoutHoles(all) };
}

/** Whether a text begins with a scheme. @throws TypeError when that is none of a server with host and port */
function hasScheme(text: string): boolean {
  const scheme = /^([\w+.-]+):\/\//.exec(text)?.[1];
  if (scheme === undefined) return false;
  if (/^(?:redis|valkey)s?$/i.test(scheme)) return true;
  throw new TypeError(`address: unknown scheme ${scheme}:; expected redis:, rediss:, valkey:, valkeys: or a path`);
}

/** A path, which may end in `?db=1`. */
function readPath(text: string): object {
  const [path, query] = text.split('?');
  return { ...Object.fromEntries(new URLSearchParams(query)), path };
}

/** Where the client under it connects to. */
function addressOf({ address, sentinels, name = 'mymaster', path, host, port }: Options): RedisAddress {
  if (address !== undefined) return address;
  if (path !== undefined && path !== null) return { path };
  const own = { host: host ?? 'localhost', port: Number(port ?? 6379) };
  if (sentinels === undefined || sentinels === null) return own;
  return {
    name,
    sentinels: sentinels.map(({ host: at = 'localhost', port: on = 26_379 }) => ({ host: at, port: on })),
  };
}

/** A client for these options. A server without a name is the same one for all that were made from the same options. */
export function openClient(options: Options, told: RedisClientOptions & { readonly bytes: false }): Redis {
  const { serverOf } = options;
  const address = addressOf(options);
  return serverOf !== undefined && isPrivate(address) ? serverOf.duplicate(told) : createRedis(address, told);
}

function isPrivate(address: RedisAddress | undefined): boolean {
  return typeof address === 'string' && /^embedded:(\?|$)/.test(address);
}

/** What the client under it is told; `backoff` comes from the object that follows it. */
export function clientOptions(options: Options, backoff: RedisClientOptions['backoff']): RedisClientOptions {
  const { commandTimeout = 0, connectTimeout, autoResendUnfulfilledCommands: resend } = options;
  return {
    connections: 'one',
    protocol: Number(options.protocol) as 2 | 3,
    timeout: Number(commandTimeout), // text, when it comes from an address
    connectTimeout: Number(connectTimeout ?? DEFAULTS.connectTimeout),
    backoff,
    retry: resend === true ? 'always' : resend === false ? 'never' : 'safe',
    db: Number(options.db ?? 0),
    tls: tlsOf(options),
    name: nameOf(options),
    handshake: handshakeOf(options),
    library: libraryOf(options),
    ...loginOf(options),
    ...sentinelOf(options),
    natMap: natMapOf(options['natMap']),
    ...options.kv,
  };
}

function handshakeOf({ readOnly, himportFieldsets = [] }: Options): RedisClientOptions['handshake'] {
  const prepared = himportFieldsets.map(({ name, fields }) => command('HIMPORT', 'PREPARE', name, ...fields));
  return readOnly === true ? [readonly(), ...prepared] : prepared;
}

function libraryOf({ disableClientInfo, clientInfoTag: tag }: Options): RedisClientOptions['library'] {
  if (disableClientInfo === true) return false;
  return { name: tag === undefined ? 'kv-ioredis' : `kv-ioredis(${tag})`, version: VERSION };
}

/** The server takes visible ASCII only. */
function nameOf({ connectionName }: Options): string | undefined {
  return connectionName?.replaceAll(/[^!-~]/g, '-') || undefined;
}

function loginOf({ username, password }: Options): Pick<RedisClientOptions, 'username' | 'password'> {
  return password || username ? { username: username ?? undefined, password: String(password ?? '') } : {};
}

/** With sentinels TLS has an option of its own, as in ioredis. */
function tlsOf({ sentinels, tls, enableTLSForSentinelMode: wanted }: Options): RedisClientOptions['tls'] {
  return sentinels && wanted !== true ? undefined : (tls as RedisClientOptions['tls']);
}

function sentinelOf(options: Options): Pick<RedisClientOptions, 'sentinel' | 'readFrom'> {
  const { sentinels, role, sentinelUsername, sentinelPassword, sentinelTLS } = options;
  if (!sentinels) return {};
  const login = sentinelPassword ? { username: sentinelUsername ?? undefined, password: sentinelPassword } : {};
  const tls = (sentinelTLS ?? false) as NonNullable<RedisClientOptions['sentinel']>['tls'];
  return { sentinel: { ...login, tls }, readFrom: role === 'slave' ? 'preferReplica' : undefined };
}

/** What ioredis names by `{ host, port }`, and asks for by `host:port`. */
type NatEntry = { readonly host: string; readonly port: number } | null | undefined;

/** Addresses that servers tell, and where they are reached. */
export function natMapOf(natMap: unknown): RedisClientOptions['natMap'] {
  if (typeof natMap === 'function') {
    const ask = natMap as (key: string) => NatEntry;
    return ({ host, port }: { readonly host: string; readonly port: number }) => textOf(ask(`${host}:${port}`));
  }
  if (typeof natMap !== 'object' || natMap === null) return undefined;
  const entries = Object.entries(natMap).map(([from, to]) => [from, textOf(to as NatEntry)]);
  return Object.fromEntries(entries) as RedisClientOptions['natMap'];
}

function textOf(entry: NatEntry): string | undefined {
  return entry ? `${entry.host}:${entry.port}` : undefined;
}
