import type { CallOptions, Data, Engine } from '@kv/core';
import { outsideOfCalls } from '@kv/core';
import { extensionOf } from './client-extension.ts';
import type { LeaseSource } from './session.ts';

/** Where sessions of a client come from. @param key the key that says which server of a cluster is meant */
export async function leasesOf(client: Engine, call: CallOptions, key: Data | undefined): Promise<LeaseSource> {
  await client.routed();
  const { cluster } = extensionOf(client);
  if (cluster === undefined) return { open: () => client.acquire(call), again: async () => false };
  const { SlotSessions } = await outsideOfCalls(() => import('../topology/make-router.ts'));
  return new SlotSessions(client, cluster, call, key);
}
