/** Keyv's own suite, which is for Keyv 5. */
import keyvTestSuite, { keyvIteratorTests } from '@keyv/test-suite';
import { type AdapterServer, adapterServers, ownPrefix } from '@kv/testkit/adapter-servers';
import Keyv from 'keyv';
import * as vitest from 'vitest';
import { Keyv5Store } from '../src/index.ts';

vitest.describe.each(adapterServers)('the suite of Keyv 5 on %s', (_, start) => {
  const prefix = ownPrefix();
  let server: AdapterServer | undefined;
  vitest.beforeAll(async () => {
    server = await start();
  });
  vitest.afterAll(async () => {
    await server?.open(prefix).clear('');
    await server?.close();
  });
  const store = (): Keyv5Store => {
    if (server === undefined) throw new Error('the server is started when the cases run');
    return new Keyv5Store(server.open(prefix));
  };

  keyvTestSuite(vitest, Keyv, store);
  keyvIteratorTests(vitest, Keyv, store);
});
