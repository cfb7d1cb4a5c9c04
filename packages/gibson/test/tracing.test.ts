import { startEmbedded } from '@kv/embedded';
import { tracingSuite } from '@kv/testkit/tracing-suite';
import { get } from '../src/commands/index.ts';
import { createConnection, createGibson, createPool } from '../src/index.ts';

tracingSuite('gibson', async () => {
  const server = await startEmbedded({ gibson: true });
  const { address } = server.gibson;
  return {
    client: createGibson(address, { name: 'cache' }),
    pool: await createPool(address),
    connection: await createConnection(address),
    get: 'GET',
    reads: [get('a'), get('b')],
    close: () => server.close(),
  };
});
