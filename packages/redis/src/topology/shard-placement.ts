import type { Endpoint } from '@kv/core';
import { wireName } from '../pubsub/channel-name.ts';
import type { Reader } from '../pubsub/reader.ts';
import { Entry } from '../pubsub/subscription-registry.ts';
import type { Placement, PlacementContext } from './placement.ts';
import { keySlot } from './slot.ts';

/** So many redirects are followed at once; later ones when there is a new map. */
const FREE_FOLLOWS = 3;

/** A name on a server; without a server it waits for the first owner of its slot. */
interface Place {
  readonly endpoint: Endpoint | undefined;
  readonly entry: Entry<Reader>;
}

/** A channel of a slot. */
interface Channel {
  readonly slot: number;
  now: Place;
  /** Where it was before: subscribed there until the server of `now` confirms. */
  before: Place | undefined;
  follows: number;
}

/**
 * Channels of slots, each on the primary of its slot.
 *
 *     owner changes ─▶ SSUBSCRIBE at the new one ─▶ confirmed: gap, SUNSUBSCRIBE at the old one, where it still lives
 */
export class ShardPlacement implements Placement {
  readonly #reader: Reader;
  readonly #context: PlacementContext;
  readonly #channels = new Map<string, Channel>();

  constructor(reader: Reader, context: PlacementContext) {
    this.#reader = reader;
    this.#context = context;
    for (const name of reader.names) {
      const now = { endpoint: undefined, entry: new Entry<Reader>('shard', name) };
      this.#channels.set(name, { slot: keySlot(wireName(name)), now, before: undefined, follows: 0 });
    }
    reader.onConfirmed = (entry) => this.#confirmed(entry);
    reader.joined([...this.#channels.values()].map(({ now }) => now.entry));
  }

  get isWaiting(): boolean {
    for (const { now } of this.#channels.values()) if (now.entry.state === 'wanted') return true;
    return false;
  }

  compare(): void {
    for (const channel of this.#channels.values()) {
      const owner = this.#context.slots.ownerOf(channel.slot);
      if (owner !== undefined && owner !== channel.now.endpoint) this.#place(channel, owner);
    }
  }

  follow(entry: Entry<Reader>, target: Endpoint): void {
    const channel = this.#channels.get(entry.name);
    if (channel?.now.entry !== entry || target === channel.now.endpoint) return;
    if (++channel.follows <= FREE_FOLLOWS) this.#place(channel, target);
  }

  async end(): Promise<void> {
    const places = [...this.#channels.values()].flatMap(({ now, before }) => [now, before]);
    this.#channels.clear();
    await Promise.all(places.map((place) => this.#leave(place)));
  }

  #place(channel: Channel, endpoint: Endpoint): void {
    const { now, before } = channel;
    if (before?.endpoint === endpoint) return this.#takeBack(channel, before);
    const [entry] = this.#context.nodes.at(endpoint).add(this.#reader, [now.entry.name]);
    if (entry === undefined) return;
    channel.now = { endpoint, entry };
    if (before === undefined) channel.before = now;
    this.#reader.moved(now.entry, entry);
    if (before !== undefined || now.endpoint === undefined) void this.#leave(now);
    if (now.endpoint === undefined) channel.before = undefined;
  }

  /** It has not been left yet. */
  #takeBack(channel: Channel, before: Place): void {
    void this.#leave(channel.now);
    channel.now = before;
    channel.before = undefined;
  }

  #confirmed(entry: Entry<Reader>): void {
    const channel = this.#channels.get(entry.name);
    if (channel?.now.entry !== entry) return;
    const { before } = channel;
    channel.follows = 0;
    channel.before = undefined;
    void this.#leave(before);
  }

  async #leave(place: Place | undefined): Promise<void> {
    if (place === undefined) return;
    this.#reader.left(place.entry);
    if (place.endpoint !== undefined) await this.#context.nodes.leave(place.endpoint, this.#reader, [place.entry.name]);
  }
}
