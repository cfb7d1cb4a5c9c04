import { startEmbedded } from '@kv/embedded';
import { tracingSuite } from '@kv/testkit/tracing-suite';
import { get } from '../src/commands/index.ts';
import { createConnection, createPool, createSsdb } from '../src/index.ts';

tracingSuite('ssdb', async () => {
  const server = await startEmbedded({ ssdb: true });
  const { address } = server.ssdb;
  return {
    client: createSsdb(address, { name: 'cache' }),
    pool: await createPool(address),
    connection: await createConnection(address),
    get: 'get',
    reads: [get('a'), get('b')],
    close: () => server.close(),
  };
});
