import type { Lease } from '../pool/lease.ts';
import { Client } from './client.ts';
import type { ClientSetup } from './client-setup.ts';
import type { Engine } from './engine.ts';
import { DEFAULT_MAX_SIZE, type PoolBounds } from './pool-bounds.ts';
import type { Router, RouterHost } from './router.ts';

/** One connection that is not replaced when it is lost, and the client that carries it. */
export interface SingleConnection {
  readonly client: Engine;
  readonly lease: Lease;
}

/** Opens exactly one connection. Rejects with the cause; when the connection is lost later, its client is closed. */
export async function openSingle(setup: Omit<ClientSetup, 'pools'>): Promise<SingleConnection> {
  const one = { minSize: 1, maxSize: 1 };
  const unused = { minSize: 0, maxSize: 1 };
  const pools = { shared: one, sessions: 'shared', blocking: unused, streams: unused } as const;
  const backoff = { ...setup.backoff, delay: () => undefined }; // one attempt
  const client = new Client({ ...setup, pools, backoff });
  return opened(client, async () => {
    const lease = await client.acquire();
    lease.onClosed = () => void client.close({ timeout: 0 });
    lease.onQuit = () => client.close();
    return { client, lease };
  });
}

/** Whether a connection of {@link openSingle} is lost or closed, or being closed: it takes no more calls. */
export function isConnectionClosed({ client: { state }, lease }: SingleConnection): boolean {
  return lease.closed || state === 'closing' || state === 'closed';
}

/**
 * Opens `minSize` connections that serve calls and leases, to each server of the router (default: to the one of the
 * setup). Rejects with the cause, and then leaves none behind.
 */
export function openPool(
  setup: Omit<ClientSetup, 'pools'>,
  { minSize = 1, maxSize = DEFAULT_MAX_SIZE }: PoolBounds,
  makeRouter?: (host: RouterHost) => Router,
): Promise<Client> {
  const others = { minSize: 0, maxSize };
  const shared = { minSize, maxSize, growThreshold: 1 };
  const pools = { shared, sessions: 'shared', blocking: others, streams: others } as const;
  const client = new Client({ ...setup, pools }, makeRouter);
  return opened(client, () => client);
}

/** Without the close, a client that could not connect would go on trying without an end. */
async function opened<T>(client: Client, use: () => T | Promise<T>): Promise<T> {
  try {
    await client.connect();
    return await use();
  } catch (error) {
    await client.close({ timeout: 0 });
    throw error;
  }
}
