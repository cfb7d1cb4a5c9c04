import { type CallOptions, Command, type Endpoint, type Engine, monotonicNow, read, TimeoutError } from '@kv/core';
import { extensionOf } from '../client/client-extension.ts';
import { type KeyPage, type KeyScanOptions, scan } from '../commands/key.ts';
import { list } from '../commands/support/replies.ts';
import { prefixed } from '../protocol/key-prefix.ts';
import type { ClusterRouter } from './cluster-router.ts';
import { SLOT_COUNT } from './slot.ts';
import { SlotKeys } from './slot-keys.ts';
import { isLoss, type SlotState, type SlotStates, slotStates } from './slot-states.ts';

const GETKEYSINSLOT = read('CLUSTER GETKEYSINSLOT', null);

/** More than any slot has: all keys of a slot come in one reply, which is one moment of it. */
const ALL = '2147483647';

/** How many slots are read between two looks at the cluster. */
const SLOTS_AT_ONCE = 256;

/** Pause before slots without a server are looked for again, ms. */
const PAUSE = 100;

/** All keys of the cluster that a client sends to, see {@link ClusterScan}. */
export async function* scanCluster<V>(
  client: Engine,
  call: CallOptions,
  options: KeyScanOptions,
): AsyncGenerator<V, void, undefined> {
  scan('0', options); // says what is wrong with the options
  await client.connect();
  const { cluster } = extensionOf(client);
  if (cluster !== undefined) yield* new ClusterScan<V>(client, cluster, call, options).keys();
}

/** How a slot was read. */
interface SlotRead {
  readonly state: SlotState;
  /** Whether it was read alone, on all servers that may have keys of it; otherwise with all of its server. */
  readonly alone: boolean;
}

/**
 * All keys of a cluster, also while slots move and primaries are replaced: each key that is there all the time comes,
 * some may come twice.
 *
 *     view ─▶ SCAN of each primary ─▶ view ─▶ slots that were moving, or have moved since the view before:
 *              │  lost: its successor           GETKEYSINSLOT, source before target ─▶ view ─▶ … until none is left
 */
export class ClusterScan<V> {
  readonly #client: Engine;
  readonly #router: ClusterRouter;
  readonly #call: CallOptions;
  readonly #options: KeyScanOptions;
  readonly #read = new Map<number, SlotRead>();

  constructor(client: Engine, router: ClusterRouter, call: CallOptions, options: KeyScanOptions) {
    this.#client = client;
    this.#router = router;
    this.#call = call;
    this.#options = options;
  }

  async *keys(): AsyncGenerator<V, void, undefined> {
    const began = monotonicNow();
    let view = await this.#view();
    for (; view.size === 0; view = await this.#view()) await this.#waitForOwners({ size: SLOT_COUNT }, began);
    for (const [endpoint, slots] of slotsByPrimary(view)) yield* this.#scan(endpoint, slots, view);
    yield* this.#readMoved(new Set(view.keys()), new SlotKeys<V>(this.#client, this.#call, this.#options));
  }

  #view(): Promise<SlotStates> {
    return slotStates(this.#client, this.#router, this.#call);
  }

  /** All keys of a primary. Its cursors mean nothing to its successor, which is read from the beginning. */
  async *#scan(first: Endpoint, slots: readonly number[], view: SlotStates): AsyncGenerator<V, void, undefined> {
    let cursor = '0';
    let endpoint = first;
    let lost = 0;
    this.#begin(endpoint, slots, view);
    for (;;) {
      const page = await this.#page(endpoint, cursor);
      if (page !== undefined) {
        lost = 0;
        yield* page.keys;
      } else {
        const now = await this.#view();
        const successor = now.get(slots[0] as number)?.places[0];
        lost ||= monotonicNow();
        if (successor === undefined) await this.#waitForOwners({ size: slots.length }, lost);
        else endpoint = successor;
        this.#begin(endpoint, slots, now);
      }
      cursor = page?.cursor ?? '0';
      if (page?.cursor === '0') return;
    }
  }

  /** Notes where slots are; those of other servers are read alone later. */
  #begin(endpoint: Endpoint, slots: readonly number[], view: SlotStates): void {
    for (const slot of slots) {
      const state = view.get(slot);
      if (state?.places.length === 1 && state.places[0] === endpoint) this.#read.set(slot, { state, alone: false });
      else this.#read.delete(slot);
    }
  }

  /** One page; undefined when the primary has been replaced. */
  async #page(endpoint: Endpoint, cursor: string): Promise<KeyPage<V> | undefined> {
    try {
      const command = prefixed(scan<V>(cursor, this.#options), this.#call.keyPrefix);
      return await this.#client.only(endpoint).send(command, this.#call);
    } catch (error) {
      if (!isLoss(error) || this.#router.slots.owners.has(endpoint)) throw error;
      return undefined;
    }
  }

  async *#readMoved(slots: Set<number>, filter: SlotKeys<V>): AsyncGenerator<V, void, undefined> {
    let since = monotonicNow();
    for (;;) {
      const view = await this.#view();
      const size = slots.size;
      for (const slot of slots) if (this.#isRead(slot, view.get(slot))) slots.delete(slot);
      if (slots.size === 0) return;
      if (slots.size < size) since = monotonicNow();
      const batch = [...slots].filter((slot) => view.has(slot)).slice(0, SLOTS_AT_ONCE);
      if (batch.length === 0) await this.#waitForOwners(slots, since);
      for (const keys of await this.#readSlots(batch, view)) yield* await filter.wanted(keys);
    }
  }

  /** Whether nothing can have been missed: the slot was where it is all the time, or came from where it was read first. */
  #isRead(slot: number, now: SlotState | undefined): boolean {
    const done = this.#read.get(slot);
    if (done === undefined || now === undefined) return false;
    if (done.state.mark === now.mark) return done.alone || now.places.length === 1;
    const { places } = done.state;
    return done.alone && places.length > 1 && now.places.length === 1 && now.places[0] === places.at(-1);
  }

  /** Waits a little for a map with owners of slots. @throws TimeoutError when there have been none for the whole timeout */
  async #waitForOwners(slots: { readonly size: number }, since: number): Promise<void> {
    const { timeout = this.#client.defaults.timeout } = this.#call;
    if (timeout > 0 && monotonicNow() - since > timeout)
      throw new TimeoutError(`SCAN: slots have no server (${slots.size} after ${timeout} ms)`, { command: 'SCAN' });
    this.#router.refresh('slot without owner');
    await this.#client.delay(PAUSE, { ...this.#call, timeout: 0 }, scan('0'));
  }

  /** Reads slots alone: each on its source, then on its target. What fails because a server is gone is read again. */
  #readSlots(slots: readonly number[], view: SlotStates): Promise<Uint8Array[][]> {
    return Promise.all(slots.map((slot) => this.#readSlot(slot, view.get(slot) as SlotState)));
  }

  async #readSlot(slot: number, state: SlotState): Promise<Uint8Array[]> {
    const keys: Uint8Array[] = [];
    this.#read.delete(slot);
    try {
      for (const endpoint of state.places) keys.push(...(await this.#keysAt(endpoint, slot)));
      this.#read.set(slot, { state, alone: true });
    } catch (error) {
      if (!isLoss(error)) throw error;
    }
    return keys;
  }

  #keysAt(endpoint: Endpoint, slot: number): Promise<Uint8Array[]> {
    const command = new Command<Uint8Array[]>(GETKEYSINSLOT, [String(slot), ALL], list<Uint8Array>);
    return this.#client.only(endpoint).send(command, { ...this.#call, bytes: true });
  }
}

function slotsByPrimary(view: SlotStates): ReadonlyMap<Endpoint, readonly number[]> {
  const slots = new Map<Endpoint, number[]>();
  for (const [slot, { places }] of view) {
    const [owner] = places as readonly [Endpoint];
    const own = slots.get(owner);
    if (own === undefined) slots.set(owner, [slot]);
    else own.push(slot);
  }
  return slots;
}
