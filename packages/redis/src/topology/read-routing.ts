import {
  type Connection,
  type Endpoint,
  Flag,
  type KvError,
  monotonicNow,
  type Redirect,
  type Request,
} from '@kv/core';
import type { ClusterNodes } from './cluster-nodes.ts';
import type { NodeQualities } from './node-qualities.ts';
import { Pauses } from './pauses.ts';
import type { ReadFrom } from './read-from.ts';
import type { Refresher } from './refresh.ts';
import { type SlotMap, type SlotRange, type SlotTable, slotTable } from './slot-map.ts';
import type { Slots } from './slots.ts';

/** Their cursors belong to one server. */
const CURSORS: ReadonlySet<string> = new Set(['SCAN', 'HSCAN', 'SSCAN', 'ZSCAN']);

/** How long a replica that refused a read is passed over, ms; longer when it does so again. */
const BACKOFF = { min: 100, max: 5000 };

/** So long a read waits for a replica that is being connected to, or that has not answered what it has, ms. */
const PATIENCE = 500;

/** What the choice of replicas needs of its router. */
export interface ReadContext {
  readonly nodes: ClusterNodes;
  readonly slots: Slots;
  readonly refresher: Refresher;
  readonly qualities: NodeQualities;
  readonly map: () => SlotMap | undefined;
}

/** A refusal of a replica, and how long it is passed over because of it. */
interface Trouble {
  readonly until: number;
  readonly pause: number;
}

/**
 * Gives reads to the servers that their callers prefer (`readFrom`).
 *
 *     a read ─▶ candidates of its slot, in the order of preference ─▶ the first that works
 *                   ▲                                                     │ down, loading, MOVED …
 *                   └────────────── passed over for a while ◀─────────────┘
 *
 * Where none is left, the primary has it, like any other call.
 */
export class ReadRouting {
  readonly #context: ReadContext;
  readonly #troubles = new WeakMap<Endpoint, Trouble>();
  readonly #watched = new Set<Endpoint>();
  readonly #pauses = new Pauses();
  readonly #replicas = new Map<SlotRange, readonly Endpoint[]>();
  #map: SlotMap | undefined;
  #table: SlotTable = [];
  #turn = 0;

  constructor(context: ReadContext) {
    this.#context = context;
  }

  /** Gives the request to a server other than the owner of the slot. Returns false when the owner is to have it. */
  take(request: Request, slot: number): boolean {
    if (!mayReadAnywhere(request)) return false;
    const endpoint = this.#choose(request.route as ReadFrom, slot);
    if (endpoint === undefined || endpoint === this.#context.slots.ownerOf(slot)) return false;
    request.part = slot;
    endpoint.shared.submit(request);
    if (!endpoint.shared.isReady) this.#watch(endpoint);
    return true;
  }

  /** A replica did not run a read. Returns whether the read goes on to another server. */
  refused(requests: readonly Request[], { kind }: Redirect, error: KvError, from: Endpoint): boolean {
    const [request] = requests;
    if (request === undefined || !isRouted(request) || from.identity.role !== 'replica') return false;
    if (kind === 'moved') this.#context.refresher.trigger('MOVED');
    if (kind === 'moved' || kind === 'unavailable') this.#passOver(from);
    else request.route = undefined; // some of its slot is on the way to another server: its owner knows where
    request.cause = error;
    request.unsend();
    this.#context.slots.route(request, request.part);
    return true;
  }

  /** A connection to a server was lost, or could not be made: what waits for it goes on to the next. */
  lost(endpoint: Endpoint): void {
    if (endpoint.identity.role !== 'replica') return;
    this.#passOver(endpoint);
    if (!endpoint.shared.isReady) this.#moveOn(endpoint);
  }

  close(): void {
    this.#pauses.close();
  }

  #choose(readFrom: ReadFrom, slot: number): Endpoint | undefined {
    const replicas = this.#replicasOf(slot).filter((endpoint) => this.#works(endpoint));
    if (readFrom === 'nearest') return this.#nearest(replicas, slot);
    if (readFrom.startsWith('az:')) return this.#inZone(readFrom.slice(3), replicas, slot);
    return this.#next(replicas);
  }

  #next(endpoints: readonly Endpoint[]): Endpoint | undefined {
    this.#turn = (this.#turn + 1) % 0x4000_0000;
    return endpoints[this.#turn % endpoints.length];
  }

  #nearest(replicas: readonly Endpoint[], slot: number): Endpoint | undefined {
    const { qualities, slots } = this.#context;
    const owner = slots.ownerOf(slot);
    let nearest = owner !== undefined && this.#works(owner) ? owner : undefined;
    let shortest = nearest === undefined ? Number.POSITIVE_INFINITY : qualities.roundTrip(nearest);
    for (const replica of replicas) {
      const roundTrip = qualities.roundTrip(replica);
      if (nearest !== undefined && roundTrip >= shortest) continue;
      nearest = replica;
      shortest = roundTrip;
    }
    return nearest;
  }

  #inZone(zone: string, replicas: readonly Endpoint[], slot: number): Endpoint | undefined {
    const { qualities, slots } = this.#context;
    const near = replicas.filter((endpoint) => qualities.wantedZoneOf(endpoint) === zone);
    if (near.length > 0) return this.#next(near);
    const owner = slots.ownerOf(slot);
    if (owner !== undefined && qualities.wantedZoneOf(owner) === zone && this.#works(owner)) return owner;
    return this.#next(replicas);
  }

  #replicasOf(slot: number): readonly Endpoint[] {
    const map = this.#context.map();
    if (map !== this.#map) this.#read(map);
    const range = this.#table[slot];
    if (range === undefined) return [];
    const known = this.#replicas.get(range);
    if (known !== undefined) return known;
    const replicas = range.replicas.map((node) => this.#context.nodes.endpointOf(node));
    const found = replicas.filter((endpoint) => endpoint !== undefined);
    this.#replicas.set(range, found);
    return found;
  }

  #read(map: SlotMap | undefined): void {
    this.#map = map;
    this.#table = map === undefined ? [] : slotTable(map);
    this.#replicas.clear();
  }

  /** Whether a server may be expected to answer soon. One that failed before is used when it is connected again. */
  #works(endpoint: Endpoint): boolean {
    const trouble = this.#troubles.get(endpoint);
    if (trouble !== undefined && monotonicNow() < trouble.until) return false;
    const { shared } = endpoint;
    if (!shared.isReady) return !shared.isBackingOff && !(shared.isOpening && shared.lastError !== undefined);
    return !shared.ready.some(isStuck);
  }

  #passOver(endpoint: Endpoint): void {
    const now = monotonicNow();
    const before = this.#troubles.get(endpoint);
    const again = before !== undefined && now < before.until + before.pause;
    const pause = again ? Math.min(before.pause * 2, BACKOFF.max) : BACKOFF.min;
    this.#troubles.set(endpoint, { until: now + pause, pause });
  }

  /** A server that is frozen accepts connections and says nothing. */
  #watch(endpoint: Endpoint): void {
    if (this.#watched.has(endpoint)) return;
    this.#watched.add(endpoint);
    this.#pauses.after(PATIENCE, () => {
      this.#watched.delete(endpoint);
      if (!endpoint.shared.isReady) this.lost(endpoint);
    });
  }

  #moveOn(endpoint: Endpoint): void {
    this.#context.slots.routeAll(endpoint.shared.takeUnsent(isRouted));
  }
}

/** Whether its server has kept a reply back for a while. Nothing is in flight where the age is infinite. */
function isStuck({ oldestPendingAge: age }: Connection): boolean {
  return age > PATIENCE && Number.isFinite(age);
}

function isRouted({ route, part, unit }: Request): boolean {
  return route !== undefined && part >= 0 && unit === null;
}

/** Only reads with keys, each for itself: a transaction and a cursor belong to one server. */
function mayReadAnywhere({ command: { flags, spec }, unit, exclusive }: Request): boolean {
  if ((flags & (Flag.read | Flag.blocking)) !== Flag.read || unit !== null || exclusive !== null) return false;
  return spec.keys !== null && !CURSORS.has(spec.name);
}
