import { ArgumentError } from '../errors.ts';
import type { Address, Connect, TlsOptions } from './transport.ts';

/** The forms in which users name a server. */
export type AddressInput =
  | string
  | URL
  | {
      readonly host?: string | undefined;
      readonly port?: number | undefined;
      readonly tls?: boolean | TlsOptions | undefined;
    }
  | { readonly path: string }
  | { readonly connect: Connect };

/** What a backend's URLs may look like. */
export interface AddressRules {
  /** Scheme of TCP URLs without colon: `redis`. */
  readonly scheme: string;
  /** Scheme of TLS URLs: `rediss`. */
  readonly tlsScheme?: string | undefined;
  readonly defaultPort: number;
}

/** A parsed address and what its URL said besides. */
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
  if (typeof input === 'string' || input instanceof URL) return parseUrl(String(input), rules);
  if (typeof input !== 'object' || input === null) throw new ArgumentError('address: expected a URL or an object');
  if ('connect' in input) return parseConnect(input);
  if ('path' in input) return unix(checkText(input.path, 'address.path'));
  const known = new Set(['host', 'port', 'tls']);
  for (const key of Object.keys(input))
    if (!known.has(key)) throw new ArgumentError(`address: unknown property ${key}`);
  const { host = '127.0.0.1', port = rules.defaultPort, tls } = input;
  const tlsOptions = tls === true ? {} : tls === false ? undefined : tls;
  return tcp(checkText(host, 'address.host'), checkPort(port), tlsOptions);
}

function parseConnect(input: { readonly connect: Connect }): ParsedAddress {
  if (typeof input.connect !== 'function') throw new ArgumentError('address.connect: expected a function');
  return { address: input, text: 'custom transport', query: NO_QUERY };
}

function parseUrl(text: string, rules: AddressRules): ParsedAddress {
  if (text === 'embedded:' || text.startsWith('embedded:')) return parseEmbedded(text.slice(9));
  let url: URL;
  try {
    url = new URL(text.replace(UNIX_LOGIN, '$1localhost'));
  } catch {
    throw new ArgumentError(`address: not a URL; expected ${rules.scheme}://host:port`);
  }
  const scheme = url.protocol.slice(0, -1);
  const user = url.username === '' ? undefined : decoded(url.username, 'user');
  const password = url.password === '' ? undefined : decoded(url.password, 'password');
  const query = queryOf(url);
  if (url.hash !== '') throw new ArgumentError('address: a URL of a server has no #fragment');
  if (scheme === `${rules.scheme}+unix`) {
    if (url.hostname !== '' && url.hostname !== 'localhost')
      throw new ArgumentError(`address: expected ${scheme}:///path/to/socket`);
    return { ...unix(checkText(decoded(url.pathname, 'path'), 'address')), user, password, query };
  }
  const tls = scheme === rules.tlsScheme ? {} : undefined;
  if (scheme !== rules.scheme && tls === undefined) throw unknownScheme(scheme, rules);
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : decoded(url.hostname, 'host');
  const port = url.port === '' ? rules.defaultPort : checkPort(Number(url.port));
  const path = decoded(url.pathname.slice(1), 'path');
  return {
    ...tcp(host === '' ? '127.0.0.1' : host, port, tls),
    user,
    password,
    path: path === '' ? undefined : path,
    query,
  };
}

function parseEmbedded(rest: string): ParsedAddress {
  const [name = '', search = ''] = rest.split('?');
  const query = new Map(new URLSearchParams(search));
  const connect: Connect = () => Promise.reject(new ArgumentError('embedded: addresses are resolved by the facade'));
  return { address: { connect }, text: `embedded:${name}`, query, embedded: name };
}

function unknownScheme(scheme: string, { scheme: plain, tlsScheme }: AddressRules): ArgumentError {
  const known = [plain, tlsScheme, `${plain}+unix`, 'embedded'].filter((name) => name !== undefined);
  return new ArgumentError(
    `address: unknown scheme ${scheme}:; expected one of ${known.map((name) => `${name}:`).join(' ')}`,
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

function tcp(host: string, port: number, tls: TlsOptions | undefined): ParsedAddress {
  const text = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { address: tls === undefined ? { host, port } : { host, port, tls }, text, query: NO_QUERY };
}

function unix(path: string): ParsedAddress {
  return { address: { path }, text: path, query: NO_QUERY };
}

function checkText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ArgumentError(`${name}: expected a text that is not empty`);
}

function checkPort(port: unknown): number {
  if (typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new ArgumentError('address.port: expected a whole number from 1 to 65535');
}

/** The address with the option `tls`, which wins over the scheme. Own transports stay what they are. */
export function withTls(address: Address, tls: boolean | TlsOptions | undefined): Address {
  if (tls === undefined || 'connect' in address) return address;
  if (tls === false) return 'path' in address ? { path: address.path } : { host: address.host, port: address.port };
  return { ...address, tls: tls === true ? {} : tls };
}
