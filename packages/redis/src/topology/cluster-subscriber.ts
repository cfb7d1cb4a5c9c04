import {
  ArgumentError,
  asKvError,
  type CallOptions,
  clearTimeout,
  type Endpoint,
  type Engine,
  type Identity,
  type KvError,
  setTimeout,
  type Timer,
} from '@kv/core';
import type { Many } from '../commands/support/arguments.ts';
import { wireName } from '../pubsub/channel-name.ts';
import type { ConnectionSource } from '../pubsub/connection-source.ts';
import type { Reader } from '../pubsub/reader.ts';
import { closedError, type ReaderHost, subscribeOn } from '../pubsub/reader-host.ts';
import type { SubscribeOptions } from '../pubsub/subscribe-options.ts';
import { Subscriber } from '../pubsub/subscriber.ts';
import type { Subscription } from '../pubsub/subscription.ts';
import type { Kind } from '../pubsub/subscription-commands.ts';
import type { Entry } from '../pubsub/subscription-registry.ts';
import type { ClusterRouter } from './cluster-router.ts';
import { EverywherePlacement } from './everywhere-placement.ts';
import type { MapFollower } from './map-follower.ts';
import { NodeSubscribers } from './node-subscribers.ts';
import type { Placement } from './placement.ts';
import { anyPrimary, mapKnown } from './primary-sources.ts';
import { redirectOf } from './redirects.ts';
import { ShardPlacement } from './shard-placement.ts';
import { keySlot } from './slot.ts';

/** Longest time between two looks whether everything is subscribed where it belongs, ms. */
const LOOK = 60_000;

/**
 * The subscriptions of a client of a cluster.
 *
 *     channels, patterns   one subscriber, on a primary chosen by chance: what is published reaches all servers
 *     channels of slots    on the primary of the slot      ┐ one subscriber for each server,
 *     everywhere           on every primary                ┘ compared with every new map
 */
export class ClusterSubscriber implements ReaderHost, MapFollower {
  readonly #client: Engine;
  readonly #router: ClusterRouter;
  readonly #source: ConnectionSource;
  readonly #channels: Subscriber;
  readonly #nodes: NodeSubscribers;
  readonly #placements = new Map<Reader, Placement>();
  #release: (() => void) | undefined;
  #look: Timer | undefined;

  constructor(client: Engine, router: ClusterRouter) {
    this.#client = client;
    this.#router = router;
    this.#source = anyPrimary(client, router);
    this.#channels = new Subscriber(this.#source);
    this.#nodes = new NodeSubscribers(client, (endpoint) => ({
      ended: () => this.#ended(),
      refused: (entry, error) => this.#refused(entry, error, endpoint),
    }));
  }

  /** Subscribes. Resolves when every name is confirmed. */
  async subscribe<V>(kind: Kind, names: Many, options: SubscribeOptions, call: CallOptions): Promise<Subscription<V>> {
    if (kind === 'shard' && options.everywhere === true)
      throw new ArgumentError('everywhere: a channel of a slot is on the primary of the slot only');
    const isPlaced = kind === 'shard' || options.everywhere === true;
    return isPlaced
      ? subscribeOn<V>(this, kind, names, options, call)
      : this.#channels.subscribe<V>(kind, names, options, call);
  }

  /** Calls wait for no subscription: it may be on another server than they. */
  restored(): Promise<void> {
    return Promise.resolve();
  }

  // -- for readers of channels of slots, and of what comes from everywhere

  join(reader: Reader): Promise<void> {
    if (this.#source.closed) return Promise.reject(closedError(reader.kind));
    this.#begin();
    const context = { nodes: this.#nodes, slots: this.#router.slots };
    const placement =
      reader.kind === 'shard' ? new ShardPlacement(reader, context) : new EverywherePlacement(reader, context);
    this.#placements.set(reader, placement);
    placement.compare();
    if (placement.isWaiting) this.#router.refresh('subscription');
    return reader.ready;
  }

  async leave(reader: Reader): Promise<void> {
    const placement = this.#placements.get(reader);
    this.#placements.delete(reader);
    if (this.#placements.size === 0) this.#rest();
    await placement?.end();
  }

  pause(): void {
    for (const subscriber of this.#nodes.all) subscriber.pause();
  }

  resume(): void {
    for (const subscriber of this.#nodes.all) subscriber.resume();
  }

  async settle(): Promise<void> {
    await Promise.all([...this.#nodes.all].map((subscriber) => subscriber.settle()));
  }

  get identity(): Identity {
    return this.#source.identity;
  }

  get timeout(): number {
    return this.#source.timeout;
  }

  get lastError(): KvError | undefined {
    const errors = [...this.#nodes.all].map(({ lastError }) => lastError);
    return errors.find((error) => error !== undefined) ?? this.#router.slots.failure;
  }

  get connected(): boolean {
    return [...this.#nodes.all].some(({ connected }) => connected);
  }

  // -- for the router

  get isWaiting(): boolean {
    for (const placement of this.#placements.values()) if (placement.isWaiting) return true;
    return false;
  }

  mapKnown(): void {
    this.#compare();
  }

  #compare(): void {
    clearTimeout(this.#look);
    this.#look = setTimeout(() => this.#compare(), LOOK);
    this.#look.unref();
    for (const placement of [...this.#placements.values()]) placement.compare();
    for (const subscriber of this.#nodes.all) subscriber.askMissing();
  }

  /** The slot of a channel has left the server: it is asked who has it, and so is the cluster. */
  #ended(): void {
    this.#router.refresh('sunsubscribe');
    this.#compare();
  }

  /** A server has not got the slot of a channel, or does not serve. Returns whether that may pass. */
  #refused(entry: Entry<Reader>, error: KvError, from: Endpoint): boolean {
    const redirect = redirectOf(error.message);
    if (redirect === undefined) return false;
    const target =
      redirect.kind === 'moved' ? this.#router.nodes.primaryNamed(redirect, from.identity.address) : undefined;
    this.#router.refresh('subscription refused', target);
    if (target !== undefined) this.#follow(entry, from, target);
    return true;
  }

  #follow(entry: Entry<Reader>, from: Endpoint, target: Endpoint): void {
    const { slots } = this.#router;
    const slot = keySlot(wireName(entry.name));
    // The answer to an earlier question may still name the old owner.
    if (entry.kind === 'shard' && slots.ownerOf(slot) === from) slots.moveTo(slot, target);
    for (const reader of [...entry.readers]) this.#placements.get(reader)?.follow(entry, target);
  }

  // -- life

  #begin(): void {
    if (this.#release !== undefined) return;
    this.#release = this.#source.hold(() => this.#close());
    this.#router.followers.add(this);
    const known = mapKnown(this.#client, this.#router, () => this.#release !== undefined);
    known.catch((error: unknown) => this.#fail(asKvError(error)));
  }

  /** No one reads. */
  #rest(): void {
    clearTimeout(this.#look);
    this.#router.followers.delete(this);
    this.#release?.();
    this.#release = undefined;
  }

  #fail(error: KvError): void {
    for (const reader of [...this.#placements.keys()]) reader.fail(error); // leaves
  }

  #close(): void {
    const readers = [...this.#placements.keys()];
    this.#placements.clear();
    this.#rest();
    for (const reader of readers) reader.close(closedError(reader.kind));
  }
}
