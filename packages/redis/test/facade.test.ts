import { startEmbedded } from '@kv/embedded';
import { facadeSuite } from '@kv/testkit/facade-suite';
import { get, ping, set } from '../src/commands/index.ts';
import { createConnection, createPool, createRedis, Redis } from '../src/index.ts';

facadeSuite(async () => {
  const server = await startEmbedded({ redis: true });
  const { address } = server.redis;
  return {
    client: (options) => createRedis(address, options),
    pool: (options) => createPool(address, options),
    connection: (options) => createConnection(address, options),
    stats: (client) => (client as Redis).stats(),
    Client: Redis,
    ping,
    embedded: () => ({ client: createRedis('embedded:'), store: set('k', 'stored'), fetch: get<string>('k') }),
    close: () => server.close(),
  };
});
