import {
  type Endpoint,
  type Request,
  type RequestPart,
  type RouterHost,
  repliesOf,
  type Settled,
  splitRequest,
} from '@kv/core';
import { type FanOut, mergeReplies, oneSucceeded } from './fan-out.ts';
import type { SlotMap } from './slot-map.ts';
import type { Slots } from './slots.ts';
import { partOf, type SendToSlot } from './split-calls.ts';

/** What it needs to know about the cluster. */
export interface KnownServers {
  readonly map: SlotMap | undefined;
  /** Servers in use, primaries and replicas. */
  readonly endpoints: readonly Endpoint[];
  readonly slots: Slots;
  /** Takes a call that has to wait for a map with owners of slots. */
  hold(request: Request): void;
}

/** The `route` of a part for one primary: it follows the primary, not the slot. */
export const PART_OF_FAN_OUT = 'part of a fan-out';

/** What a part says that is not needed: another part speaks of the same server. */
const COVERED = Symbol('covered');

/** The primary that one part of a call is for; undefined: the owner of its slot is not known yet. */
interface Shard {
  endpoint: Endpoint | undefined;
}

/** A part, and all primaries that parts of the same call are for. */
interface ShardPart {
  readonly shard: Shard;
  readonly all: readonly Shard[];
}

/**
 * Sends one call to many servers and puts their replies together.
 *
 *     DBSIZE ─┬─▶ part for A, by a slot of A ──┐ A has lost the slot but not all:  by another slot of A
 *             └─▶ part for B, by a slot of B   ├ A has been replaced by C:         the part is for C
 *                                              └ A has left its slots to B:        B's part has its keys
 */
export class FanOutCalls {
  readonly #host: RouterHost;
  readonly #cluster: KnownServers;
  readonly #send: SendToSlot;
  readonly #parts = new WeakMap<Request, ShardPart>();

  constructor(host: RouterHost, cluster: KnownServers, send: SendToSlot) {
    this.#host = host;
    this.#cluster = cluster;
    this.#send = send;
  }

  submit(request: Request, { target, merge }: FanOut): void {
    const primaries = this.#forPrimaries(request);
    if (primaries.length === 0) return this.#cluster.hold(request);
    const replicas = target === 'nodes' ? this.#forReplicas(request) : [];
    const parts: RequestPart[] = [...primaries, ...replicas];
    const { name } = request.command.spec;
    splitRequest(request, parts, (results) => {
      const [counted, ends] = withoutCovered(parts, results);
      if (target === 'untilFound') return anyFound(repliesOf(name, counted, ends));
      if (merge === 'oneSucceeded') return wireValue(oneSucceeded(ends));
      return mergeReplies(name, merge, repliesOf(name, counted, ends));
    });
    for (const part of primaries) this.#send(part.request, part.slot);
    for (const part of replicas) part.endpoint.shared.submit(part.request);
  }

  /**
   * Routes a part whose slot may have another owner by now. Returns false when it goes to the owner of the slot, as other
   * calls do.
   */
  place(request: Request, slot: number): boolean {
    const { slots } = this.#cluster;
    const { shard, all } = this.#parts.get(request) as ShardPart;
    const owner = slots.ownerOf(slot);
    if (owner === undefined || owner === shard.endpoint) return false;
    const other = shard.endpoint && slots.slotByOwner.get(shard.endpoint);
    if (other !== undefined) slots.route(request, other);
    else if (all.some(({ endpoint }) => endpoint === owner)) request.succeed(COVERED);
    else {
      shard.endpoint = owner;
      return false;
    }
    return true;
  }

  #forPrimaries(request: Request): (RequestPart & { readonly slot: number })[] {
    const { slots } = this.#cluster;
    const known = [...slots.slotByOwner];
    const places: [Endpoint | undefined, number][] = known.length === 0 ? [] : [...known, ...this.#withoutAddress()];
    const all: Shard[] = [];
    return places.map(([endpoint, slot]) => {
      const part = this.#part(request, endpoint);
      const shard = { endpoint };
      all.push(shard);
      part.request.route = PART_OF_FAN_OUT;
      this.#parts.set(part.request, { shard, all });
      return { ...part, slot };
    });
  }

  /** Primaries that the map has without an address: parts for them wait for one, so that no answer leaves them out. */
  #withoutAddress(): [undefined, number][] {
    const slots = new Map<string, number>();
    for (const { primary, start } of this.#cluster.map?.ranges ?? [])
      if (this.#cluster.slots.ownerOf(start) === undefined) slots.set(primary.id, start);
    return [...slots.values()].map((slot) => [undefined, slot]);
  }

  #forReplicas(request: Request): (RequestPart & { readonly endpoint: Endpoint })[] {
    const isUsed = ({ identity, shared }: Endpoint): boolean => identity.role === 'replica' && shared.isReady;
    const replicas = this.#cluster.endpoints.filter(isUsed);
    return replicas.map((endpoint) => ({ ...this.#part(request, endpoint), endpoint }));
  }

  #part(request: Request, endpoint: Endpoint | undefined): RequestPart {
    const part = partOf(this.#host, request, request.command.args);
    return { request: part, keys: [], server: endpoint?.identity.addressText };
  }
}

function withoutCovered(
  parts: readonly RequestPart[],
  results: readonly Settled[],
): readonly [parts: readonly RequestPart[], results: readonly Settled[]] {
  const counts = (_: unknown, i: number): boolean => {
    const result = results[i];
    return result?.ok !== true || result.value !== COVERED;
  };
  return [parts.filter(counts), results.filter(counts)];
}

/** A random one of the values that are not null. */
function anyFound(replies: readonly unknown[]): unknown {
  const found = replies.filter((reply) => reply !== null);
  return found[Math.floor(Math.random() * found.length)] ?? null;
}

function wireValue(settled: Settled | undefined): unknown {
  if (settled?.ok === false) throw settled.error;
  return settled?.value;
}
