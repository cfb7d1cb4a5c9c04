import type { Endpoint, Engine } from '@kv/core';
import type { Reader } from '../pubsub/reader.ts';
import { type SlotFollower, Subscriber } from '../pubsub/subscriber.ts';
import { sourceAt } from './primary-sources.ts';

/** One subscriber for each server of a cluster that anything is subscribed on. */
export class NodeSubscribers {
  readonly #client: Engine;
  readonly #followerAt: (endpoint: Endpoint) => SlotFollower;
  readonly #subscribers = new Map<Endpoint, Subscriber>();

  constructor(client: Engine, followerAt: (endpoint: Endpoint) => SlotFollower) {
    this.#client = client;
    this.#followerAt = followerAt;
  }

  get all(): Iterable<Subscriber> {
    return this.#subscribers.values();
  }

  /** The subscriber of a server. */
  at(endpoint: Endpoint): Subscriber {
    let subscriber = this.#subscribers.get(endpoint);
    if (subscriber === undefined) {
      subscriber = new Subscriber(sourceAt(this.#client, endpoint), this.#followerAt(endpoint));
      this.#subscribers.set(endpoint, subscriber);
    }
    return subscriber;
  }

  /** Ends subscriptions of a reader on one server. Resolves when the server has confirmed it. */
  async leave(endpoint: Endpoint, reader: Reader, names: readonly string[]): Promise<void> {
    const subscriber = this.#subscribers.get(endpoint);
    await subscriber?.remove(reader, names);
    if (subscriber?.wanted === false && this.#subscribers.get(endpoint) === subscriber)
      this.#subscribers.delete(endpoint);
  }
}
