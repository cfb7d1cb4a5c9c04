import type { Endpoint } from '@kv/core';
import type { Reader } from '../pubsub/reader.ts';
import { Entry } from '../pubsub/subscription-registry.ts';
import type { Placement, PlacementContext } from './placement.ts';

/** All names of a reader on every primary, because what servers tell on themselves comes from no other. */
export class EverywherePlacement implements Placement {
  readonly #reader: Reader;
  readonly #context: PlacementContext;
  readonly #entries = new Map<Endpoint, readonly Entry<Reader>[]>();
  /** Stands for the names as long as no primary is known. */
  #none: Entry<Reader> | undefined;

  constructor(reader: Reader, context: PlacementContext) {
    this.#reader = reader;
    this.#context = context;
    this.#none = new Entry<Reader>(reader.kind, '');
    reader.joined([this.#none]);
  }

  get isWaiting(): boolean {
    const entries = [...this.#entries.values()].flat();
    return entries.length === 0 || entries.some(({ state }) => state === 'wanted');
  }

  compare(): void {
    const { owners } = this.#context.slots;
    for (const owner of owners) if (!this.#entries.has(owner)) this.#add(owner);
    for (const endpoint of this.#entries.keys()) if (!owners.has(endpoint)) void this.#leave(endpoint);
    if (owners.size > 0 && this.#none !== undefined) {
      this.#reader.left(this.#none);
      this.#none = undefined;
    }
  }

  /** These names belong to no slot. */
  follow(): void {}

  async end(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((endpoint) => this.#leave(endpoint)));
  }

  #add(endpoint: Endpoint): void {
    const reader = this.#reader;
    const entries = this.#context.nodes.at(endpoint).add(reader, reader.names);
    this.#entries.set(endpoint, entries);
    if (!reader.isReady) reader.joined(entries);
    else for (const entry of entries) reader.moved(undefined, entry);
  }

  async #leave(endpoint: Endpoint): Promise<void> {
    for (const entry of this.#entries.get(endpoint) ?? []) this.#reader.left(entry);
    this.#entries.delete(endpoint);
    await this.#context.nodes.leave(endpoint, this.#reader, this.#reader.names);
  }
}
