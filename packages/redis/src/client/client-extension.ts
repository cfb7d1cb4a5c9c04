import type { Engine } from '@kv/core';
import type { ClusterRouter } from '../topology/cluster-router.ts';
import type { Subscriptions } from './subscriptions.ts';

/** What is kept with a client, for all its views and all copies of this module. */
export interface ClientExtension {
  /** The router of a cluster, once it is loaded. */
  cluster?: ClusterRouter;
  /** The subscriptions that the readers of this client share. */
  subscriptions?: Promise<Subscriptions>;
}

/** What is kept with this client. */
export function extensionOf({ extension }: Engine): ClientExtension {
  return extension as ClientExtension;
}
