import type { CallOptions, Engine } from '@kv/core';
import type { ClientCache } from '../cache/client-cache.ts';
import type { Many } from '../commands/support/arguments.ts';
import type { SubscribeOptions } from '../pubsub/subscribe-options.ts';
import type { Subscription } from '../pubsub/subscription.ts';
import type { Kind } from '../pubsub/subscription-commands.ts';
import type { ClusterRouter } from '../topology/cluster-router.ts';
import type { NodeQualities } from '../topology/node-qualities.ts';
import type { SentinelRouter } from '../topology/sentinel-router.ts';

/** The subscriptions of a client. */
export interface Subscriptions {
  /** Subscribes. Resolves when every name is confirmed. */
  subscribe<V>(kind: Kind, names: Many, options: SubscribeOptions, call: CallOptions): Promise<Subscription<V>>;
  /** Resolves when what a lost connection had subscribed is subscribed again, or after a short while. */
  restored(): Promise<void>;
}

/** What is kept with a client, for all its views and all copies of this module. */
export interface ClientExtension {
  /** Whether the client sends to the servers of a cluster. */
  clustered?: boolean;
  /** The router of a cluster, once it is loaded. */
  cluster?: ClusterRouter;
  /** The router of a primary with replicas that sentinels watch, once it is loaded. */
  replicated?: SentinelRouter;
  /** What is known of the servers of a router. */
  qualities?: NodeQualities;
  /** What a client with the option `cache` keeps. */
  cache?: ClientCache;
  /** The same, while its code is loaded and after that. */
  loadingCache?: Promise<ClientCache>;
  /** The subscriptions that the readers of this client share. */
  subscriptions?: Promise<Subscriptions>;
}

/** What is kept with this client. */
export function extensionOf({ extension }: Engine): ClientExtension {
  return extension as ClientExtension;
}
