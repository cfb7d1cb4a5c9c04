import type { ClientSetup } from './client.ts';
import { Client } from './client.ts';
import type { Lease } from './lease.ts';

/** One connection that is not replaced when it is lost, and the client that carries it. */
export interface SingleConnection {
  readonly client: Client;
  readonly lease: Lease;
}

/** Opens exactly one connection. Rejects with the cause; when the connection is lost later, its client is closed. */
export async function openSingle(setup: Omit<ClientSetup, 'lanes'>): Promise<SingleConnection> {
  const one = { minSize: 1, maxSize: 1 };
  const client = new Client({ ...setup, lanes: { shared: one, sessions: 'shared', blocking: one, streams: one } });
  try {
    await client.connect();
    const lease = await client.acquire();
    lease.connection.onClosed = () => void client.close({ timeout: 0 });
    return { client, lease };
  } catch (error) {
    await client.close({ timeout: 0 });
    throw error;
  }
}
