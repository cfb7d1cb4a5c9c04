import { startEmbedded } from '@kv/embedded';
import { facadeSuite } from '@kv/testkit/facade-suite';
import { get, ping, set } from '../src/commands/index.ts';
import { createConnection, createGibson, createPool, Gibson } from '../src/index.ts';

facadeSuite(async () => {
  const server = await startEmbedded({ gibson: true });
  const { address } = server.gibson;
  return {
    client: (options) => createGibson(address, options),
    pool: (options) => createPool(address, options),
    connection: (options) => createConnection(address, options),
    stats: (client) => (client as Gibson).clientStats(),
    Client: Gibson,
    ping,
    embedded: () => ({ client: createGibson('embedded:'), store: set('k', 'stored'), fetch: get<string>('k') }),
    close: () => server.close(),
  };
});
