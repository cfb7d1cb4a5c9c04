import type { Address, Endpoint, Redirect, RouterHost, TlsOptions } from '@kv/core';
import { endpointText, type Endpoint as HostAndPort } from './host.ts';
import { type NatMap, reachableEndpoint, type TlsName, tlsServerName } from './node-address.ts';
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
    if (node.host === undefined) return undefined;
    const key = keyOf(node.role, node.host, node.port);
    const known = this.#endpoints.get(key);
    const before = known && this.#nodes.get(known);
    if (known === undefined || (before?.id !== node.id && before?.id !== provisionalId(node.host, node.port)))
      return this.#add(key, node, { host: node.host, port: node.port });
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

  #add(key: string, node: ClusterNode, announced: HostAndPort): Endpoint {
    const named = { ...node, ...announced };
    const reachable = reachableEndpoint(named, this.#access.natMap);
    const endpoint = this.#host.endpoint({
      address: this.#withTls(reachable, named),
      addressText: endpointText(reachable.host, reachable.port),
      id: node.id,
      role: node.role,
    });
    const before = this.#endpoints.get(key);
    if (before !== undefined) this.#displaced.add(before);
    this.#endpoints.set(key, endpoint);
    this.#nodes.set(endpoint, node);
    return endpoint;
  }

  #withTls(
    { host, port }: HostAndPort,
    named: HostAndPort & { readonly id?: string | undefined; readonly hostname?: string | undefined },
  ): { host: string; port: number; tls?: TlsOptions } {
    const { tls, tlsName, seedHost } = this.#access;
    if (tls === undefined) return { host, port };
    const servername = tls.servername ?? tlsServerName(named, seedHost, tlsName);
    return { host, port, tls: { ...tls, ...(servername === undefined ? {} : { servername }) } };
  }
}

function keyOf(role: NodeRole, host: string, port: number): string {
  return `${role} ${host} ${port}`;
}

function provisionalId(host: string, port: number): string {
  return endpointText(host, port);
}
