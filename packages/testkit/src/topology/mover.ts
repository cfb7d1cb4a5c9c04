import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../random.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterNode } from './cluster-node.ts';
import { checkOwner, renewClaims } from './cluster-setup.ts';
import { closeSlot, importing, migrateKeys, migrating, moveAgain } from './slot-moves.ts';
import { waitFor } from './wait.ts';

/** What is moved, and how fast. */
export interface MoverOptions {
  /** The slots, each moved in its turn. */
  readonly slots: readonly number[];
  /** Milliseconds after which it stops by itself. */
  readonly duration: number;
  /** Keys that one MIGRATE moves; default 3. */
  readonly keys?: number;
  /** Milliseconds after each MIGRATE; default 4, which makes about 20 moves a second with 16 keys in each slot. */
  readonly pause?: number;
  /** Chooses the targets; default 1. */
  readonly seed?: number;
}

/** What a mover has done. */
export interface MoverReport {
  /** Slots that were moved. */
  readonly moves: number;
  /** Why moves were interrupted, text of the errors; they were ended all the same, with a node's successor if need be. */
  readonly interruptions: readonly string[];
  readonly milliseconds: number;
}

/**
 * Moves slots between the primaries of a cluster, one move after the other, until its time is up or `stop` is called.
 * A move that a dying node interrupts is ended with the node's successor, so nodes may be killed meanwhile.
 *
 * @example
 * const mover = startMover(cluster, { slots, duration: 8000 });
 * const { moves } = await mover.stop();
 */
export function startMover(cluster: Cluster, options: MoverOptions): Mover {
  return new Mover(cluster, options);
}

/** A running mover; see {@link startMover}. */
export class Mover {
  readonly #cluster: Cluster;
  readonly #options: MoverOptions;
  /** The primary of each shard, as far as is known: asking before each move would double its time. */
  readonly #primaries = new Map<number, ClusterNode>();
  readonly #began = performance.now();
  #stopped = false;
  #moves = 0;
  readonly #interruptions: string[] = [];
  /** Resolves when no slot is open any more; rejects when a move could not be ended. */
  readonly done: Promise<MoverReport>;

  constructor(cluster: Cluster, options: MoverOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.done = this.#run();
    this.done.catch(() => {}); // `stop` tells
  }

  /** What was done so far. */
  get report(): MoverReport {
    const milliseconds = performance.now() - this.#began;
    return { moves: this.#moves, interruptions: this.#interruptions, milliseconds };
  }

  /** Ends the move that is under way and stops; resolves when no slot is open. */
  stop(): Promise<MoverReport> {
    this.#stopped = true;
    return this.done;
  }

  async #run(): Promise<MoverReport> {
    const { slots, duration, seed = 1 } = this.#options;
    const random = seeded(seed);
    const owners = await this.#owners();
    const shards = [...new Set(this.#cluster.nodes.map(({ shard }) => shard))];
    for (let i = 0; !this.#stopped && performance.now() - this.#began < duration; i++) {
      const slot = slots[i % slots.length] as number;
      const from = owners.get(slot) as number;
      const to = random.pick(shards.filter((shard) => shard !== from));
      await this.#move(slot, from, to);
      owners.set(slot, to);
    }
    await this.#checkClosed();
    return this.report;
  }

  async #owners(): Promise<Map<number, number>> {
    const owners = new Map<number, number>();
    for (const slot of this.#options.slots) owners.set(slot, (await this.#cluster.slotOwner(slot)).shard);
    return owners;
  }

  async #move(slot: number, from: number, to: number): Promise<void> {
    try {
      await this.#steps(slot, await this.#primaryOf(from), await this.#primaryOf(to));
    } catch (error) {
      this.#interruptions.push(`slot ${slot}, shard ${from} to ${to}: ${String(error)}`);
      await waitFor(`end of the move of slot ${slot}`, () => this.#again(slot, from, to), { every: 50 });
    }
    this.#moves++;
  }

  async #steps(slot: number, source: ClusterNode, target: ClusterNode): Promise<void> {
    const { keys = 3, pause = 4 } = this.#options;
    await importing(slot, target, source);
    await migrating(slot, source, target);
    while ((await migrateKeys(slot, source, target, keys)) > 0) await sleep(pause);
    await closeSlot(slot, target, this.#cluster.primaries);
  }

  /** In addition to the move itself: a failover may have left nodes with an old view of the slot. */
  async #again(slot: number, from: number, to: number): Promise<true> {
    this.#primaries.clear();
    const target = await this.#primaryOf(to);
    await moveAgain(slot, await this.#primaryOf(from), target, this.#cluster.primaries);
    await renewClaims([target]);
    await checkOwner(slot, target, this.#cluster.nodes);
    return true;
  }

  async #primaryOf(shard: number): Promise<ClusterNode> {
    const primary = this.#primaries.get(shard) ?? (await this.#cluster.primaryOf(shard));
    this.#primaries.set(shard, primary);
    return primary;
  }

  async #checkClosed(): Promise<void> {
    await waitFor('closing of all slots', async () => {
      await this.#cluster.refresh();
      return this.#cluster.primaries.every(({ openSlots }) => openSlots.length === 0) || undefined;
    });
  }
}
