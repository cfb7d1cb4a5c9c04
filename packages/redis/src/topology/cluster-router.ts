import {
  ArgumentError,
  ClosedError,
  type Connection,
  ConnectionError,
  clearTimeout,
  type Endpoint,
  Flag,
  type KvError,
  queueMicrotask,
  type Redirect,
  type Request,
  RequestQueue,
  type Router,
  type RouterHost,
  setTimeout,
  type Timer,
  Unit,
} from '@kv/core';
import { ASKING } from './cluster-commands.ts';
import { ClusterNodes, type NodeAccess } from './cluster-nodes.ts';
import { commandSlot, NO_SLOT } from './command-slot.ts';
import { Gate } from './gate.ts';
import type { Endpoint as HostAndPort } from './host.ts';
import { KeylessCalls } from './keyless-calls.ts';
import { type ClusterView, Refresher, type RefreshOwner } from './refresh.ts';
import { SLOT_COUNT } from './slot.ts';
import type { ClusterNode, SlotMap } from './slot-map.ts';
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

/** Where an endpoint that left the map may still answer what it has, ms; one that lost its role is ended sooner. */
const LEFT_GRACE = 5000;
const DEMOTED_GRACE = 250;

/** So many redirects are followed at once; later ones only after a pause. */
const FREE_REDIRECTS = 3;
/** A call without a deadline gives up after so many. */
const MOST_REDIRECTS = 64;
const SHORTEST_PAUSE = 10;
const LONGEST_PAUSE = 250;

/** The reason of a gate whose slots have no owner. */
const NO_OWNER = 'no owner';
/** The reason of a gate whose server does not serve now. */
const UNAVAILABLE = 'unavailable';

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
  readonly #host: RouterHost;
  readonly #setup: ClusterSetup;
  readonly #refresher: Refresher;
  readonly #keyless: KeylessCalls;
  readonly #splits: SplitCalls;
  /** The primary of every slot. */
  readonly #owners: (Endpoint | undefined)[] = new Array(SLOT_COUNT).fill(undefined);
  readonly #gates = new Map<number, Gate>();
  /** Calls that wait for the first map. */
  readonly #held = new RequestQueue();
  /** Endpoints that are asked for a map and are no part of one. */
  #seeds: Endpoint[] = [];
  readonly #leaving = new Map<Endpoint, Timer>();
  #map: SlotMap | undefined;
  #failure: KvError | undefined;
  #starting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  #timers = new Set<Timer>();
  /** The server whose connection was lost last is not the first to be asked. */
  #suspect: Endpoint | undefined;
  #closed = false;

  constructor(host: RouterHost, setup: ClusterSetup) {
    this.#host = host;
    this.#setup = setup;
    this.nodes = new ClusterNodes(host, setup);
    this.#refresher = new Refresher(host, this, setup.refreshInterval);
    this.#splits = new SplitCalls(host, (request, slot) => this.#route(request, slot));
    this.#keyless = new KeylessCalls(host, this, (request, slot) => this.#route(request, slot));
  }

  get endpoints(): readonly Endpoint[] {
    return [...this.nodes.endpoints, ...this.#leaving.keys(), ...this.#seeds];
  }

  get isReady(): boolean {
    return this.#map !== undefined && this.nodes.endpoints.some(({ shared }) => shared.isReady);
  }

  /** The newest map; undefined before the first. */
  get map(): SlotMap | undefined {
    return this.#map;
  }

  /** The owner of a slot. */
  ownerOf(slot: number): Endpoint | undefined {
    return this.#owners[slot];
  }

  // -- calls

  submit(request: Request): void {
    if (this.#map === undefined) return this.#hold(request);
    let slot: number;
    try {
      slot = commandSlot(request.command);
    } catch (error) {
      if (this.#setup.split && this.#splits.bySlot(request)) return;
      return request.fail(error as KvError);
    }
    if (slot === NO_SLOT) return this.#keyless.submit(request);
    this.#route(request, slot);
  }

  submitUnit(members: readonly Request[]): void {
    const [first] = members as readonly [Request];
    if (this.#map === undefined) return this.#hold(...members);
    let slot = NO_SLOT;
    try {
      slot = unitSlot(members);
    } catch (error) {
      for (const member of members) member.fail(error as KvError);
      return;
    }
    if (slot === NO_SLOT) slot = this.#keyless.anySlot();
    for (const member of members) member.part = slot;
    this.#route(first, slot);
  }

  acquire(request: Request): void {
    if (this.#map === undefined) return this.#hold(request);
    try {
      const slot = commandSlot(request.command);
      if (slot === NO_SLOT) this.#keyless.check(request.command);
      this.#route(request, slot === NO_SLOT ? this.#keyless.anySlot() : slot);
    } catch (error) {
      request.fail(error as KvError);
    }
  }

  /** Gives a call, or the unit it belongs to, to the owner of its slot, or lets it wait. */
  #route(request: Request, slot: number): void {
    request.part = slot;
    if (this.#gates.size !== 0 && request.exclusive === null) {
      const gate = this.#gates.get(slot);
      if (gate !== undefined) return pushAll(gate, request);
    }
    const owner = this.#owners[slot];
    if (owner === undefined) return this.#waitForOwner(request, slot);
    if (request.exclusive !== null) owner[request.exclusive].submit(request);
    else if (request.unit === null) owner.shared.submit(request);
    else owner.shared.submitUnit(request.unit.members);
  }

  #waitForOwner(request: Request, slot: number): void {
    const gate = this.#gates.get(slot) ?? this.#addGate([slot], NO_OWNER);
    pushAll(gate, request);
    if (this.#failure !== undefined) request.cause = this.#failure;
    this.#refresher.trigger('slot without owner');
  }

  #hold(...requests: readonly Request[]): void {
    for (const request of requests) {
      request.cause = this.#failure;
      this.#held.push(request);
    }
    this.#refresher.trigger('first use');
  }

  // -- refusals

  redirected(
    requests: readonly Request[],
    redirect: Redirect,
    error: KvError,
    connection: Connection,
    endpoint: Endpoint,
  ): boolean {
    const calls = withoutAsking(requests);
    const [first] = calls as readonly [Request];
    const slot = first.part;
    if (slot === NO_SLOT || this.#closed || this.#isOver(first, error)) return false;
    for (const call of calls) {
      call.redirects++;
      call.cause = error;
    }
    if (redirect.kind === 'moved') return this.#moved(calls, redirect, connection, endpoint);
    if (redirect.kind === 'once') return this.#ask(calls, redirect, endpoint);
    if (redirect.kind === 'later') return this.#later(calls);
    if (redirect.kind === 'unavailable' && isOpaque(calls)) return this.#doubt(calls, endpoint, connection, error);
    if (redirect.kind === 'unavailable') this.#unavailable(calls, endpoint, connection, error);
    return redirect.kind === 'unavailable';
  }

  #isOver(request: Request, error: KvError): boolean {
    if (request.redirects < MOST_REDIRECTS || request.list !== null) return false;
    error.outcome = 'refused';
    return true;
  }

  #moved(calls: readonly Request[], { part, address }: Redirect, connection: Connection, from: Endpoint): boolean {
    const [first] = calls as readonly [Request];
    if (isOpaque(calls) && part !== first.part) return false;
    const target = address === undefined ? undefined : this.#endpointAt(address, from);
    if (target === from) return this.#movedToSelf(calls, connection, from);
    if (isOpaque(calls)) return this.#verify(calls, target, connection, from);
    this.#refresher.trigger('MOVED', target);
    if (target !== undefined) this.#owners[first.part] = target;
    this.#gather(calls, connection, from);
    return true;
  }

  /** Lets refused calls wait until the connection that refused them has answered what it has in flight. */
  #gather(calls: readonly Request[], connection: Connection, from: Endpoint): Gate {
    const [first] = calls as readonly [Request];
    const gate = this.#gates.get(first.part) ?? this.#closeSlots([first.part], from, [connection]);
    this.#takeBack(calls);
    gate.pushRedirected(calls);
    if (first.redirects > FREE_REDIRECTS) this.#pause(gate);
    return gate;
  }

  /**
   * A script can answer with the text of a redirect after it has run. It is believed only when a map that was asked for
   * afterwards says the same.
   */
  #verify(calls: readonly Request[], target: Endpoint | undefined, connection: Connection, from: Endpoint): boolean {
    const [first] = calls as readonly [Request];
    const error = first.cause as KvError;
    const gate = this.#gather(calls, connection, from);
    const check = {};
    gate.hold(check);
    const verified = (): void => {
      const owner = this.#owners[first.part];
      if (owner === from || (target !== undefined && owner !== target)) failAll(calls, error);
      gate.release(check);
    };
    void this.#refresher.round('MOVED of a script').then(verified, verified);
    return true;
  }

  /** A proxy, or a name that leads somewhere else by now: the connection is replaced after its replies. */
  #movedToSelf(calls: readonly Request[], connection: Connection, from: Endpoint): boolean {
    this.#refresher.trigger('MOVED');
    const gate = this.#gather(calls, connection, from);
    const replaced = {};
    gate.hold(replaced);
    connection.afterInFlight(() => {
      connection.end(new ClosedError('The server named itself as another server'));
      gate.release(replaced);
    });
    return true;
  }

  #ask(calls: readonly Request[], { address }: Redirect, from: Endpoint): boolean {
    const target = address === undefined ? undefined : this.#endpointAt(address, from);
    if (target === undefined) return false;
    if (isOpaque(calls) && target === from) return false;
    this.#takeBack(calls);
    const pause = pauseAfter((calls[0] as Request).redirects);
    const send = (): void => this.#sendAsking(calls, target);
    if (pause === 0) send();
    else this.#after(pause, calls, send);
    return true;
  }

  #sendAsking(calls: readonly Request[], target: Endpoint): void {
    const asking = this.#host.request(ASKING, false);
    asking.tracker.open(asking, 0, undefined);
    asking.part = (calls[0] as Request).part;
    const unit = new Unit<Request>([asking, ...calls]);
    for (const member of unit.members) member.unit = unit;
    target.shared.submitUnit(unit.members);
  }

  /** Some keys of one command have moved and some have not: asked key by key where that is the same, else later. */
  #later(calls: readonly Request[]): boolean {
    if (isOpaque(calls)) return false;
    this.#takeBack(calls);
    const [first] = calls as readonly [Request];
    if (calls.length === 1 && this.#splits.byKey(first)) return true;
    this.#after(Math.max(pauseAfter(first.redirects + FREE_REDIRECTS), SHORTEST_PAUSE), calls, () =>
      this.#route(first, first.part),
    );
    return true;
  }

  /** The cluster is down, or the primary loads its data: its calls are held in order until a probe says it serves. */
  #unavailable(
    calls: readonly Request[],
    endpoint: Endpoint,
    connection: Connection,
    error: KvError,
    gate: Gate = this.#gather(calls, connection, endpoint),
  ): void {
    this.#refresher.trigger(error.message.split(' ', 1)[0] ?? 'unavailable');
    gate.setWaitCause(error);
    if (gate.isHeldFor(UNAVAILABLE)) return;
    gate.hold(UNAVAILABLE);
    gate.pause = Math.min(Math.max(gate.pause * 2, 50), 500);
    this.#timer(gate.pause, () => void this.#probe(gate));
  }

  /** A script can say this after it has run: it is believed only when the server says so itself. */
  #doubt(calls: readonly Request[], endpoint: Endpoint, connection: Connection, error: KvError): boolean {
    const gate = this.#gather(calls, connection, endpoint);
    const check = {};
    gate.hold(check);
    void this.#keyless.serves(endpoint).then((serves) => {
      if (serves) failAll(calls, error);
      else this.#unavailable([], endpoint, connection, error, gate);
      gate.release(check);
    });
    return true;
  }

  async #probe(gate: Gate): Promise<void> {
    const [slot = 0] = gate.slots;
    const owner = this.#owners[slot];
    if (owner !== undefined && (await this.#keyless.serves(owner))) return gate.release(UNAVAILABLE);
    if (this.#closed) return;
    gate.pause = Math.min(gate.pause * 2, 500);
    this.#refresher.trigger('not serving');
    this.#timer(gate.pause, () => void this.#probe(gate));
  }

  #takeBack(calls: readonly Request[]): void {
    const unit = calls.length > 1 ? new Unit<Request>(calls) : null;
    for (const call of calls) {
      call.unsend();
      call.unit = unit;
    }
  }

  /** Holds calls for some time, under their deadlines. */
  #after(pause: number, calls: readonly Request[], send: () => void): void {
    const queue = new RequestQueue();
    for (const call of calls) queue.push(call);
    this.#timer(pause, () => {
      if (queue.drain().length === calls.length) send();
    });
  }

  #endpointAt(address: HostAndPort, from: Endpoint): Endpoint {
    const own = from.identity.address;
    const host = address.host === '' && 'host' in own ? own.host : address.host;
    return this.nodes.primaryAt({ host, port: address.port });
  }

  // -- gates

  /** Closes slots of an endpoint until these connections have answered what they have in flight. */
  #closeSlots(slots: readonly number[], from: Endpoint, connections: readonly Connection[]): Gate {
    const gate = this.#addGate(slots, connections);
    const wanted = slots.length === 1 ? undefined : new Set(slots);
    const unsent = from.shared.takeUnsent(
      ({ part, exclusive }) => exclusive === null && (wanted === undefined ? part === slots[0] : wanted.has(part)),
    );
    for (const request of unsent) gate.push(request);
    let open = connections.length;
    const answered = (): void => {
      if (--open === 0) gate.release(connections);
    };
    for (const connection of connections) queueMicrotask(() => connection.afterInFlight(answered));
    return gate;
  }

  #addGate(slots: readonly number[], reason: unknown): Gate {
    const gate = new Gate(slots, (opened) => this.#openGate(opened));
    gate.hold(reason);
    for (const slot of slots) this.#gates.set(slot, gate);
    return gate;
  }

  #openGate(gate: Gate): void {
    for (const slot of gate.slots) if (this.#gates.get(slot) === gate) this.#gates.delete(slot);
    this.#resubmit(gate.drain());
  }

  #pause(gate: Gate): void {
    if (gate.isHeldFor(this.#timers)) return;
    gate.pause = Math.min(Math.max(gate.pause * 2, SHORTEST_PAUSE), LONGEST_PAUSE);
    gate.hold(this.#timers);
    this.#timer(gate.pause * (0.5 + Math.random() / 2), () => gate.release(this.#timers));
  }

  /** Units come with all their members, one after the other. */
  #resubmit(requests: readonly Request[]): void {
    for (const request of requests) {
      if (request.unit !== null && request.unit.members[0] !== request) continue;
      if (request.part === NO_SLOT) this.submit(request);
      else this.#route(request, request.part);
    }
  }

  #timer(milliseconds: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, milliseconds);
    timer.unref();
    this.#timers.add(timer);
  }

  // -- lost connections

  requeue(requests: readonly Request[], endpoint: Endpoint): readonly Request[] {
    const kept: Request[] = [];
    const moved: Request[] = [];
    for (const request of requests) {
      const stays = this.#owners[request.part] === endpoint && !isAsking(request);
      (stays || request.part === NO_SLOT ? kept : moved).push(request);
    }
    if (moved.length > 0) this.#resubmit(strip(moved));
    return kept;
  }

  poolChanged(endpoint: Endpoint, cause: KvError | undefined): void {
    if (cause === undefined || this.#closed) return;
    this.#suspect = endpoint;
    if (this.#map !== undefined && endpoint.identity.role === 'primary') this.#refresher.trigger('connection lost');
  }

  // -- the map

  get isUrgent(): boolean {
    if (this.#held.length > 0) return true;
    for (const gate of this.#gates.values()) if (gate.isHeldFor(NO_OWNER) || gate.isHeldFor(UNAVAILABLE)) return true;
    return this.nodes.endpoints.some(
      ({ identity, shared }) => identity.role === 'primary' && shared.waiting > 0 && !shared.isReady,
    );
  }

  *candidates(first: Endpoint | undefined): Iterable<readonly Endpoint[]> {
    const known = shuffled(this.nodes.endpoints.filter((endpoint) => endpoint !== this.#suspect));
    const order = first === undefined ? known : [first, ...known.filter((endpoint) => endpoint !== first)];
    if (order.length > 0) yield order.slice(0, 3);
    if (order.length > 3) yield order.slice(3);
    const seeds = this.#setup.seeds.map((address) => this.nodes.seed(address));
    this.#seeds = seeds;
    yield seeds;
  }

  failed(error: KvError): void {
    this.#failure = error;
    this.#endSeeds(error);
    this.#suspect = undefined;
    if (error.code === 'REPLY' || error.code === 'ARGUMENT')
      for (const request of this.#held.drain()) request.fail(error);
    else this.#held.setWaitCause(error);
    for (const gate of this.#gates.values()) gate.setWaitCause(error);
    for (const { reject } of this.#starting.splice(0)) reject(error);
    this.#host.changed(error);
  }

  apply({ map, info }: ClusterView, cause: string): boolean {
    this.#failure = undefined;
    this.#suspect = undefined;
    const before = this.#map;
    this.#map = map;
    const kept = new Set<Endpoint>();
    const owners: (Endpoint | undefined)[] = new Array(SLOT_COUNT).fill(undefined);
    for (const { start, end, primary, replicas } of map.ranges) {
      const owner = this.nodes.endpointOf(primary);
      if (owner !== undefined) kept.add(owner);
      owners.fill(owner, start, end + 1);
      for (const replica of replicas) keep(kept, this.nodes.endpointOf(replica));
    }
    const moved = this.#changeOwners(owners);
    const gone = this.nodes.retain(kept);
    for (const endpoint of gone)
      this.#retire(endpoint, before !== undefined && hasFailedOver(before, map, this.nodes.nodeOf(endpoint)));
    this.#endSeeds(new ClosedError('The map of the cluster is known'));
    this.#resubmitHeld();
    if (info.state === 'ok') this.#openOwned();
    for (const { resolve } of this.#starting.splice(0)) resolve();
    const changed = before === undefined || moved > 0 || gone.length > 0;
    if (changed)
      publishTopology({
        client: this.#setup.name,
        cause,
        epoch: this.#refresher.epoch,
        moved,
        nodes: map.nodes.length,
      });
    this.#host.changed();
    return changed;
  }

  /** Moves the calls of slots that have another owner. Returns how many slots these are. */
  #changeOwners(owners: readonly (Endpoint | undefined)[]): number {
    const changed = new Map<Endpoint, number[]>();
    let moved = 0;
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      const before = this.#owners[slot];
      if (before === owners[slot]) continue;
      this.#owners[slot] = owners[slot];
      moved++;
      if (before === undefined) continue;
      const slots = changed.get(before);
      if (slots === undefined) changed.set(before, [slot]);
      else slots.push(slot);
    }
    for (const [endpoint, slots] of changed) this.#leaveSlots(endpoint, slots);
    return moved;
  }

  #leaveSlots(endpoint: Endpoint, slots: readonly number[]): void {
    const open = slots.filter((slot) => !this.#gates.has(slot));
    const busy = endpoint.shared.ready.filter((connection) => connection.load > 0);
    if (open.length > 0 && busy.length > 0) this.#closeSlots(open, endpoint, busy);
    const left = new Set(slots);
    this.#resubmit(endpoint.pools.flatMap((pool) => pool.takeUnsent(({ part }) => left.has(part))));
  }

  #retire(endpoint: Endpoint, failedOver: boolean): void {
    const unsent = endpoint.pools.flatMap((pool) => pool.takeUnsent(() => true));
    this.#resubmit(unsent);
    const error = new ConnectionError(`${endpoint.identity.addressText} is no ${endpoint.identity.role} any more`);
    endpoint.retire(error);
    const timer = setTimeout(() => this.#end(endpoint, error), failedOver ? DEMOTED_GRACE : LEFT_GRACE);
    timer.unref();
    this.#leaving.set(endpoint, timer);
  }

  #end(endpoint: Endpoint, error: KvError): void {
    clearTimeout(this.#leaving.get(endpoint));
    this.#leaving.delete(endpoint);
    endpoint.close(error);
    this.nodes.forget(endpoint);
  }

  #endSeeds(error: KvError): void {
    for (const seed of this.#seeds.splice(0)) seed.close(error);
  }

  #resubmitHeld(): void {
    for (const request of this.#held.drain()) {
      if (request.unit !== null) {
        if (request.unit.members[0] === request) this.submitUnit(request.unit.members);
      } else if (request.exclusive !== null) this.acquire(request);
      else this.submit(request);
    }
  }

  /** Opens what waited for an owner, or for the cluster to serve again. */
  #openOwned(): void {
    for (const gate of new Set(this.#gates.values()))
      if (gate.slots.every((slot) => this.#owners[slot] !== undefined)) gate.release(NO_OWNER);
  }

  // -- life

  async start(): Promise<void> {
    if (this.#map === undefined) {
      const known = new Promise<void>((resolve, reject) => this.#starting.push({ resolve, reject }));
      this.#refresher.trigger('first use');
      await known;
    }
    const primaries = new Set(this.#owners.filter((owner) => owner !== undefined));
    try {
      await Promise.any([...primaries].map(({ shared }) => shared.start()));
    } catch (error) {
      throw error instanceof AggregateError ? (error.errors[0] ?? noSlots()) : error;
    }
  }

  close(error: KvError): void {
    this.#closed = true;
    this.#refresher.close();
    for (const timer of this.#timers) clearTimeout(timer);
    for (const [endpoint] of this.#leaving) this.#end(endpoint, error);
    this.#endSeeds(error);
    const waiting = [...this.#held.drain(), ...[...new Set(this.#gates.values())].flatMap((gate) => gate.drain())];
    failAll(waiting, error);
    for (const { reject } of this.#starting.splice(0)) reject(error);
  }
}

/** Whether a replica has taken the place of a primary: what the old one still has to say counts for nothing. */
function hasFailedOver(before: SlotMap, after: SlotMap, node: ClusterNode | undefined): boolean {
  const range = before.ranges.find(({ primary }) => primary.id === node?.id);
  if (range === undefined) return false;
  const owner = after.ranges.find(({ start, end }) => start <= range.start && range.start <= end)?.primary.id;
  return range.replicas.some(({ id }) => id === owner);
}

function unitSlot(members: readonly Request[]): number {
  let slot = NO_SLOT;
  for (const { command } of members) {
    const own = commandSlot(command);
    if (own === NO_SLOT || own === slot) continue;
    if (slot !== NO_SLOT)
      throw new ArgumentError(
        `${command.spec.name}: its keys are in another slot than those before it; in a transaction all keys must have the same hash tag, such as {user:1}:a and {user:1}:b`,
        { command: command.spec.name },
      );
    slot = own;
  }
  return slot;
}

/** All of a unit waits when its first member does. */
function pushAll(gate: Gate, request: Request): void {
  if (request.unit === null) gate.push(request);
  else for (const member of request.unit.members) gate.push(member);
}

function keep(kept: Set<Endpoint>, endpoint: Endpoint | undefined): void {
  if (endpoint !== undefined) kept.add(endpoint);
}

function isOpaque(calls: readonly Request[]): boolean {
  return calls.some(({ command }) => (command.flags & Flag.opaque) !== 0);
}

function isAsking({ unit }: Request): boolean {
  return unit?.members[0]?.command === ASKING;
}

/** The calls of users: ASKING was put in front of them by the router. */
function withoutAsking(requests: readonly Request[]): readonly Request[] {
  const [first] = requests;
  if (first?.command !== ASKING) return requests;
  first.succeed(undefined);
  return requests.slice(1);
}

/** Takes ASKING out of what is sent once more, because the slot's owner is asked first. */
function strip(requests: readonly Request[]): Request[] {
  const kept: Request[] = [];
  for (const request of requests) {
    if (request.command === ASKING) {
      request.succeed(undefined);
      continue;
    }
    if (isAsking(request)) {
      const calls = (request.unit as Unit<Request>).members.slice(1);
      const unit = calls.length > 1 ? new Unit<Request>(calls) : null;
      for (const call of calls) call.unit = unit;
    }
    kept.push(request);
  }
  return kept;
}

function pauseAfter(redirects: number): number {
  if (redirects <= FREE_REDIRECTS) return 0;
  const longest = Math.min(SHORTEST_PAUSE * 2 ** (redirects - FREE_REDIRECTS), LONGEST_PAUSE);
  return longest * (0.5 + Math.random() / 2);
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

function failAll(requests: readonly Request[], error: KvError): void {
  for (const request of requests) {
    const { spec } = request.command;
    const details = {
      command: spec.name,
      attempts: request.attempts,
      outcome: request.attempts > 0 ? 'unknown' : 'notSent',
      cause: error,
    } as const;
    if (error.code === 'CLOSED') request.fail(new ClosedError(`${spec.name}: ${error.message}`, details));
    else request.fail(error);
  }
}

function noSlots(): ConnectionError {
  return new ConnectionError('The cluster has no slots');
}
