import type { Address, Endpoint, EndpointIdentity, Redirect, RouterHost, TlsOptions } from '@kv/core';
import { endpointText, type Endpoint as HostAndPort } from './host.ts';
import { type NamedNode, type NatMap, reachableEndpoint, type TlsName, tlsServerName } from './node-address.ts';
import { SLOT_COUNT } from './slot.ts';
import type { ClusterNode, NodeRole, SlotMap } from './slot-map.ts';

/** How the servers of a cluster are reached. */
export interface NodeAccess {
  readonly natMap?: NatMap | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly tlsName?: TlsName | undefined;
  /** Host of the first seed: the name that certificates have where the cluster names IP addresses only. */
  readonly seedHost?: string | undefined;
}

/**
 * The servers of a cluster and their connections. A server is known by its id, its role and its address: with another
 * address or another role it is another endpoint, because its connections lead, or may do, something else.
 */
export class ClusterNodes {
  readonly #host: RouterHost;
  readonly #access: NodeAccess;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #nodes = new Map<Endpoint, ClusterNode>();
  /** Endpoints whose address another server has now. */
  readonly #displaced = new Set<Endpoint>();
  /** Primaries that redirects named since the last map. */
  readonly #named = new Set<Endpoint>();

  constructor(host: RouterHost, access: NodeAccess) {
    this.#host = host;
    this.#access = access;
  }

  get endpoints(): readonly Endpoint[] {
    return [...this.#endpoints.values(), ...this.#displaced];
  }

  /** What the cluster says about the server of an endpoint. */
  nodeOf(endpoint: Endpoint): ClusterNode | undefined {
    return this.#nodes.get(endpoint);
  }

  /** The endpoint of a server that the map names; undefined when its address is unknown. */
  endpointOf(node: ClusterNode): Endpoint | undefined {
    const { id, host, port, role } = node;
    if (host === undefined) return undefined;
    const named = { ...node, host };
    const key = keyOf(role, host, port);
    const known = this.#endpoints.get(key);
    if (known === undefined) return this.#add(key, node, named);
    const before = this.#nodes.get(known)?.id;
    if (before !== id) {
      if (before !== provisionalId(host, port) || !this.#isReachedAt(known, named)) return this.#add(key, node, named);
      known.identify(id);
    }
    this.#nodes.set(known, node);
    return known;
  }

  /** The primary at an address that a server named in a redirect. It may be new: then the map will say more. */
  primaryAt({ host, port }: HostAndPort): Endpoint {
    const key = keyOf('primary', host, port);
    const node: ClusterNode = { id: provisionalId(host, port), host, port, role: 'primary' };
    const endpoint = this.#endpoints.get(key) ?? this.#add(key, node, { host, port });
    this.#named.add(endpoint);
    return endpoint;
  }

  /** The endpoint that has the place of this one since a map has said more of its server, or of another at its address. */
  latest(endpoint: Endpoint): Endpoint {
    const node = this.#nodes.get(endpoint);
    const latest = node?.host === undefined ? undefined : this.#endpoints.get(keyOf(node.role, node.host, node.port));
    return latest ?? endpoint;
  }

  /** The primary that a refusal of another server names, if it does; without a host it means the host that was asked. */
  primaryNamed({ address }: Redirect, own: Address): Endpoint | undefined {
    if (address === undefined) return undefined;
    const host = address.host === '' && 'host' in own ? own.host : address.host;
    return this.primaryAt({ host, port: address.port });
  }

  /** The endpoints of a map: the owner of each slot, and all that it names. */
  endpointsOf(map: SlotMap): { owners: readonly (Endpoint | undefined)[]; used: ReadonlySet<Endpoint> } {
    const owners: (Endpoint | undefined)[] = new Array(SLOT_COUNT).fill(undefined);
    const used = new Set<Endpoint>();
    for (const { start, end, primary, replicas } of map.ranges) {
      const [owner, ...others] = [primary, ...replicas].map((node) => this.endpointOf(node));
      owners.fill(owner, start, end + 1);
      for (const endpoint of [owner, ...others]) if (endpoint !== undefined) used.add(endpoint);
    }
    return { owners, used };
  }

  /**
   * Forgets all but these endpoints and those that redirects named since the last time: a server that gets its first
   * slot is in no map yet. Returns what it forgot.
   */
  retain(kept: ReadonlySet<Endpoint>): Endpoint[] {
    for (const endpoint of this.#displaced) this.#named.delete(endpoint);
    const gone = new Set(this.endpoints.filter((endpoint) => !kept.has(endpoint) && !this.#named.has(endpoint)));
    for (const [key, endpoint] of this.#endpoints) if (gone.has(endpoint)) this.#endpoints.delete(key);
    for (const endpoint of gone) this.#displaced.delete(endpoint);
    this.#named.clear();
    return [...gone];
  }

  /** Forgets what is known about an endpoint that is gone for good. */
  forget(endpoint: Endpoint): void {
    this.#nodes.delete(endpoint);
  }

  /** An endpoint for an address that is no part of the map: a seed. */
  seed(address: HostAndPort): Endpoint {
    return this.#host.endpoint({
      address: this.#withTls(address, { ...address }),
      addressText: endpointText(address.host, address.port),
    });
  }

  #add(key: string, node: ClusterNode, named: NamedNode): Endpoint {
    const endpoint = this.#host.endpoint({ ...this.#placeOf(named), id: node.id, role: node.role });
    const before = this.#endpoints.get(key);
    if (before !== undefined) this.#displaced.add(before);
    this.#endpoints.set(key, endpoint);
    this.#nodes.set(endpoint, node);
    return endpoint;
  }

  /** Where a server is reached, by what is known of it. */
  #placeOf(named: NamedNode): Pick<EndpointIdentity, 'address' | 'addressText'> {
    const reachable = reachableEndpoint(named, this.#access.natMap);
    return {
      address: this.#withTls(reachable, named),
      addressText: endpointText(reachable.host, reachable.port),
    };
  }

  /** Whether a server of which only the address was known is reached in the same way by what the map says of it. */
  #isReachedAt({ identity }: Endpoint, named: NamedNode): boolean {
    const { address, addressText } = this.#placeOf(named);
    return addressText === identity.addressText && servernameOf(address) === servernameOf(identity.address);
  }

  #withTls({ host, port }: HostAndPort, named: NamedNode): { host: string; port: number; tls?: TlsOptions } {
    const { tls, tlsName, seedHost } = this.#access;
    if (tls === undefined) return { host, port };
    const servername = tls.servername ?? tlsServerName(named, seedHost, tlsName);
    return { host, port, tls: { ...tls, ...(servername === undefined ? {} : { servername }) } };
  }
}

function keyOf(role: NodeRole, host: string, port: number): string {
  return `${role} ${host} ${port}`;
}

function servernameOf(address: Address): string | undefined {
  return 'connect' in address ? undefined : address.tls?.servername;
}

function provisionalId(host: string, port: number): string {
  return endpointText(host, port);
}
