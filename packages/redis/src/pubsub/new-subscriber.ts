import type { Engine } from '@kv/core';
import { sourceOf } from './connection-source.ts';
import { Subscriber } from './subscriber.ts';

/** A subscriber with a connection of its own to the server of a client. */
export function newSubscriber(client: Engine): Subscriber {
  return new Subscriber(sourceOf(client));
}
