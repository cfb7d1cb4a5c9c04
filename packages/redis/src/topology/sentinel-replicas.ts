import { ConnectionError, type Endpoint, type KvError, type Redirect, type Request } from '@kv/core';
import { endpointText, type Endpoint as HostAndPort } from './host.ts';
import { LeavingEndpoints } from './leaving-endpoints.ts';
import type { NodeQualities } from './node-qualities.ts';
import { isRouted, isStuck, ReadRouting } from './read-routing.ts';
import type { KnownReplica } from './sentinel-replies.ts';
import type { SentinelsView } from './sentinels.ts';

/** There is one part of the keys: all. */
const ALL = 0;

/** How long a replica that is named no more may still answer what it has, ms. */
const LEFT_GRACE = 5000;

/** A replica in use. */
interface Replica {
  readonly endpoint: Endpoint;
  isLinked: boolean;
}

/** What the replicas need of their router. */
export interface ReplicaContext {
  readonly qualities: NodeQualities;
  readonly primary: () => Endpoint | undefined;
  /** Makes the endpoint of a replica. */
  readonly endpoint: (named: HostAndPort) => Endpoint;
  /** Routes a request again. */
  readonly route: (request: Request) => void;
}

/**
 * The replicas that the sentinels name, and the reads that they answer.
 *
 * One that has lost its link to the primary answers only while the primary cannot be reached, and only on connections that
 * were made before: then it has as much as the others. A new connection is used after the replica has said
 * itself that its link works, so a primary that was replaced is never read from with the data that it is about to lose.
 * One that follows another of the servers, as it may do for seconds when an old primary returns, answers nothing.
 */
export class SentinelReplicas {
  readonly #context: ReplicaContext;
  readonly #replicas = new Map<string, Replica>();
  readonly #leaving = new LeavingEndpoints();
  readonly #reads: ReadRouting;
  #linked: readonly Endpoint[] = [];
  /** `host:port` of the servers that no replica should follow. */
  #others: ReadonlySet<string> = new Set();

  constructor(context: ReplicaContext) {
    const { qualities, primary, route } = context;
    this.#context = context;
    qualities.links.followsOther = ({ role, primary: followed = '' }) =>
      role === 'master' || this.#others.has(followed);
    const replicasOf = (): readonly Endpoint[] => this.#readable();
    this.#reads = new ReadRouting({ qualities, primaryOf: primary, replicasOf, route, moved: () => undefined });
  }

  /** Those that the sentinels name. */
  get named(): readonly Endpoint[] {
    return [...this.#replicas.values()].map(({ endpoint }) => endpoint);
  }

  /** Those, and others that still answer what they have. */
  get endpoints(): readonly Endpoint[] {
    return [...this.named, ...this.#leaving.endpoints];
  }

  /** Gives a read to a replica. Returns false when the primary is to have the call. */
  take(request: Request): boolean {
    return this.#reads.take(request, ALL);
  }

  /** A replica did not run a read. Returns whether the read goes on to another server. */
  refused(requests: readonly Request[], redirect: Redirect, error: KvError, from: Endpoint): boolean {
    return this.#reads.refused(requests, redirect, error, from);
  }

  /** A connection was lost, or could not be made: reads that wait for it go on to the next server. */
  lost(endpoint: Endpoint): void {
    if (endpoint.identity.role === 'replica') this.#reads.lost(endpoint);
    else if (isAway(endpoint)) this.#reads.moveOn(endpoint);
  }

  /** Gives reads that lost their connection to the next server. Returns the other requests. */
  requeue(requests: readonly Request[], endpoint: Endpoint): readonly Request[] {
    this.#reads.lost(endpoint);
    for (const request of requests) if (isRouted(request)) this.#context.route(request);
    return requests.filter((request) => !isRouted(request));
  }

  /** Takes what the sentinels say. Returns whether others than before are named. */
  update({ replicas: named, others }: Pick<SentinelsView, 'replicas' | 'others'>): boolean {
    const before = this.#replicas.size;
    const kept = new Set(named.map((replica) => this.#use(replica)));
    const gone = [...this.#replicas].filter(([address]) => !kept.has(address));
    for (const [address] of gone) this.#replicas.delete(address);
    const isOther = gone.length > 0 || this.#replicas.size > before;
    this.#linked = [...this.#replicas.values()].filter(({ isLinked }) => isLinked).map(({ endpoint }) => endpoint);
    for (const [, { endpoint }] of gone) this.#leave(endpoint);
    this.#know(others);
    return isOther;
  }

  /** With another primary, each replica is asked whether it follows that one. */
  #know(others: ReadonlySet<string>): void {
    const isNew = [...others].some((address) => !this.#others.has(address));
    this.#others = others;
    if (isNew) for (const endpoint of this.named) this.#context.qualities.links.recheck(endpoint);
  }

  close(error: KvError): void {
    this.#reads.close();
    this.#leaving.close(error);
  }

  #use(named: KnownReplica): string {
    const address = endpointText(named.host, named.port);
    const known = this.#replicas.get(address);
    if (known !== undefined) known.isLinked = named.isLinked;
    else this.#replicas.set(address, { endpoint: this.#context.endpoint(named), isLinked: named.isLinked });
    return address;
  }

  /** Reads that a replica which is down keeps back are repeated by another server. */
  #leave(endpoint: Endpoint): void {
    const error = new ConnectionError(`${endpoint.identity.addressText} is no replica that works any more`);
    this.#reads.moveOn(endpoint);
    for (const connection of endpoint.shared.ready.filter(isStuck)) connection.destroy(error);
    this.#leaving.add(endpoint, error, LEFT_GRACE);
  }

  #readable(): readonly Endpoint[] {
    if (this.#linked.length === this.#replicas.size || !isAway(this.#context.primary())) return this.#linked;
    return this.named.filter((endpoint) => this.#linked.includes(endpoint) || endpoint.shared.isReady);
  }
}

/** Whether the last attempt to reach a server failed. */
function isAway(endpoint: Endpoint | undefined): boolean {
  return endpoint !== undefined && !endpoint.shared.isReady && endpoint.shared.lastError !== undefined;
}
