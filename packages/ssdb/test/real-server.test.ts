import { namedServer } from '@kv/testkit';
import { describe, expect, test } from 'vitest';
import { createConnection, createSsdb } from '../src/index.ts';
import { liveScenarios, recorded, replay } from './replay.ts';
import { scanSuite } from './scan-suite.ts';
import { streamSuite } from './stream-suite.ts';

const server = namedServer('ssdb');
const address = { host: server?.host ?? '', port: server?.port ?? 1 };

// All in one file: files run side by side, and these tests begin with an empty server.
describe.skipIf(server === undefined)('the server that KV_TEST_SSDB names (its data is deleted)', () => {
  test.each(liveScenarios.filter(({ config }) => config === undefined))('$name', async ({ steps }) => {
    await using ssdb = createSsdb(address);
    await ssdb.flushdb();
    expect(await replay(steps, () => createConnection(address))).toEqual(steps.map(recorded));
  });

  scanSuite(address);
  streamSuite(address, true);
});
