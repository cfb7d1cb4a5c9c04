import {
  type AnyCommand,
  type Connection,
  ConnectionError,
  type Endpoint,
  type KvError,
  queueMicrotask,
  type Request,
} from '@kv/core';
import { bringSource } from './bring-source.ts';
import { commandSlot, NO_SLOT } from './command-slot.ts';
import { Gate } from './gate.ts';
import { withHints } from './map-age.ts';
import { SLOT_COUNT } from './slot.ts';

/** Reasons for which a gate is closed, beside connections that have yet to answer. */
export const Hold = { noOwner: 'no owner', unavailable: 'unavailable', pause: 'pause' } as const;

/**
 * The owner of every slot, and the gates of slots whose calls have to wait. Calls on one slot keep their order: they all
 * go through {@link route}.
 */
export class Slots {
  readonly #owners: (Endpoint | undefined)[] = new Array(SLOT_COUNT).fill(undefined);
  readonly #gates = new Map<number, Gate>();
  /** Owners that servers named since the last question for a map. */
  readonly #hints = new Map<number, Endpoint>();
  readonly #ownerWanted: () => void;
  readonly #prefersOther: (request: Request, slot: number) => boolean;
  /** One slot of each owner, as long as no slot gets another owner. */
  #oneSlotOf: ReadonlyMap<Endpoint, number> | undefined;
  /** Called when a slot has got another owner. */
  ownerChanged: ((slot: number) => void) | undefined;
  /** Why the last look for owners failed. */
  failure: KvError | undefined;
  #noOwner: KvError | undefined;

  /**
   * @param ownerWanted called when a call waits for a slot that has no owner
   * @param prefersOther takes a call whose caller said where it is to go (`route`), if another server than the owner may
   *   have it; returns whether it did
   */
  constructor(ownerWanted: () => void, prefersOther: (request: Request, slot: number) => boolean) {
    this.#ownerWanted = ownerWanted;
    this.#prefersOther = prefersOther;
  }

  ownerOf(slot: number): Endpoint | undefined {
    return this.#owners[slot];
  }

  /** The owner of a command's slot, or the slot while it has none; without keys it may go to a server of its own. */
  placeOf(command: AnyCommand): unknown {
    try {
      const slot = commandSlot(command);
      return slot === NO_SLOT ? command : (this.#owners[slot] ?? slot);
    } catch {
      return undefined; // it will be refused
    }
  }

  /** Every endpoint that owns a slot. */
  get owners(): ReadonlySet<Endpoint> {
    return new Set(this.slotByOwner.keys());
  }

  /** One slot of every endpoint that owns any. */
  get slotByOwner(): ReadonlyMap<Endpoint, number> {
    this.#oneSlotOf ??= oneSlotByOwner(this.#owners);
    return this.#oneSlotOf;
  }

  /** A server said that it, or another, owns the slot. */
  setOwner(slot: number, owner: Endpoint): void {
    this.#setOwner(slot, owner);
    this.#hints.set(slot, owner);
  }

  #setOwner(slot: number, owner: Endpoint | undefined): void {
    const before = this.#owners[slot];
    if (before !== undefined && before !== owner) this.ownerChanged?.(slot);
    this.#owners[slot] = owner;
    this.#oneSlotOf = undefined;
  }

  /** Whether calls on the slot have to wait. */
  isHeld(slot: number): boolean {
    return this.#gates.has(slot);
  }

  /** A map is asked for: what it says counts more than what servers said before. */
  mapAsked(): void {
    this.#hints.clear();
  }

  /** The same, when it was said to a command of exclusive use: calls on the shared connection go on behind those there. */
  moveTo(slot: number, owner: Endpoint): void {
    const before = this.#owners[slot];
    this.setOwner(slot, owner);
    if (before !== undefined && before !== owner) this.#leave(before, [slot]);
  }

  /** Gives a call, or the unit it belongs to, to the owner of its slot, or lets it wait at the slot's gate. */
  route(request: Request, slot: number): void {
    if (request.route !== undefined && this.#prefersOther(request, slot)) return;
    request.part = slot;
    if (this.#gates.size !== 0 && request.exclusive === null) {
      const gate = this.#gates.get(slot);
      if (gate !== undefined) return this.#wait(request, slot, gate);
    }
    const owner = this.#owners[slot];
    if (owner === undefined) return this.#waitForOwner(request, slot);
    if (request.exclusive !== null) owner[request.exclusive].submit(request);
    else if (request.unit === null) owner.shared.submit(request);
    else owner.shared.submitUnit(request.unit.members);
  }

  /** Routes calls again that know their slot. Units come with all their members, one after the other. */
  routeAll(requests: readonly Request[]): void {
    for (const request of requests) {
      if (request.unit !== null && request.unit.members[0] !== request) continue;
      bringSource(request);
      this.route(request, request.part);
    }
  }

  /** Takes calls back that were written, or given to a connection, before all that wait at their gates. */
  takeBack(requests: readonly Request[]): void {
    for (const request of requests) {
      const members = request.unit?.members ?? [request];
      if (members[0] !== request) continue;
      const gate = this.#gates.get(request.part);
      if (gate !== undefined) gate.pushRedirected(members);
      else this.route(request, request.part);
    }
  }

  #waitForOwner(request: Request, slot: number): void {
    this.#wait(request, slot, this.#gates.get(slot) ?? this.#newGate([slot], Hold.noOwner));
    this.#ownerWanted();
  }

  /** Lets a call wait at the gate of its slot; all of a unit waits when its first member does. */
  #wait(request: Request, slot: number, gate: Gate): void {
    const cause = this.#owners[slot] === undefined ? this.whyNoOwner : undefined;
    for (const waiting of request.unit?.members ?? [request]) {
      if (cause !== undefined) waiting.cause = cause;
      gate.push(waiting);
    }
  }

  /** Why a slot has no owner. */
  get whyNoOwner(): KvError {
    this.#noOwner ??= new ConnectionError('The map of the cluster has no address of an owner of the slot');
    return this.failure ?? this.#noOwner;
  }

  /** The gate of a slot; it is closed until the server has answered what it has in flight, on whichever connection. */
  gateOf(slot: number, from: Endpoint, connection: Connection): Gate {
    const gate = this.#gates.get(slot) ?? this.#close([slot], from, [connection]);
    this.#awaitReplies(gate, connection);
    for (const other of from.shared.ready) if (other.load > 0) this.#awaitReplies(gate, other);
    return gate;
  }

  /** Whether calls wait for an owner, or for a server that does not serve. */
  get isWaiting(): boolean {
    for (const gate of this.#gates.values())
      if (gate.length > 0 && (gate.isHeldFor(Hold.noOwner) || gate.isHeldFor(Hold.unavailable))) return true;
    return false;
  }

  /** Notes on all calls that wait why they do. */
  setWaitCause(error: KvError): void {
    this.failure = error;
    for (const gate of this.#distinctGates) gate.setWaitCause(error);
  }

  /** Opens the gates of slots that have owners now, and those at which nothing waits. */
  ownersKnown(): void {
    for (const gate of this.#distinctGates)
      if (gate.length === 0 || gate.slots.every((slot) => this.#owners[slot] !== undefined)) gate.release(Hold.noOwner);
  }

  /**
   * Takes the owners of a map, and moves the calls of slots that have another one. Returns how many slots these are.
   *
   * @param latest the endpoint that a server has now which was named in a redirect
   */
  change(mapped: readonly (Endpoint | undefined)[], latest: (named: Endpoint) => Endpoint): number {
    const hints = new Map([...this.#hints].map(([slot, named]) => [slot, latest(named)]));
    const owners = withHints(mapped, hints);
    const changed = new Map<Endpoint, number[]>();
    let moved = 0;
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      const before = this.#owners[slot];
      if (before === owners[slot]) continue;
      this.#setOwner(slot, owners[slot]);
      moved++;
      if (before === undefined) continue;
      const slots = changed.get(before);
      if (slots === undefined) changed.set(before, [slot]);
      else slots.push(slot);
    }
    for (const [endpoint, slots] of changed) this.#leave(endpoint, slots);
    for (const gate of this.#distinctGates)
      if (gate.slots.some((slot) => this.#owners[slot] === undefined)) gate.setWaitCause(this.whyNoOwner);
    return moved;
  }

  /** Takes out all calls that wait, for the end. */
  drain(): Request[] {
    return this.#distinctGates.flatMap((gate) => gate.drain());
  }

  get #distinctGates(): Gate[] {
    return [...new Set(this.#gates.values())];
  }

  /** Slots have left an endpoint: what it has not written goes to the new owners, behind what it has in flight. */
  #leave(endpoint: Endpoint, slots: readonly number[]): void {
    const open = slots.filter((slot) => !this.#gates.has(slot));
    const busy = endpoint.shared.ready.filter((connection) => connection.load > 0);
    if (open.length > 0 && busy.length > 0) this.#close(open, endpoint, busy);
    const left = new Set(slots);
    this.routeAll(endpoint.pools.flatMap((pool) => pool.takeUnsent(({ part }) => left.has(part))));
  }

  /** Closes slots of an endpoint until these connections have answered what they have in flight. */
  #close(slots: readonly number[], from: Endpoint, connections: readonly Connection[]): Gate {
    const gate = this.#newGate(slots, from);
    for (const connection of connections) this.#awaitReplies(gate, connection);
    gate.release(from);
    const closed = new Set(slots);
    const unsent = from.shared.takeUnsent(({ part, exclusive }) => exclusive === null && closed.has(part));
    for (const request of unsent) gate.push(request);
    return gate;
  }

  /** Keeps a gate closed until the connection has answered what it has in flight. */
  #awaitReplies(gate: Gate, connection: Connection): void {
    if (gate.isHeldFor(connection)) return;
    gate.hold(connection);
    // After the refusal that made the gate has been put into it.
    queueMicrotask(() => connection.afterInFlight(() => gate.release(connection)));
  }

  #newGate(slots: readonly number[], reason: unknown): Gate {
    const gate = new Gate(slots, (opened) => this.#open(opened));
    gate.hold(reason);
    for (const slot of slots) this.#gates.set(slot, gate);
    return gate;
  }

  #open(gate: Gate): void {
    for (const slot of gate.slots) if (this.#gates.get(slot) === gate) this.#gates.delete(slot);
    this.routeAll(gate.drain());
  }
}

function oneSlotByOwner(owners: readonly (Endpoint | undefined)[]): ReadonlyMap<Endpoint, number> {
  const first = new Map<Endpoint, number>();
  for (const [slot, owner] of owners.entries()) if (owner !== undefined && !first.has(owner)) first.set(owner, slot);
  return first;
}
