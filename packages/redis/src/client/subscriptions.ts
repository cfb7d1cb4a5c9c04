import type { CallOptions, Client } from '@kv/core';
import type { Many } from '../commands/support/arguments.ts';
import { sourceOf } from '../pubsub/connection-source.ts';
import { Subscriber } from '../pubsub/subscriber.ts';
import type { SubscribeOptions, Subscription } from '../pubsub/subscription.ts';
import type { Kind } from '../pubsub/subscription-commands.ts';
import { ClusterSubscriber } from '../topology/cluster-subscriber.ts';
import { clusterOf } from '../topology/clusters.ts';

/** The subscriptions of a client. */
export interface Subscriptions {
  /** Subscribes. Resolves when every name is confirmed. */
  subscribe<V>(kind: Kind, names: Many, options: SubscribeOptions, call: CallOptions): Promise<Subscription<V>>;
  /** Resolves when what a lost connection had subscribed is subscribed again, or after a short while. */
  restored(): Promise<void>;
}

const known = new WeakMap<Client, Subscriptions>();

/** The subscriptions of all readers of a client, or new ones for a reader that may hold the server back. */
export function subscriptionsOf(client: Client, alone: boolean): Subscriptions {
  if (alone) return make(client);
  let subscriptions = known.get(client);
  if (subscriptions === undefined) {
    subscriptions = make(client);
    known.set(client, subscriptions);
  }
  return subscriptions;
}

/** Resolves when the lost subscriptions of a client are back, if it has any. */
export async function subscriptionsRestored(client: Client): Promise<void> {
  await known.get(client)?.restored();
}

function make(client: Client): Subscriptions {
  const cluster = clusterOf(client);
  return cluster === undefined ? new Subscriber(sourceOf(client)) : new ClusterSubscriber(client, cluster);
}
