import type { Endpoint } from '@kv/core';
import type { Reader } from '../pubsub/reader.ts';
import type { Entry } from '../pubsub/subscription-registry.ts';
import type { NodeSubscribers } from './node-subscribers.ts';
import type { Slots } from './slots.ts';

/** On which servers the names of one reader are subscribed. */
export interface Placement {
  /** Whether a name has no server, or its server has not got it. */
  readonly isWaiting: boolean;
  /** Subscribes what is missing where the owners of the slots are now. */
  compare(): void;
  /** A server names another one as owner of a name. */
  follow(entry: Entry<Reader>, target: Endpoint): void;
  /** Ends all. Resolves when the servers have confirmed it. */
  end(): Promise<void>;
}

/** What placements need of the cluster. */
export interface PlacementContext {
  readonly nodes: NodeSubscribers;
  readonly slots: Slots;
}
