/** The forms in which users name several servers: a URL with several hosts, `{ cluster }` or `{ sentinels, name }`. */
import { ArgumentError, didYouMean, type TlsOptions, tlsRule } from '@kv/core';
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
  const property = kind === 'cluster' ? 'cluster' : 'sentinels';
  const given = fieldsOf(input, 'address', kind === 'cluster' ? ['cluster', 'tls'] : ['sentinels', 'name', 'tls']);
  const list = given[property];
  if (!Array.isArray(list) || list.length === 0)
    throw new ArgumentError(`address.${property}: expected a list of servers`);
  const seeds = list.map((one, i) => serverOf(one, `address.${property}[${i}]`, DEFAULT_PORT[kind]));
  const tls = tlsOf(given['tls']);
  const text = seeds.map(({ host, port }) => endpointText(host, port)).join(',');
  const base = { kind, seeds, tls, text, query: new Map<string, string>() };
  if (kind === 'cluster') return base;
  const { name } = given;
  if (typeof name !== 'string' || name === '')
    throw new ArgumentError('address.name: expected the name of the primary');
  return { ...base, name };
}

/** The fields of an object, each read once; inherited ones are none. @throws ArgumentError for one that is not known */
function fieldsOf(input: object, where: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = Object.assign(Object.create(null), input);
  for (const name of Object.keys(fields))
    if (!known.includes(name)) throw new ArgumentError(`${where}.${name}: unknown property${didYouMean(name, known)}`);
  return fields;
}

function tlsOf(given: unknown): TlsOptions | undefined {
  if (given === undefined) return undefined;
  const tls = tlsRule.read(given, 'address.tls') as boolean | TlsOptions;
  return tls === true ? {} : tls === false ? undefined : tls;
}

function serverOf(input: unknown, where: string, defaultPort: number): Endpoint {
  const text = typeof input === 'string' ? input : textOf(input, where, defaultPort);
  const found = parseEndpoint(text) ?? parseEndpoint(`${text}:${defaultPort}`);
  if (found === undefined) throw new ArgumentError(`${where}: expected host:port or { host, port }`);
  return found;
}

function textOf(input: unknown, where: string, defaultPort: number): string {
  if (typeof input !== 'object' || input === null) return '';
  const { host, port = defaultPort } = fieldsOf(input, where, ['host', 'port']);
  return typeof host === 'string' && typeof port === 'number' ? endpointText(host, port) : '';
}
