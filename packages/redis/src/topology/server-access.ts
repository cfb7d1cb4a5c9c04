import type { EndpointIdentity, TlsOptions } from '@kv/core';
import { endpointText, type Endpoint as HostAndPort } from './host.ts';
import { type NatMap, reachableEndpoint, type TlsName, tlsServerName } from './node-address.ts';

/** How servers are reached that others name. */
export interface ServerAccess {
  /** TLS for them; undefined: none. */
  readonly tls: TlsOptions | undefined;
  readonly natMap: NatMap | undefined;
  readonly tlsName: TlsName | undefined;
  /** Host of the first seed: the name that certificates have where servers are named by IP address only. */
  readonly seedHost: string | undefined;
}

/** Where to connect for a server that another one named. @throws ArgumentError when a function of the user gives no address */
export function reachableServer(
  named: HostAndPort,
  { tls, natMap, tlsName, seedHost }: ServerAccess,
): Pick<EndpointIdentity, 'address' | 'addressText'> {
  const { host, port } = reachableEndpoint(named, natMap);
  const addressText = endpointText(host, port);
  if (tls === undefined) return { address: { host, port }, addressText };
  const servername = tls.servername ?? tlsServerName(named, seedHost, tlsName);
  return { address: { host, port, tls: { ...tls, servername } }, addressText };
}
