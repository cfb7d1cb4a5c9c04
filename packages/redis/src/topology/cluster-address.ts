/**
 * Addresses with several hosts, read by hand because no URL has them:
 *
 *     redis+cluster://user:password@host1:7000,host2?option=value
 *     redis+sentinel://user:password@sentinel1,sentinel2:26380/name/db?option=value
 */
import { ArgumentError } from '@kv/core';
import { type Endpoint, endpointText, isIp6, portOf } from './host.ts';

/** What an address with several hosts says. */
export interface SeveralHosts {
  readonly kind: 'cluster' | 'sentinel';
  /** Whether the scheme begins with `rediss`. */
  readonly tls: boolean;
  /** Servers of the cluster, or sentinels, in the order of the text, each once. */
  readonly seeds: readonly Endpoint[];
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Name that the sentinels know the primary by. */
  readonly name?: string | undefined;
  /** Number of the database; a cluster has no other than 0. */
  readonly db?: number | undefined;
  readonly query: ReadonlyMap<string, string>;
  /** The hosts, for messages and diagnostics; without user and password. */
  readonly text: string;
}

const SCHEME = /^((?:redis|valkey)s?)\+(cluster|sentinel):\/\//i;

const DEFAULT_PORT = { cluster: 6379, sentinel: 26_379 } as const;

/**
 * Reads an address of the schemes `redis+cluster:`, `rediss+cluster:`, `redis+sentinel:` and `rediss+sentinel:`.
 * Undefined for all others.
 *
 * @throws ArgumentError that says what is wrong, without anything of the address: it may have a password in it
 */
export function parseSeveralHosts(text: string): SeveralHosts | undefined {
  const [begin = '', scheme = '', word = ''] = SCHEME.exec(text) ?? [];
  if (begin === '') return undefined;
  const kind = word.toLowerCase() === 'cluster' ? 'cluster' : 'sentinel';
  const { authority, path, search } = partsOf(text.slice(begin.length));
  const at = authority.lastIndexOf('@');
  const seeds = seedsOf(authority.slice(at + 1), DEFAULT_PORT[kind]);
  return {
    kind,
    tls: /^(?:rediss|valkeys)$/i.test(scheme),
    seeds,
    ...(at < 0 ? {} : loginOf(authority.slice(0, at))),
    ...(kind === 'cluster' ? clusterPath(path) : sentinelPath(path)),
    query: queryOf(search),
    text: seeds.map(({ host, port }) => endpointText(host, port)).join(','),
  };
}

function partsOf(rest: string): { authority: string; path: readonly string[]; search: string } {
  if (rest.includes('#')) throw new ArgumentError('address: a URL of a server has no #fragment');
  const [, authority = '', path = '', search = ''] = /^([^/?]*)([^?]*)\??(.*)$/s.exec(rest) ?? [];
  return { authority, path: path.split('/').slice(1), search };
}

function loginOf(userinfo: string): Pick<SeveralHosts, 'user' | 'password'> {
  const colon = userinfo.indexOf(':');
  const user = decoded(colon < 0 ? userinfo : userinfo.slice(0, colon), 'user');
  const password = colon < 0 ? '' : percentDecoded(userinfo.slice(colon + 1), 'password');
  return { ...(user === '' ? {} : { user }), ...(password === '' ? {} : { password }) };
}

/** No host at all means this machine, as in other addresses. */
function seedsOf(hosts: string, defaultPort: number): Endpoint[] {
  if (hosts === '') return [{ host: '127.0.0.1', port: defaultPort }];
  const seeds = new Map<string, Endpoint>();
  for (const [i, written] of hosts.split(',').entries()) {
    const seed = seedOf(written, i + 1, defaultPort);
    seeds.set(endpointText(seed.host, seed.port), seed);
  }
  return [...seeds.values()];
}

function seedOf(written: string, position: number, defaultPort: number): Endpoint {
  const [, bracketed, plain = '', , digits] = /^(?:\[([^\]]*)\]|([^:[\]]*))(:(.*))?$/s.exec(written) ?? [];
  const host = decoded(bracketed ?? plain, `host ${position}`);
  if (host === '' || /[\s/@?#\\]/.test(host) || (bracketed !== undefined && !isIp6(bracketed)))
    throw new ArgumentError(`address: host ${position} is not a host, host:port or [IPv6 address]:port`);
  const port = digits === undefined ? defaultPort : portOf(digits);
  if (port === undefined) throw new ArgumentError(`address: host ${position} has no port from 1 to 65535`);
  return { host, port };
}

function clusterPath(path: readonly string[]): Pick<SeveralHosts, 'db'> {
  const db = databaseOf(path);
  if (db !== undefined && db !== 0) throw new ArgumentError('address: a cluster has no database other than 0');
  return db === undefined ? {} : { db };
}

function sentinelPath([encoded = '', ...more]: readonly string[]): Pick<SeveralHosts, 'name' | 'db'> {
  const name = decoded(encoded, 'name of the primary');
  if (name === '') throw new ArgumentError('address: expected the name of the primary after the sentinels: /name');
  const db = databaseOf(more);
  return db === undefined ? { name } : { name, db };
}

function databaseOf([digits = '', ...more]: readonly string[]): number | undefined {
  if (digits === '' && more.length === 0) return undefined;
  if (more.length === 0 && /^\d{1,9}$/.test(digits)) return Number(digits);
  throw new ArgumentError('address: expected the number of a database after the slash');
}

function queryOf(search: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(search)) {
    if (query.has(key)) throw new ArgumentError(`address: option ${key} is given twice`);
    query.set(key, value);
  }
  return query;
}

/** Control characters end names in many places behind this one: `127.0.0.1%00.example` would reach 127.0.0.1. */
function decoded(encoded: string, what: string): string {
  const text = percentDecoded(encoded, what);
  if (/\p{Cc}/u.test(text)) throw new ArgumentError(`address: the ${what} has control characters`);
  return text;
}

function percentDecoded(encoded: string, what: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new ArgumentError(`address: the ${what} is not correctly percent-encoded`);
  }
}
