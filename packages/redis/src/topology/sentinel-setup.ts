import { ConnectionError, type Endpoint, type EndpointIdentity, type Protocol } from '@kv/core';
import { endpointText, type Endpoint as HostAndPort } from './host.ts';
import type { SentinelLink } from './sentinel-link.ts';
import { reachableServer, type ServerAccess } from './server-access.ts';

/** What a client of a primary with sentinels is made from. */
export interface SentinelRouterSetup extends ServerAccess {
  readonly seeds: readonly HostAndPort[];
  /** The name by which the sentinels know the primary. */
  readonly primaryName: string;
  /** Makes a link to a sentinel. */
  readonly link: (address: HostAndPort, hint: (link: SentinelLink, event: string) => void) => SentinelLink;
  /** How replicas are spoken to. */
  readonly replicaProtocol: Protocol;
  /** Name of the client, for diagnostics. */
  readonly name: string;
}

/** The endpoint of a server that sentinels name. */
export function identityOf(named: HostAndPort, role: 'primary' | 'replica', access: ServerAccess): EndpointIdentity {
  return { ...reachableServer(named, access), id: endpointText(named.host, named.port), role };
}

/** Why the connections to a primary end. @param by `host:port` of the next one */
export function replacedError({ identity }: Endpoint, by: string): ConnectionError {
  return new ConnectionError(`${identity.addressText} was replaced as primary by ${by}`);
}
