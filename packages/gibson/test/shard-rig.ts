import { startEmbedded } from '@kv/embedded';
import { type FaultProxy, faultProxy, namedServers } from '@kv/testkit';
import { createGibson, type Gibson, type ServerInput } from '../src/index.ts';

/** Several servers, each behind a proxy that can take it away. */
export interface ShardRig extends AsyncDisposable {
  /** For `createGibson`; the names are `ssdb-1`, `ssdb-2`, …, as in the recorded choices. */
  readonly list: readonly ServerInput[];
  readonly proxies: readonly FaultProxy[];
  /** Clients of each server alone, past the proxies. */
  readonly direct: readonly Gibson[];
}

/** Takes servers that KV_TEST_GIBSON names, and starts as many more as are wanted. */
export async function startShards(count = 3): Promise<ShardRig> {
  const named = namedServers('gibson').slice(0, count);
  const servers = await Promise.all(
    Array.from({ length: count - named.length }, () => startEmbedded({ gibson: { port: 0 } })),
  );
  const own = servers.map(({ gibson }) => ({ host: '127.0.0.1', port: gibson.port as number }));
  const addresses = [...named.map(({ host, port }) => ({ host, port })), ...own];
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
