import {
  type AnyCommand,
  attemptOf,
  type BlockingRounds,
  type Connection,
  closedBy,
  type Endpoint,
  type KvError,
  monotonicNow,
  type Redirect,
  type Request,
  type Router,
  type RouterHost,
  submitAgain,
} from '@kv/core';
import { WrongRoleError } from '../protocol/role.ts';
import { Gate } from './gate.ts';
import { endpointText, type Endpoint as HostAndPort } from './host.ts';
import { isMovable } from './movable-calls.ts';
import { MovedBlocking } from './moved-blocking.ts';
import { NodeQualities } from './node-qualities.ts';
import { isRouted } from './read-routing.ts';
import { ReplacementDoubt } from './replacement-doubt.ts';
import type { SentinelLink } from './sentinel-link.ts';
import { SentinelRefusals } from './sentinel-refusals.ts';
import { SentinelReplicas } from './sentinel-replicas.ts';
import { identityOf, replacedError, type SentinelRouterSetup } from './sentinel-setup.ts';
import { AGAIN, type Occasion, SentinelWatch, type WatchOwner } from './sentinel-watch.ts';
import { Sentinels, type SentinelsSetup, type SentinelsView } from './sentinels.ts';
import { publishTopology } from './topology-channel.ts';

/** For so long after a round has named a server, connections to it are made without another round, ms. */
const JUST_NAMED = 50;

/** Why the gate is closed. */
const NO_PRIMARY = 'no primary';
const REPLACING = 'replacing';

/** Why the sentinels are asked. */
const REFUSED = 'refused by the server';

/**
 * Sends everything to the primary that the sentinels name, but for reads whose callers prefer replicas.
 *
 *     submit ─▶ gate ─▶ primary.shared
 *        │       ▲ closed while no primary is known, and while a connection that refused calls answers the others
 *        └─▶ replicas, where `readFrom` says so
 *
 * Each connection to the primary is made only after the sentinels have named it once more, and used only when the server
 * itself says that it is one. When they name another, all connections to the old one end at once: whatever it still
 * accepts would be lost.
 */
export class SentinelRouter implements Router, WatchOwner {
  /** How far servers are away, and in which zone. */
  readonly qualities: NodeQualities;
  readonly #host: RouterHost;
  readonly #setup: SentinelRouterSetup;
  readonly #sentinels: Sentinels;
  readonly #replicas: SentinelReplicas;
  readonly #watch = new SentinelWatch(this);
  readonly #gate: Gate = new Gate(
    [],
    () => this.#submitHeld(),
    () => this.#sentinels.attempt ?? attemptOf(this.#primaries),
  );
  readonly #refusals = new SentinelRefusals(this.#gate, () => this.#watch.trigger({ cause: REFUSED }));
  readonly #doubt = new ReplacementDoubt(this.#gate);
  #primary: Endpoint | undefined;
  /** `host:port` of the primary, as the sentinels name it. */
  #named = '';
  /** `host:port` of a server that was named and said that it is a replica. */
  #refused: string | undefined;
  /** Why the sentinels named no primary when they were last asked. */
  #failure: KvError | undefined;
  #starting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  #closed = false;

  constructor(host: RouterHost, setup: SentinelRouterSetup) {
    this.#host = host;
    this.#setup = setup;
    this.#gate.hold(NO_PRIMARY);
    const hint = (link: SentinelLink, event: string): void => {
      if (this.#primary !== undefined) this.#doubt.heard(event);
      this.#watch.trigger({ cause: event, from: link });
    };
    this.#sentinels = new Sentinels({
      seeds: setup.seeds,
      name: setup.primaryName,
      link: (address) => setup.link(address, hint),
    } satisfies SentinelsSetup);
    this.qualities = new NodeQualities((endpoint, command, options) => host.send(endpoint, command, options));
    this.#replicas = new SentinelReplicas({
      qualities: this.qualities,
      primary: () => this.#primary,
      endpoint: (named) => host.endpoint({ ...identityOf(named, 'replica', setup), protocol: setup.replicaProtocol }),
      route: (request) => this.submit(request),
    });
  }

  get endpoints(): readonly Endpoint[] {
    return [...this.#primaries, ...this.#replicas.endpoints];
  }

  /** The servers that the sentinels name, the primary in front. */
  get named(): readonly Endpoint[] {
    return [...this.#primaries, ...this.#replicas.named];
  }

  get #primaries(): Endpoint[] {
    return this.#primary === undefined ? [] : [this.#primary];
  }

  get isReady(): boolean {
    return this.#primary?.shared.isReady === true;
  }

  get isSearching(): boolean {
    if (this.#closed || !this.#watch.hasBegun) return false;
    return this.#primary === undefined || this.#gate.isHeldFor(REPLACING);
  }

  // -- calls

  submit(request: Request): void {
    if (request.route !== undefined && this.#replicas.take(request)) return;
    request.part = 0;
    if (this.#primary === undefined || this.#gate.isClosed) this.#hold([request]);
    else this.#primary.shared.submit(request);
  }

  submitUnit(members: readonly Request[]): void {
    for (const member of members) member.part = 0;
    if (this.#primary === undefined || this.#gate.isClosed) this.#hold(members);
    else this.#primary.shared.submitUnit(members);
  }

  acquire(request: Request): void {
    request.part = 0;
    if (this.#primary === undefined || this.#gate.isClosed) this.#hold([request]);
    else this.#primary[request.exclusive ?? 'shared'].submit(request);
  }

  #hold(requests: readonly Request[]): void {
    for (const request of requests) {
      request.cause ??= this.#failure;
      this.#gate.push(request);
    }
    if (this.#primary === undefined) this.#search();
  }

  #search(): void {
    const isFirst = !this.#watch.hasBegun;
    this.#watch.trigger({ cause: 'first use' });
    if (isFirst) this.#host.changed();
  }

  #submitHeld(): void {
    submitAgain(this, this.#gate.drain());
  }

  // -- refusals and losses

  redirected(
    requests: readonly Request[],
    redirect: Redirect,
    error: KvError,
    connection: Connection,
    endpoint: Endpoint,
  ): boolean {
    if (this.#replicas.refused(requests, redirect, error, endpoint)) return true;
    return !this.#closed && this.#refusals.take(requests, redirect, error, connection, endpoint);
  }

  requeue(requests: readonly Request[], endpoint: Endpoint): readonly Request[] {
    if (endpoint.identity.role === 'replica') return this.#replicas.requeue(requests, endpoint);
    const others = requests.filter((request) => !isRouted(request) || !this.#replicas.take(request));
    if (endpoint === this.#primary && !this.#gate.isClosed) return others;
    this.#gate.pushRedirected(others.filter(isMovable));
    return others.filter((request) => !isMovable(request));
  }

  blockingRounds(command: AnyCommand): BlockingRounds {
    return new MovedBlocking(command, () => this.#watch.trigger({ cause: REFUSED }));
  }

  poolChanged(endpoint: Endpoint, cause: KvError | undefined): void {
    if (cause === undefined || this.#closed) return;
    this.#replicas.lost(endpoint);
    if (endpoint.identity.role === 'replica') return this.#watch.trigger({ cause: 'replica lost' });
    if (endpoint !== this.#primary) return;
    if (!(cause instanceof WrongRoleError)) return this.#watch.trigger({ cause: 'connection lost' });
    this.#refused = this.#named;
    this.#watch.trigger({ cause: 'not the primary' }, AGAIN);
  }

  // -- what the sentinels say

  get isUrgent(): boolean {
    if (this.#closed) return false;
    if (this.#gate.isClosed) return this.#gate.length > 0 || this.#starting.length > 0;
    return this.#primary?.pools.some((pool) => pool.waiting > 0 && !pool.isReady) === true;
  }

  async ask({ cause, from }: Occasion): Promise<boolean> {
    const began = monotonicNow();
    try {
      const view = await this.#sentinels.ask({ current: this.#named, refused: this.#refused }, from);
      return !this.#closed && this.#taken(view, cause);
    } catch (error) {
      if (!this.#closed) this.#failed(error as KvError);
      throw error;
    } finally {
      this.#doubt.answered(began);
    }
  }

  /** Returns whether anything is new. */
  #taken(view: SentinelsView, cause: string): boolean {
    const { host, port, epoch } = view.primary;
    this.#failure = undefined;
    const isOther = endpointText(host, port) !== this.#named;
    const areOthers = this.#replicas.update(view);
    if (isOther) this.#use(view.primary);
    if (!isOther && !areOthers) return false;
    const moved = isOther ? 1 : 0;
    publishTopology({ client: this.#setup.name, cause, epoch, moved, nodes: this.named.length });
    return true;
  }

  #use(named: HostAndPort): void {
    const before = this.#primary;
    this.#gate.hold(REPLACING);
    this.#named = endpointText(named.host, named.port);
    this.#primary = this.#endpoint(named);
    if (before !== undefined) {
      this.#end(before);
      this.#primary.shared.start().catch(() => undefined); // it is used soon
    }
    this.#gate.release(NO_PRIMARY);
    this.#gate.release(REPLACING);
    for (const { resolve } of this.#starting.splice(0)) resolve();
    this.#host.changed();
  }

  #endpoint(named: HostAndPort): Endpoint {
    const since = monotonicNow();
    const endpoint: Endpoint = this.#host.endpoint({
      ...identityOf(named, 'primary', this.#setup),
      confirm: async () => {
        if (monotonicNow() - since > JUST_NAMED) await this.#watch.round('new connection');
        if (endpoint !== this.#primary) throw replacedError(endpoint, this.#named);
      },
    });
    return endpoint;
  }

  /** What was written to the old primary and has no reply may have run there; what was not written goes to the new one. */
  #end(old: Endpoint): void {
    const error = replacedError(old, this.#named);
    for (const connection of [...old.shared.ready]) connection.destroy(error);
    this.#gate.pushRedirected(old.pools.flatMap((pool) => pool.takeUnsent(isMovable)));
    old.close(error);
  }

  #failed(error: KvError): void {
    this.#failure = error;
    this.#gate.setWaitCause(error);
    if (error.code === 'REPLY' || error.code === 'ARGUMENT')
      for (const request of this.#gate.drain()) request.fail(error);
    for (const { reject } of this.#starting.splice(0)) reject(error);
    this.#host.changed(error);
  }

  // -- life

  async start(): Promise<void> {
    if (this.#primary === undefined) {
      const known = new Promise<void>((resolve, reject) => this.#starting.push({ resolve, reject }));
      this.#search();
      await known;
    }
    const primary = this.#primary;
    try {
      await primary?.shared.start();
    } catch (error) {
      if (primary === this.#primary || this.#closed) throw error;
      return this.start(); // it was replaced meanwhile
    }
  }

  close(error: KvError): void {
    this.#closed = true;
    this.#watch.close();
    this.#doubt.close();
    this.#replicas.close(error);
    this.#sentinels.close();
    for (const request of this.#gate.drain()) request.fail(closedBy(error, request));
    for (const { reject } of this.#starting.splice(0)) reject(error);
  }
}
