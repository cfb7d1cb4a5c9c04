import {
  type AnyCommand,
  type BlockingRounds,
  ClosedError,
  type Connection,
  ConnectionError,
  closedBy,
  type Endpoint,
  type KvError,
  type Redirect,
  type Request,
  type Router,
  type RouterHost,
} from '@kv/core';
import { isAsking, withoutAskingUnits } from './asking.ts';
import { ClusterNodes, type NodeAccess } from './cluster-nodes.ts';
import { commandSlot, NO_SLOT, unitSlot } from './command-slot.ts';
import { ExclusiveMoves } from './exclusive-moves.ts';
import { PART_OF_FAN_OUT } from './fan-out-calls.ts';
import { FirstMap } from './first-map.ts';
import type { Endpoint as HostAndPort } from './host.ts';
import { KeylessCalls } from './keyless-calls.ts';
import { LeavingNodes } from './leaving-nodes.ts';
import type { MapFollower } from './map-follower.ts';
import { MapServers } from './map-servers.ts';
import { NodeQualities } from './node-qualities.ts';
import { ReadRouting } from './read-routing.ts';
import { type ClusterView, Refresher, type RefreshOwner } from './refresh.ts';
import { Refusals } from './refusals.ts';
import { SilenceWatch } from './silence-watch.ts';
import { SlotBlocking } from './slot-blocking.ts';
import type { SlotMap } from './slot-map.ts';
import { SlotReplicas } from './slot-replicas.ts';
import { Slots } from './slots.ts';
import { SplitCalls } from './split-calls.ts';
import { publishTopology } from './topology-channel.ts';

/** What a cluster client is made from. */
export interface ClusterSetup extends NodeAccess {
  /** Servers to ask for the map, names as the user wrote them: they are looked up each time. */
  readonly seeds: readonly HostAndPort[];
  /** Ms between two looks at the map when nothing asks for one. */
  readonly refreshInterval: number;
  /** Whether commands with keys of several slots are sent as several commands. */
  readonly split: boolean;
  /** Name of the client, for diagnostics. */
  readonly name: string;
}

/**
 * Sends each call to the primary of its slot.
 *
 *     submit ─▶ slot of the keys ─▶ gate of the slot, if it has one ─▶ owner.shared
 *                    │ no map yet: held         ▲
 *                    ▼                          │ MOVED, CLUSTERDOWN, a new map
 *              several slots: split       refused calls and those behind them, in order
 *
 * Calls on one slot run in the order in which they were made. When a slot moves, what its old connection has in flight is
 * answered first: refused calls gather in the slot's gate, later calls behind them, and all go to the new owner together.
 */
export class ClusterRouter implements Router, RefreshOwner {
  readonly nodes: ClusterNodes;
  readonly slots: Slots;
  /** How far servers are away, and in which zone. */
  readonly qualities: NodeQualities;
  /** Where commands of exclusive use go that a server has refused. */
  readonly exclusive: ExclusiveMoves;
  /** Who follows the slots. */
  readonly followers: Set<MapFollower> = new Set();
  readonly #host: RouterHost;
  readonly #setup: ClusterSetup;
  readonly #servers: MapServers;
  readonly #refresher: Refresher;
  readonly #keyless: KeylessCalls;
  readonly #splits: SplitCalls;
  readonly #refusals: Refusals;
  readonly #leaving: LeavingNodes;
  readonly #silence: SilenceWatch;
  readonly #reads: ReadRouting;
  readonly #first: FirstMap = new FirstMap(() => this.endpoints);
  #map: SlotMap | undefined;
  #closed = false;

  constructor(host: RouterHost, setup: ClusterSetup) {
    this.#host = host;
    this.#setup = setup;
    this.nodes = new ClusterNodes(host, setup);
    this.#servers = new MapServers(this.nodes, setup.seeds);
    this.#refresher = new Refresher(host, this, setup.refreshInterval);
    this.slots = new Slots(
      () => this.#refresher.trigger('slot without owner'),
      (request, slot) =>
        request.route === PART_OF_FAN_OUT ? this.#keyless.place(request, slot) : this.#reads.take(request, slot),
    );
    this.qualities = new NodeQualities(
      (endpoint, command, options) => host.send(endpoint, command, options),
      this.nodes,
    );
    const send = (request: Request, slot: number): void => this.slots.route(request, slot);
    this.#splits = new SplitCalls(host, send);
    this.#keyless = new KeylessCalls(host, this, send);
    this.#leaving = new LeavingNodes(this.slots, this.nodes);
    this.#silence = new SilenceWatch(
      () => this.nodes.endpoints,
      (endpoint) => {
        this.#servers.suspect = endpoint;
        this.#refresher.trigger('silent server');
      },
    );
    const context = { host, nodes: this.nodes, slots: this.slots, refresher: this.#refresher };
    this.#refusals = new Refusals({ ...context, keyless: this.#keyless, splits: this.#splits });
    const replicas = new SlotReplicas(this.nodes, () => this.#map);
    this.#reads = new ReadRouting({
      qualities: this.qualities,
      primaryOf: (slot) => this.slots.ownerOf(slot),
      replicasOf: (slot) => replicas.of(slot),
      route: (request) => this.slots.routeAll([request]),
      moved: () => this.#refresher.trigger('MOVED'),
    });
    this.exclusive = new ExclusiveMoves(context, () => this.endpoints);
  }

  get endpoints(): readonly Endpoint[] {
    return [...this.nodes.endpoints, ...this.#leaving.endpoints, ...this.#servers.seeds];
  }

  get isReady(): boolean {
    return this.#map !== undefined && this.nodes.endpoints.some(({ shared }) => shared.isReady);
  }

  /** The newest map; undefined before the first. */
  get map(): SlotMap | undefined {
    return this.#map;
  }

  // -- calls

  submit(request: Request): void {
    if (this.#map === undefined) return this.#hold([request]);
    this.#silence.start();
    let slot: number;
    try {
      slot = commandSlot(request.command);
    } catch (error) {
      if (this.#setup.split && this.#splits.bySlot(request)) return;
      return request.fail(error as KvError);
    }
    if (slot === NO_SLOT) this.#keyless.submit(request);
    else this.slots.route(request, slot);
  }

  submitUnit(members: readonly Request[]): void {
    if (this.#map === undefined) return this.#hold(members);
    this.#silence.start();
    let slot = NO_SLOT;
    try {
      slot = unitSlot(members);
    } catch (error) {
      for (const member of members) member.fail(error as KvError);
      return;
    }
    if (slot === NO_SLOT) slot = this.#keyless.anySlot();
    for (const member of members) member.part = slot;
    this.slots.route(members[0] as Request, slot);
  }

  acquire(request: Request): void {
    if (this.#map === undefined) return this.#hold([request]);
    try {
      const slot = commandSlot(request.command);
      if (slot === NO_SLOT) this.#keyless.check(request.command);
      this.slots.route(request, slot);
    } catch (error) {
      request.fail(error as KvError);
    }
  }

  readonly placeOf = (command: AnyCommand): unknown => this.slots.placeOf(command);

  readonly blockingRounds = (command: AnyCommand): BlockingRounds => new SlotBlocking(command, this.exclusive);

  /** Keeps a call until there is a map in which slots have owners. */
  hold(request: Request): void {
    this.#hold([request], this.slots.whyNoOwner);
  }

  #hold(requests: readonly Request[], cause = this.slots.failure): void {
    this.#first.hold(requests, cause);
    this.#refresher.trigger('first use');
  }

  redirected(
    requests: readonly Request[],
    redirect: Redirect,
    error: KvError,
    connection: Connection,
    endpoint: Endpoint,
  ): boolean {
    if (this.#reads.refused(requests, redirect, error, endpoint)) return true;
    return this.#refusals.take(requests, redirect, error, connection, endpoint);
  }

  requeue(requests: readonly Request[], endpoint: Endpoint): readonly Request[] {
    this.#reads.lost(endpoint);
    const kept: Request[] = [];
    const moved: Request[] = [];
    for (const request of this.#reads.retake(requests)) {
      const { part } = request;
      const stays = this.slots.ownerOf(part) === endpoint && !this.slots.isHeld(part) && !isAsking(request);
      (stays || part === NO_SLOT ? kept : moved).push(request);
    }
    if (moved.length > 0) this.slots.takeBack(withoutAskingUnits(moved));
    return kept;
  }

  poolChanged(endpoint: Endpoint, cause: KvError | undefined): void {
    if (cause === undefined || this.#closed || this.#leaving.has(endpoint)) return;
    this.#servers.suspect = endpoint;
    this.#reads.lost(endpoint);
    if (this.#map !== undefined && endpoint.identity.role === 'primary') this.#refresher.trigger('connection lost');
  }

  // -- the map

  /** Asks for a new map soon. @param first the server to ask first */
  refresh(cause: string, first?: Endpoint): void {
    this.#refresher.trigger(cause, first);
  }

  get isUrgent(): boolean {
    if (this.#first.isAwaited || this.slots.isWaiting || this.#silence.found) return true;
    for (const follower of this.followers) if (follower.isWaiting) return true;
    return this.nodes.endpoints.some(
      ({ identity, shared }) => identity.role === 'primary' && shared.waiting > 0 && !shared.isReady,
    );
  }

  candidates(first: Endpoint | undefined): Iterable<readonly Endpoint[]> {
    this.slots.mapAsked();
    return this.#servers.groups(first);
  }

  failed(error: KvError): void {
    this.#servers.end(error);
    this.slots.setWaitCause(error);
    this.#first.failed(error);
    this.#host.changed(error);
  }

  apply({ map, info }: ClusterView, cause: string): boolean {
    const { owners, used } = this.nodes.endpointsOf(map);
    const before = this.#map;
    this.#map = map;
    this.slots.failure = undefined;
    const moved = this.slots.change(owners, (named) => this.nodes.latest(named));
    // A map without slots names no servers: those that were known may still say more, and are asked.
    const gone = map.ranges.length === 0 ? [] : this.nodes.retain(used);
    for (const endpoint of gone) this.#leaving.leave(endpoint, before, map);
    this.#servers.end(new ClosedError('The map of the cluster is known'));
    this.#first.release(this);
    if (info.state === 'ok') this.slots.ownersKnown();
    const changed = before === undefined || moved > 0 || gone.length > 0;
    const { name } = this.#setup;
    if (changed) publishTopology({ client: name, cause, epoch: info.epoch, moved, nodes: map.nodes.length });
    this.#host.changed();
    for (const follower of this.followers) follower.mapKnown();
    return changed;
  }

  // -- life

  async start(): Promise<void> {
    if (this.slots.owners.size === 0) {
      this.#refresher.trigger('first use');
      await this.#first.known();
    }
    try {
      await Promise.any([...this.slots.owners].map(({ shared }) => shared.start()));
    } catch (error) {
      const [first] = (error as AggregateError).errors as readonly Error[];
      throw first ?? new ConnectionError('The cluster has no server with slots');
    }
  }

  close(error: KvError): void {
    this.#closed = true;
    this.#refresher.close();
    this.#silence.close();
    this.#reads.close();
    this.#leaving.close(error);
    this.#servers.end(error);
    const waiting = [...this.#first.close(error), ...this.#refusals.close(), ...this.slots.drain()];
    for (const request of waiting) request.fail(closedBy(error, request));
  }
}
