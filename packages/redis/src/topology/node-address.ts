/** Where a client connects for a node that the cluster names: addresses behind a NAT, and names for TLS. */
import { ArgumentError, badArgument } from '@kv/core';
import { type Endpoint, endpointText, isIp, parseEndpoint } from './host.ts';

/** What the cluster says about a node. Of a node that is only known from MOVED or ASK, nothing but host and port. */
export interface NamedNode extends Endpoint {
  readonly id?: string | undefined;
  readonly hostname?: string | undefined;
}

/**
 * Addresses that clients can reach, by the addresses that the cluster names: `{ '10.0.0.1:6379': 'example.org:7000' }`;
 * or a function, which may give `undefined` to leave an address as it is.
 */
export type NatMap = Readonly<Record<string, string>> | ((node: NamedNode) => string | Endpoint | undefined);

/** The name that the certificate of a node must have, also sent as SNI; `undefined` for the default. */
export type TlsName = (node: NamedNode) => string | undefined;

/** Reads the option when the client is made: a copy of what was checked. @throws ArgumentError naming the option */
export function readNatMap(natMap: unknown): NatMap {
  if (typeof natMap === 'function') return natMap as NatMap;
  if (typeof natMap !== 'object' || natMap === null || Array.isArray(natMap))
    throw badArgument('natMap', 'an object or a function', natMap);
  const addresses: Record<string, string> = Object.create(null);
  for (const [inside, outside] of Object.entries(natMap)) {
    if (parseEndpoint(inside) === undefined) throw new ArgumentError(`natMap: expected keys of the form host:port`);
    if (typeof outside !== 'string' || parseEndpoint(outside) === undefined)
      throw new ArgumentError(`natMap: expected values of the form host:port`);
    addresses[inside] = outside;
  }
  return addresses;
}

/** Where to connect for a node. @throws ArgumentError when the function gives no address */
export function reachableEndpoint(node: NamedNode, natMap: NatMap | undefined): Endpoint {
  const found = typeof natMap === 'function' ? resultOf('natMap', natMap, node) : listed(node, natMap);
  if (found === undefined) return { host: node.host, port: node.port };
  const endpoint = parseEndpoint(typeof found === 'string' ? found : textOf(found));
  if (endpoint === undefined) throw new ArgumentError('natMap: expected the function to give host and port');
  return endpoint;
}

/** What a function of a user's says about a node. @throws ArgumentError when it throws */
function resultOf<T>(option: string, ask: (node: NamedNode) => T, node: NamedNode): T {
  try {
    return ask(node);
  } catch (cause) {
    throw new ArgumentError(`${option}: the function threw for ${endpointText(node.host, node.port)}`, { cause });
  }
}

function textOf(endpoint: unknown): string {
  const { host, port } = Object(endpoint) as Partial<Endpoint>;
  return typeof host === 'string' && typeof port === 'number' ? endpointText(host, port) : '';
}

/** IPv6 addresses may be written with and without brackets. */
function listed({ host, port }: Endpoint, natMap: Readonly<Record<string, string>> | undefined): string | undefined {
  if (natMap === undefined) return undefined;
  const key = [endpointText(host, port), `${host}:${port}`].find((written) => Object.hasOwn(natMap, written));
  return key === undefined ? undefined : natMap[key];
}

/**
 * The name that the certificate of a node must have: what `tlsName` says; else the node's host name; else its endpoint;
 * for an IP address the name of the seed, when that is a name. Undefined: the IP address itself is checked.
 *
 * @throws ArgumentError when the function gives no text
 */
export function tlsServerName(node: NamedNode, seed: string | undefined, tlsName?: TlsName): string | undefined {
  const own: unknown = tlsName && resultOf('tlsName', tlsName, node);
  if (own !== undefined) {
    if (typeof own === 'string' && own !== '') return own;
    throw badArgument('tlsName: result', 'a name', own);
  }
  if (node.hostname !== undefined) return node.hostname;
  if (!isIp(node.host)) return node.host;
  return seed === undefined || isIp(seed) ? undefined : seed;
}
