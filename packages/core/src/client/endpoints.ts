import type { ServerOf } from '../command/executor.ts';
import type { KvError } from '../errors.ts';
import { type ClientSetup, type ControlSenders, poolSetups } from './client-setup.ts';
import { type ConnectionEvent, Endpoint, type EndpointIdentity } from './endpoint.ts';
import type { InternalCalls } from './internal-calls.ts';
import type { Router } from './router.ts';

/** Who is told of the connections of the endpoints of a client. */
export interface EndpointEvents {
  router(): Router;
  /** A pool has opened or lost connections. */
  changed(endpoint: Endpoint, cause: KvError | undefined): void;
  told(endpoint: Endpoint, event: ConnectionEvent): void;
  /** Its server is used no more. */
  closed(endpoint: Endpoint): void;
}

/** Makes an endpoint of a client, and ties it to the client's router. */
export function makeEndpoint(
  identity: EndpointIdentity,
  setup: ClientSetup,
  internals: InternalCalls,
  events: EndpointEvents,
): Endpoint {
  const isOrdered = setup.pools.shared.ordered === true; // then blocking calls are on its connection, too
  const control = {
    shared: (command, options) => internals.sendOn(endpoint.shared, command, options),
    extra: (command, options) =>
      internals.sendOnExtra(isOrdered ? endpoint.blocking : endpoint.streams, command, options),
  } satisfies ControlSenders;
  const setups = poolSetups(setup, internals.tracker, control, () => endpoint, identity);
  const endpoint: Endpoint = new Endpoint(identity, setups, {
    requeue: (requests) => events.router().requeue?.(requests, endpoint) ?? requests,
    redirected: (requests, redirect, error, connection) =>
      events.router().redirected?.(requests, redirect, error, connection, endpoint) === true,
    changed: (cause) => events.changed(endpoint, cause),
    told: (event) => events.told(endpoint, event),
    closed: () => events.closed(endpoint),
  });
  return endpoint;
}

/** The servers that keys lie on, each with a client for it alone; replicas are none of them. */
export function serversOf<C>(endpoints: readonly Endpoint[], clientOf: (endpoint: Endpoint) => C): ServerOf<C>[] {
  const primaries = endpoints.filter(({ identity }) => identity.role !== 'replica');
  return primaries.map((endpoint) => {
    const { id, addressText } = endpoint.identity;
    return { name: id ?? addressText, address: addressText, client: clientOf(endpoint) };
  });
}
