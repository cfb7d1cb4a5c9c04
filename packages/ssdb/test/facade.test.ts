import { startEmbedded } from '@kv/embedded';
import { facadeSuite } from '@kv/testkit/facade-suite';
import { ping } from '../src/commands/index.ts';
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
    close: () => server.close(),
  };
});
