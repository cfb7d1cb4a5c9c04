import type { CallOptions, Engine } from '@kv/core';
import type { Many } from '../commands/support/arguments.ts';
import type { SubscribeOptions, Subscription } from '../pubsub/subscription.ts';
import type { Kind } from '../pubsub/subscription-commands.ts';
import { extensionOf } from './client-extension.ts';

/** The subscriptions of a client. */
export interface Subscriptions {
  /** Subscribes. Resolves when every name is confirmed. */
  subscribe<V>(kind: Kind, names: Many, options: SubscribeOptions, call: CallOptions): Promise<Subscription<V>>;
  /** Resolves when what a lost connection had subscribed is subscribed again, or after a short while. */
  restored(): Promise<void>;
}

/** The subscriptions of all readers of a client, or new ones for a reader that may hold the server back. */
export function subscriptionsOf(client: Engine, alone: boolean): Promise<Subscriptions> {
  if (alone) return make(client);
  const kept = extensionOf(client);
  kept.subscriptions ??= make(client);
  return kept.subscriptions;
}

/** Resolves when the lost subscriptions of a client are back, if it has any. */
export async function subscriptionsRestored(client: Engine): Promise<void> {
  const subscriptions = await extensionOf(client).subscriptions;
  await subscriptions?.restored();
}

/** Loads the code of subscriptions, which most programs never use. */
async function make(client: Engine): Promise<Subscriptions> {
  await client.routed();
  const { cluster } = extensionOf(client);
  if (cluster === undefined) {
    const { newSubscriber } = await import('../pubsub/new-subscriber.ts');
    return newSubscriber(client);
  }
  const { ClusterSubscriber } = await import('../topology/cluster-subscriber.ts');
  return new ClusterSubscriber(client, cluster);
}
