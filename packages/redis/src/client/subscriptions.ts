import type { Engine } from '@kv/core';
import { outsideOfCalls } from '@kv/core';
import { extensionOf, type Subscriptions } from './client-extension.ts';

/** The subscriptions of all readers of a client, or new ones for a reader that may hold the server back. */
export function subscriptionsOf(client: Engine, alone: boolean): Promise<Subscriptions> {
  if (alone) return make(client);
  const kept = extensionOf(client);
  kept.subscriptions ??= make(client);
  return kept.subscriptions;
}

/** Resolves when the lost subscriptions of a client are back, at once if it lost none. */
export async function subscriptionsRestored(client: Engine): Promise<void> {
  const subscriptions = await extensionOf(client).subscriptions;
  await subscriptions?.restored();
}

/** Loads the code of subscriptions, which most programs never use. */
async function make(client: Engine): Promise<Subscriptions> {
  await client.routed();
  const { cluster } = extensionOf(client);
  if (cluster === undefined) {
    const { newSubscriber } = await outsideOfCalls(() => import('../pubsub/new-subscriber.ts'));
    return newSubscriber(client);
  }
  const { ClusterSubscriber } = await outsideOfCalls(() => import('../topology/cluster-subscriber.ts'));
  return new ClusterSubscriber(client, cluster);
}
