import { isBytes } from '../command/bytes.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ArgumentError } from '../errors.ts';
import { tlsRule } from './tls-options.ts';
import type { Address, Connect, TlsOptions } from './transport.ts';

/** A server by host and port. User, password and other options are the second argument of the function that connects. */
export interface TcpAddress {
  /** @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** Default: the port of the backend. */
  readonly port?: number | undefined;
  readonly tls?: boolean | TlsOptions | undefined;
}

/** A server by the path of its unix socket. */
export interface UnixAddress {
  readonly path: string;
  readonly tls?: boolean | TlsOptions | undefined;
}

/** A `URL`, of whichever realm. */
export interface UrlObject {
  readonly href: string;
}

/** The forms in which users name a server. */
export type AddressInput = string | UrlObject | TcpAddress | UnixAddress | { readonly connect: Connect };

/** What a backend's URLs may look like. */
export interface AddressRules {
  /** Scheme of TCP URLs without colon: `redis`. */
  readonly scheme: string;
  /** Scheme of TLS URLs: `rediss`. */
  readonly tlsScheme?: string | undefined;
  /** Other names of schemes, and which scheme they mean: `valkey` means `redis`. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  readonly defaultPort: number;
}

/** A parsed address and the other parts of its URL. */
export interface ParsedAddress {
  readonly address: Address;
  /** For messages and diagnostics; without user and password. */
  readonly text: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Path of a TCP URL, without the slash: the database in `redis://host/2`. */
  readonly path?: string | undefined;
  /** Query of the URL. */
  readonly query: ReadonlyMap<string, string>;
  /** `embedded:` → the empty string, `embedded:name` → `name`; else undefined. */
  readonly embedded?: string | undefined;
}

const NO_QUERY: ReadonlyMap<string, string> = new Map();

/** User and password before a path: a URL with them needs a host, which a unix socket has not. */
const UNIX_LOGIN = /^([a-z]+\+unix:\/\/[^/?#]*@)(?=\/)/i;

/** Reads an address in any of its forms. @throws ArgumentError that says what is wrong, without the password */
export function parseAddress(input: AddressInput | undefined, rules: AddressRules): ParsedAddress {
  if (input === undefined) return tcp('127.0.0.1', rules.defaultPort, undefined);
  if (typeof input === 'string') return parseUrl(input, rules);
  if (typeof input !== 'object' || input === null || Array.isArray(input) || isBytes(input))
    throw new ArgumentError('address: expected a URL or an object');
  if (hasOfItsOwn(input, 'href')) return parseUrl(checkText((input as UrlObject).href, 'address'), rules);
  if (hasOfItsOwn(input, 'connect')) return parseConnect(input as { readonly connect: Connect });
  return parseParts(input, rules);
}

/** Whether the object or its class has a property, which is more than what every object inherits. */
function hasOfItsOwn(input: object, name: string): boolean {
  return Object.hasOwn(input, name) || (name in input && !(name in Object.prototype));
}

function parseConnect(input: { readonly connect: Connect }): ParsedAddress {
  if (typeof input.connect !== 'function') throw new ArgumentError('address.connect: expected a function');
  return { address: input, text: 'custom transport', query: NO_QUERY };
}

const PARTS = ['host', 'port', 'path', 'tls'];

function parseParts(input: object, rules: AddressRules): ParsedAddress {
  const { host, port, path, tls, ...others }: Record<string, unknown> = Object.assign(Object.create(null), input);
  for (const name of Object.keys(others)) throw unknownPart(name);
  const secure = tls === undefined ? undefined : tlsOf(tlsRule.read(tls, 'address.tls') as boolean | TlsOptions);
  if (path === undefined) return tcp(checkHost(host ?? '127.0.0.1'), checkPort(port ?? rules.defaultPort), secure);
  if (host !== undefined || port !== undefined)
    throw new ArgumentError('address.path: a host or port is given as well');
  return unix(checkPath(path, 'address.path'), secure);
}

function unknownPart(name: string): ArgumentError {
  const hint = didYouMean(name, PARTS) || '; an address has host, port, path or tls, options are the second argument';
  return new ArgumentError(`address.${name}: unknown property${hint}`);
}

function tlsOf(tls: boolean | TlsOptions): TlsOptions | undefined {
  return tls === true ? {} : tls === false ? undefined : tls;
}

function parseUrl(text: string, rules: AddressRules): ParsedAddress {
  if (/\p{Cc}/u.test(text)) throw new ArgumentError('address: the URL contains a control character');
  if (text.startsWith('embedded:')) return parseEmbedded(text.slice(9));
  const scheme = schemeOf(text, rules);
  const url = urlOf(text, scheme, rules);
  const login = loginOf(url);
  const query = queryOf(url);
  if (url.hash !== '') throw new ArgumentError('address: a URL of a server has no #fragment');
  if (scheme === `${rules.scheme}+unix`) return { ...unixOf(url, scheme), ...login, query };
  const { hostname, port } = url;
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : decoded(hostname, 'host');
  const path = decoded(url.pathname.slice(1), 'path');
  return {
    ...tcp(
      host === '' ? '127.0.0.1' : checkHost(host),
      port === '' ? rules.defaultPort : checkPort(Number(port)),
      scheme === rules.tlsScheme ? {} : undefined,
    ),
    ...login,
    path: path === '' ? undefined : withoutControl(path, 'address: the path'),
    query,
  };
}

/** The scheme by its main name. @throws ArgumentError that says how such a URL begins */
function schemeOf(text: string, rules: AddressRules): string {
  const given = /^([a-z][a-z\d+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (given === undefined) throw new ArgumentError(`address: not a URL; expected ${rules.scheme}://host:port`);
  const { aliases = {} } = rules;
  const scheme = Object.hasOwn(aliases, given) ? (aliases[given] as string) : given;
  if (!schemesOf(rules).includes(scheme)) throw unknownScheme(given, text, rules);
  const slashes = scheme.endsWith('+unix') ? '/' : '//';
  if (!text.startsWith(slashes, given.length + 1))
    throw new ArgumentError(`address: the slashes behind ${given}: are missing; expected ${given}://host:port`);
  return scheme;
}

function schemesOf({ scheme, tlsScheme }: AddressRules): string[] {
  return [scheme, ...(tlsScheme === undefined ? [] : [tlsScheme]), `${scheme}+unix`];
}

function urlOf(text: string, scheme: string, rules: AddressRules): URL {
  try {
    return new URL(text.replace(UNIX_LOGIN, '$1localhost'));
  } catch {
    throw new ArgumentError(
      `address: not a URL; expected ${scheme === rules.tlsScheme ? scheme : rules.scheme}://host:port`,
    );
  }
}

function loginOf({ username, password }: URL): Pick<ParsedAddress, 'user' | 'password'> {
  return {
    user: username === '' ? undefined : withoutControl(decoded(username, 'user'), 'address: the user'),
    password: password === '' ? undefined : decoded(password, 'password'),
  };
}

function unixOf(url: URL, scheme: string): ParsedAddress {
  if (url.hostname !== '' && url.hostname !== 'localhost')
    throw new ArgumentError(`address: expected ${scheme}:///path/to/socket`);
  return unix(checkPath(decoded(url.pathname, 'path'), 'address: the path'), undefined);
}

function parseEmbedded(rest: string): ParsedAddress {
  const [name = '', search = ''] = rest.split('?');
  const query = new Map(new URLSearchParams(search));
  const connect: Connect = () => Promise.reject(new ArgumentError('embedded: addresses are resolved by the facade'));
  return { address: { connect }, text: `embedded:${name}`, query, embedded: name };
}

function unknownScheme(given: string, text: string, rules: AddressRules): ArgumentError {
  const known = [...schemesOf(rules), ...Object.keys(rules.aliases ?? {}), 'embedded'];
  const hint = /^[^:/?#@]+:\d+(?:[/?]|$)/.test(text)
    ? `; did you mean ${rules.scheme}://host:port?`
    : didYouMean(given, known);
  return new ArgumentError(
    `address: unknown scheme ${given}:; expected one of ${known.map((name) => `${name}:`).join(' ')}${hint}`,
  );
}

function decoded(encoded: string, what: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new ArgumentError(`address: the ${what} is not correctly percent-encoded`);
  }
}

function queryOf(url: URL): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const [key, value] of url.searchParams) {
    if (query.has(key)) throw new ArgumentError(`address: option ${key} is given twice`);
    query.set(key, value);
  }
  return query;
}

/** `tls` is there, also when it is undefined: an inherited property of that name must not count. */
function tcp(host: string, port: number, tls: TlsOptions | undefined): ParsedAddress {
  return { address: { host, port, tls }, text: `${host.includes(':') ? `[${host}]` : host}:${port}`, query: NO_QUERY };
}

function unix(path: string, tls: TlsOptions | undefined): ParsedAddress {
  return { address: { path, tls }, text: path, query: NO_QUERY };
}

function checkText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ArgumentError(`${name}: must not be empty`);
}

/** The resolver of the system ends a name at its first zero byte: another host would be reached than the one named. */
function withoutControl(text: string, name: string): string {
  if (/\p{Cc}/u.test(text)) throw new ArgumentError(`${name}: it contains a control character`);
  return text;
}

function checkPath(path: unknown, name: string): string {
  return withoutControl(checkText(path, name), name);
}

function checkHost(host: unknown): string {
  const text = withoutControl(checkText(host, 'address.host'), 'address.host');
  if (/[\s/\\?#@]/.test(text)) throw new ArgumentError('address.host: expected a name or an IP address');
  return text;
}

function checkPort(port: unknown): number {
  if (typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new ArgumentError('address.port: expected a whole number from 1 to 65535');
}

/** The address with the option `tls`, which wins over the scheme. Own transports stay what they are. */
export function withTls(address: Address, tls: boolean | TlsOptions | undefined): Address {
  if (tls === undefined || Object.hasOwn(address, 'connect')) return address;
  if (tls === false) return { ...address, tls: undefined };
  return { ...address, tls: tls === true ? {} : tls };
}
