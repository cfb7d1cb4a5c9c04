import { asKvError, ConnectionError, type Endpoint, type Engine, type KvError, type Lease, setTimeout } from '@kv/core';
import { isFinal } from '../protocol/final-errors.ts';
import { type ConnectionSource, sourceWith } from '../pubsub/connection-source.ts';
import type { ClusterRouter } from './cluster-router.ts';

/** How long one primary may take to accept a connection before another is tried, ms. */
const ATTEMPT = 1000;

/** Pause after a failed attempt, ms. */
const PAUSE = 50;

/** Connections for subscriptions to one server of a cluster. */
export function sourceAt(client: Engine, endpoint: Endpoint): ConnectionSource {
  const open = (signal: AbortSignal): Promise<Lease> =>
    client.acquireInternal({ timeout: 0, signal }, 'streams', endpoint);
  return sourceWith(client, open, () => endpoint.streams.lastError);
}

/** Connections for subscriptions to any primary of a cluster, each time another one by chance. */
export function anyPrimary(client: Engine, router: ClusterRouter): ConnectionSource {
  let last: KvError | undefined;
  const open = async (signal: AbortSignal): Promise<Lease> => {
    for (;;) {
      try {
        await mapKnown(
          client,
          router,
          () => !signal.aborted,
          (error) => {
            last = error;
          },
        );
        signal.throwIfAborted();
        const lease = await client.acquireInternal({ timeout: ATTEMPT, signal }, 'streams', someOwner(router));
        last = undefined;
        return lease;
      } catch (error) {
        if (signal.aborted) throw error;
        last = asKvError(error);
        if (isOver(last, client)) throw last;
        await new Promise<void>((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  };
  return sourceWith(client, open, () => last);
}

/**
 * Resolves when a map of the cluster is known, or is not awaited any more.
 *
 * @param failed told each time why there is none
 * @throws what the servers refuse the login with
 */
export async function mapKnown(
  client: Engine,
  router: ClusterRouter,
  isAwaited: () => boolean,
  failed: (error: KvError) => void = () => undefined,
): Promise<void> {
  while (router.map === undefined && isAwaited()) {
    try {
      await client.connect();
    } catch (error) {
      const reason = asKvError(error);
      if (isOver(reason, client)) throw reason;
      failed(reason);
    }
  }
}

function isOver(error: KvError, { state }: Engine): boolean {
  return state === 'closing' || state === 'closed' || isFinal(error);
}

/** One that has answered before, if there is any. */
function someOwner(router: ClusterRouter): Endpoint {
  const owners = [...router.slots.owners];
  const ready = owners.filter(({ shared }) => shared.isReady);
  const some = ready.length > 0 ? ready : owners;
  const chosen = some[Math.floor(Math.random() * some.length)];
  if (chosen !== undefined) return chosen;
  router.refresh('no primary');
  throw new ConnectionError('The cluster has no server with slots');
}
