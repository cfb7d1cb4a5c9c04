import { startEmbedded } from '@kv/embedded';
import { type FaultProxy, faultProxy, namedServers } from '@kv/testkit';
import { createSsdb, type Ssdb, type SsdbServer } from '../src/index.ts';

/** Several servers, each behind a proxy that can take it away. */
export interface ShardRig extends AsyncDisposable {
  /** For `createSsdb`; the names are `ssdb-1`, `ssdb-2`, … */
  readonly list: readonly SsdbServer[];
  readonly proxies: readonly FaultProxy[];
  /** Clients of each server alone, past the proxies. */
  readonly direct: readonly Ssdb[];
}

/** Takes servers that KV_TEST_SSDB names, which lose their data, and starts as many more as are wanted. */
export async function startShards(count = 3): Promise<ShardRig> {
  const named = namedServers('ssdb').slice(0, count);
  const servers = await Promise.all(
    Array.from({ length: count - named.length }, () => startEmbedded({ ssdb: { port: 0 } })),
  );
  const own = servers.map(({ ssdb }) => ({ host: '127.0.0.1', port: ssdb.port as number }));
  const addresses = [...named.map(({ host, port }) => ({ host, port })), ...own];
  const proxies = await Promise.all(addresses.map((address) => faultProxy(address)));
  const direct = addresses.map((address) => createSsdb(address));
  for (const client of direct.slice(0, named.length)) await client.flushdb();
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

/** Takes a server away: what is connected is cut, and nothing is accepted. */
export async function takeAway(proxy: FaultProxy | undefined): Promise<void> {
  await proxy?.refuse();
  proxy?.cut();
}

/** All that an iterator gives. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
