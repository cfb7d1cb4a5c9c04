import { startEmbedded } from '@kv/embedded';
import { type FaultProxy, faultProxy } from '@kv/testkit';
import { createGibson, type Gibson, type ServerInput } from '../src/index.ts';

/** Several servers, each behind a proxy that can take it away. */
export interface ShardRig extends AsyncDisposable {
  /** For `createGibson`; the names are `ssdb-1`, `ssdb-2`, …, as in the recorded choices. */
  readonly list: readonly ServerInput[];
  readonly proxies: readonly FaultProxy[];
  /** Clients of each server alone, past the proxies. */
  readonly direct: readonly Gibson[];
}

/** Starts servers. */
export async function startShards(count = 3): Promise<ShardRig> {
  const servers = await Promise.all(Array.from({ length: count }, () => startEmbedded({ gibson: { port: 0 } })));
  const addresses = servers.map(({ gibson }) => ({ host: '127.0.0.1', port: gibson.port as number }));
  const proxies = await Promise.all(addresses.map((address) => faultProxy(address)));
  const direct = addresses.map((address) => createGibson(address));
  return {
    list: proxies.map(({ host, port }, i) => ({ address: { host, port }, name: `ssdb-${i + 1}` })),
    proxies,
    direct,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(direct.map((client) => client.close()));
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
