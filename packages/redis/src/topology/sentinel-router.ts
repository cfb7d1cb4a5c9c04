import {
  type AnyCommand,
  type BlockingRounds,
  type Connection,
  ConnectionError,
  closedBy,
  type Endpoint,
  Flag,
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
import { hasHadEnough, isMovable } from './movable-calls.ts';
import { MovedBlocking } from './moved-blocking.ts';
import type { SentinelLink } from './sentinel-link.ts';
import { AGAIN, type Occasion, SentinelWatch, type WatchOwner } from './sentinel-watch.ts';
import { Sentinels, type SentinelsSetup } from './sentinels.ts';
import { reachableServer, type ServerAccess } from './server-access.ts';
import { publishTopology } from './topology-channel.ts';

/** What a client of a primary with sentinels is made from. */
export interface SentinelRouterSetup extends ServerAccess {
  readonly seeds: readonly HostAndPort[];
  /** The name by which the sentinels know the primary. */
  readonly primaryName: string;
  /** Makes a link to a sentinel. */
  readonly link: (address: HostAndPort, hint: (link: SentinelLink, event: string) => void) => SentinelLink;
  /** Name of the client, for diagnostics. */
  readonly name: string;
}

/** For so long after a round has named a server, connections to it are made without another round, ms. */
const JUST_NAMED = 50;

/** Why the gate is closed. */
const NO_PRIMARY = 'no primary';
const REPLACING = 'replacing';

/**
 * Sends everything to the primary that the sentinels name.
 *
 *     submit ─▶ gate ─▶ primary.shared
 *                ▲ closed while no primary is known, and while a connection that refused calls answers the others
 *
 * Each connection to the primary is made only after the sentinels have named it once more, and used only when the server
 * itself says that it is one. When they name another, all connections to the old one end at once: whatever it still
 * accepts would be lost.
 */
export class SentinelRouter implements Router, WatchOwner {
  readonly #host: RouterHost;
  readonly #setup: SentinelRouterSetup;
  readonly #sentinels: Sentinels;
  readonly #watch = new SentinelWatch(this);
  readonly #gate = new Gate([], () => this.#submitHeld());
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
    const hint = (link: SentinelLink, event: string): void => this.#watch.trigger({ cause: event, from: link });
    this.#sentinels = new Sentinels({
      seeds: setup.seeds,
      name: setup.primaryName,
      link: (address) => setup.link(address, hint),
    } satisfies SentinelsSetup);
  }

  get endpoints(): readonly Endpoint[] {
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

  /** A server that became a replica, or loads its data: its connection ends when it has answered what it has. */
  redirected(
    requests: readonly Request[],
    { kind }: Redirect,
    error: KvError,
    connection: Connection,
    endpoint: Endpoint,
  ): boolean {
    const [first] = requests as readonly [Request];
    if (kind !== 'unavailable' || connection.leased || this.#closed || hasHadEnough(first)) return false;
    if (requests.some(({ part, command }) => part < 0 || (command.flags & Flag.opaque) !== 0)) return false;
    for (const request of requests) {
      request.redirects++;
      request.cause = error;
      request.unsend();
      request.unit?.restart();
    }
    this.#gate.pushRedirected(requests);
    this.#holdUntilAnswered(connection, endpoint);
    return true;
  }

  #holdUntilAnswered(connection: Connection, endpoint: Endpoint): void {
    if (this.#gate.isHeldFor(connection)) return;
    this.#gate.hold(connection);
    for (const request of endpoint.shared.takeUnsent(isMovable)) this.#gate.push(request);
    connection.afterInFlight(() => this.#gate.release(connection));
    this.#watch.trigger({ cause: 'refused by the server' });
  }

  requeue(requests: readonly Request[], endpoint: Endpoint): readonly Request[] {
    if (endpoint === this.#primary && !this.#gate.isClosed) return requests;
    this.#gate.pushRedirected(requests.filter(isMovable));
    return requests.filter((request) => !isMovable(request));
  }

  blockingRounds(command: AnyCommand): BlockingRounds {
    return new MovedBlocking(command, () => this.#watch.trigger({ cause: 'refused by the server' }));
  }

  poolChanged(endpoint: Endpoint, cause: KvError | undefined): void {
    if (cause === undefined || this.#closed || endpoint !== this.#primary) return;
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

  async ask({ cause, from }: Occasion): Promise<void> {
    try {
      const { primary, sentinels } = await this.#sentinels.ask({ current: this.#named, refused: this.#refused }, from);
      if (this.#closed) return;
      this.#failure = undefined;
      if (endpointText(primary.host, primary.port) === this.#named) return;
      this.#use(primary);
      const { name } = this.#setup;
      publishTopology({ client: name, cause, epoch: primary.epoch, moved: 1, nodes: 1 + sentinels });
    } catch (error) {
      if (!this.#closed) this.#failed(error as KvError);
      throw error;
    }
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
      ...reachableServer(named, this.#setup),
      role: 'primary',
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
    this.#sentinels.close();
    for (const request of this.#gate.drain()) request.fail(closedBy(error, request));
    for (const { reject } of this.#starting.splice(0)) reject(error);
  }
}

function replacedError({ identity }: Endpoint, by: string): ConnectionError {
  return new ConnectionError(`${identity.addressText} was replaced as primary by ${by}`);
}
