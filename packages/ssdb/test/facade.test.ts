import { startEmbedded } from '@kv/embedded';
import { facadeSuite } from '@kv/testkit/facade-suite';
import { get, ping, set } from '../src/commands/index.ts';
import { createConnection, createPool, createSsdb, Ssdb } from '../src/index.ts';

facadeSuite(async () => {
  const server = await startEmbedded({ ssdb: true });
  const { address } = server.ssdb;
  return {
    client: (options) => createSsdb(address, options),
    pool: (options) => createPool(address, options),
    connection: (options) => createConnection(address, options),
    stats: (client) => (client as Ssdb).stats(),
    Client: Ssdb,
    ping,
    embedded: () => ({ client: createSsdb('embedded:'), store: set('k', 'stored'), fetch: get<string>('k') }),
    close: () => server.close(),
  };
});
