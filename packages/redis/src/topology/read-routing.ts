import {
  type Connection,
  type Endpoint,
  Flag,
  type KvError,
  monotonicNow,
  type Redirect,
  type Request,
} from '@kv/core';
import type { NodeQualities } from './node-qualities.ts';
import { Pauses } from './pauses.ts';
import type { ReadFrom } from './read-from.ts';

/** Their cursors belong to one server. */
const CURSORS: ReadonlySet<string> = new Set(['SCAN', 'HSCAN', 'SSCAN', 'ZSCAN']);

/** How long a replica that refused a read is passed over, ms; longer when it does so again. */
const BACKOFF = { min: 100, max: 5000 };

/** So long a read waits for a replica that is being connected to, or that has not answered what it has, ms. */
const PATIENCE = 500;

/** What the choice of replicas needs of its router. */
export interface ReadContext {
  readonly qualities: NodeQualities;
  /** The server that has everything that was written: in a cluster to a slot, else to any key. */
  readonly primaryOf: (part: number) => Endpoint | undefined;
  /** The servers that have copies of it. */
  readonly replicasOf: (part: number) => readonly Endpoint[];
  /** Routes a request again that knows its part. */
  readonly route: (request: Request) => void;
  /** A replica said that another server has the slot. */
  readonly moved: () => void;
}

/** A refusal of a replica, and how long it is passed over because of it. */
interface Trouble {
  readonly until: number;
  readonly pause: number;
}

/**
 * Gives reads to the servers that their callers prefer (`readFrom`).
 *
 *     a read ─▶ candidates of its part, in the order of preference ─▶ the first that works
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
  #turn = 0;

  constructor(context: ReadContext) {
    this.#context = context;
    context.qualities.links.foreignFound = (endpoint) => this.moveOn(endpoint);
  }

  /** Gives the request to a server other than the primary. Returns false when the primary is to have it. */
  take(request: Request, part: number): boolean {
    if (!mayReadAnywhere(request)) return false;
    const endpoint = this.#choose(request.route as ReadFrom, part);
    if (endpoint === undefined || endpoint === this.#context.primaryOf(part)) return false;
    request.part = part;
    endpoint.shared.submit(request);
    if (!endpoint.shared.isReady) this.#watch(endpoint);
    return true;
  }

  /** A replica did not run a read. Returns whether the read goes on to another server. */
  refused(requests: readonly Request[], { kind }: Redirect, error: KvError, from: Endpoint): boolean {
    const [request] = requests;
    if (request === undefined || !isRouted(request) || from.identity.role !== 'replica') return false;
    if (kind === 'moved') this.#context.moved();
    if (kind === 'moved' || kind === 'unavailable') this.#passOver(from);
    else request.route = undefined; // some of its slot is on the way to another server: its primary knows where
    request.cause = error;
    request.unsend();
    this.#context.route(request);
    return true;
  }

  /** A connection to a server was lost, or could not be made: what waits for it goes on to the next. */
  lost(endpoint: Endpoint): void {
    if (endpoint.identity.role === 'replica') this.#passOver(endpoint);
    if (!endpoint.shared.isReady) this.moveOn(endpoint);
  }

  /** Gives what a server has not been sent to the next. */
  moveOn(endpoint: Endpoint): void {
    const filter = (request: Request): boolean => isRouted(request) && mayReadAnywhere(request);
    for (const request of endpoint.shared.takeUnsent(filter)) this.#context.route(request);
  }

  /** Gives reads that lost their connection to replicas that work. Returns the other requests. */
  retake(requests: readonly Request[]): readonly Request[] {
    return requests.filter((request) => !isRouted(request) || !this.take(request, request.part));
  }

  close(): void {
    this.#pauses.close();
  }

  #choose(readFrom: ReadFrom, part: number): Endpoint | undefined {
    const { qualities, primaryOf, replicasOf } = this.#context;
    const primary = primaryOf(part);
    const replicas = replicasOf(part).filter(
      (endpoint) => this.#works(endpoint) && qualities.links.isReadable(endpoint, primary),
    );
    if (readFrom === 'nearest') return this.#nearest(replicas, part);
    if (readFrom.startsWith('az:')) return this.#inZone(readFrom.slice(3), replicas, part);
    return this.#next(replicas);
  }

  #next(endpoints: readonly Endpoint[]): Endpoint | undefined {
    this.#turn = (this.#turn + 1) % 0x4000_0000;
    return endpoints[this.#turn % endpoints.length];
  }

  #nearest(replicas: readonly Endpoint[], part: number): Endpoint | undefined {
    const { qualities, primaryOf } = this.#context;
    const primary = primaryOf(part);
    let nearest = primary !== undefined && this.#works(primary) ? primary : undefined;
    let shortest = nearest === undefined ? Number.POSITIVE_INFINITY : qualities.roundTrip(nearest);
    for (const replica of replicas) {
      const roundTrip = qualities.roundTrip(replica);
      if (nearest !== undefined && roundTrip >= shortest) continue;
      nearest = replica;
      shortest = roundTrip;
    }
    return nearest;
  }

  #inZone(zone: string, replicas: readonly Endpoint[], part: number): Endpoint | undefined {
    const { qualities, primaryOf } = this.#context;
    const near = replicas.filter((endpoint) => qualities.wantedZoneOf(endpoint) === zone);
    if (near.length > 0) return this.#next(near);
    const primary = primaryOf(part);
    if (primary !== undefined && qualities.wantedZoneOf(primary) === zone && this.#works(primary)) return primary;
    return this.#next(replicas);
  }

  /** Whether a server may be expected to answer soon. One that failed before is used when it is connected again. */
  #works(endpoint: Endpoint): boolean {
    const trouble = this.#troubles.get(endpoint);
    if (trouble !== undefined && monotonicNow() < trouble.until) return false;
    const { shared } = endpoint;
    const bulk = endpoint.poolInUse('bulk')?.ready; // a large call takes its time
    if (!shared.isReady) return !shared.isBackingOff && !(shared.isOpening && shared.lastError !== undefined);
    return !shared.ready.some((connection) => isStuck(connection) && bulk?.includes(connection) !== true);
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
}

/** Whether its server has kept a reply back for a while. Nothing is in flight where the age is infinite. */
export function isStuck({ oldestPendingAge: age }: Connection): boolean {
  return age > PATIENCE && Number.isFinite(age);
}

/** Whether a request is a read that was given to the server that its caller prefers. */
export function isRouted({ route, part, unit }: Request): boolean {
  return route !== undefined && part >= 0 && unit === null;
}

/** Only reads with keys, each for itself: a transaction and a cursor belong to one server. */
function mayReadAnywhere({ command: { flags, spec }, unit, exclusive }: Request): boolean {
  if ((flags & (Flag.read | Flag.blocking)) !== Flag.read || unit !== null || exclusive !== null) return false;
  return spec.keys !== null && !CURSORS.has(spec.name);
}
