import { adapterServers, ownPrefix } from '@kv/testkit/adapter-servers';
import { kvDriver } from '@kv/unstorage';
import { afterAll, describe } from 'vitest';
import { testDriver } from './utils.ts';

for (const [name, start] of adapterServers) {
  const server = await start();
  describe(`unstorage's cases on ${name}`, () => {
    testDriver({ driver: () => kvDriver(server.open(ownPrefix())) });
    afterAll(() => server.close());
  });
}
