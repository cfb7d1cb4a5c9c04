/** The forms in which users name several servers: a URL with several hosts, `{ cluster }` or `{ sentinels, name }`. */
import { ArgumentError, type TlsOptions } from '@kv/core';
import { parseSeveralHosts } from './cluster-address.ts';
import { type Endpoint, endpointText, parseEndpoint } from './host.ts';

/** One server: `host:port`, or host and port. */
export type ServerInput = string | { readonly host: string; readonly port?: number | undefined };

/** Servers of a cluster to ask for the map. The others are found by themselves. */
export interface ClusterInput {
  readonly cluster: readonly ServerInput[];
  readonly tls?: boolean | TlsOptions | undefined;
}

/** Sentinels to ask for the primary that they know by `name`. */
export interface SentinelInput {
  readonly sentinels: readonly ServerInput[];
  readonly name: string;
  readonly tls?: boolean | TlsOptions | undefined;
}

/** Several servers, read and checked. */
export interface TopologyInput {
  readonly kind: 'cluster' | 'sentinel';
  readonly seeds: readonly Endpoint[];
  /** TLS for all servers; undefined: none. */
  readonly tls: TlsOptions | undefined;
  /** Hosts for messages and diagnostics; without user and password. */
  readonly text: string;
  readonly name?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly db?: number | undefined;
  readonly query: ReadonlyMap<string, string>;
}

const DEFAULT_PORT = { cluster: 6379, sentinel: 26_379 } as const;

/** Reads an address that names several servers; undefined for every other address. @throws ArgumentError */
export function readTopology(input: unknown): TopologyInput | undefined {
  if (typeof input === 'string' || input instanceof URL) return fromUrl(String(input));
  if (typeof input !== 'object' || input === null) return undefined;
  if (Object.hasOwn(input, 'cluster')) return fromObject('cluster', input as ClusterInput);
  if (Object.hasOwn(input, 'sentinels')) return fromObject('sentinel', input as SentinelInput);
  return undefined;
}

function fromUrl(text: string): TopologyInput | undefined {
  const several = parseSeveralHosts(text);
  if (several === undefined) return undefined;
  return { ...several, tls: several.tls ? {} : undefined };
}

function fromObject(kind: 'cluster' | 'sentinel', input: ClusterInput | SentinelInput): TopologyInput {
  const list = 'cluster' in input ? input.cluster : input.sentinels;
  const property = kind === 'cluster' ? 'cluster' : 'sentinels';
  const known = new Set(kind === 'cluster' ? ['cluster', 'tls'] : ['sentinels', 'name', 'tls']);
  for (const key of Object.keys(input))
    if (!known.has(key)) throw new ArgumentError(`address: unknown property ${key}`);
  if (!Array.isArray(list) || list.length === 0)
    throw new ArgumentError(`address.${property}: expected a list of servers`);
  const seeds = list.map((one, i) => serverOf(one, `address.${property}[${i}]`, DEFAULT_PORT[kind]));
  const tls = input.tls === true ? {} : input.tls === false ? undefined : input.tls;
  const text = seeds.map(({ host, port }) => endpointText(host, port)).join(',');
  const base = { kind, seeds, tls, text, query: new Map<string, string>() };
  if (kind === 'cluster') return base;
  const { name } = input as SentinelInput;
  if (typeof name !== 'string' || name === '')
    throw new ArgumentError('address.name: expected the name of the primary');
  return { ...base, name };
}

function serverOf(input: unknown, where: string, defaultPort: number): Endpoint {
  const text = typeof input === 'string' ? input : textOf(input, defaultPort);
  const found = parseEndpoint(text) ?? parseEndpoint(`${text}:${defaultPort}`);
  if (found === undefined) throw new ArgumentError(`${where}: expected host:port or { host, port }`);
  return found;
}

function textOf(input: unknown, defaultPort: number): string {
  const { host, port = defaultPort } = Object(input) as { host?: unknown; port?: unknown };
  return typeof host === 'string' && typeof port === 'number' ? endpointText(host, port) : '';
}
