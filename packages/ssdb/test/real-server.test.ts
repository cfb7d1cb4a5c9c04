import { namedServer } from '@kv/testkit';
import { describe, expect, test } from 'vitest';
import { createConnection, createSsdb } from '../src/index.ts';
import { liveScenarios, recorded, replay } from './replay.ts';
import { scanSuite } from './scan-suite.ts';
import { streamSuite } from './stream-suite.ts';
import type { Scenario } from './vectors.ts';

const server = namedServer('ssdb');
const { url, host, port, password } = server ?? { url: 'ssdb:', host: '', port: 1, password: undefined };
const isReadonly = server !== undefined && (await refusesWrites());

async function refusesWrites(): Promise<boolean> {
  await using ssdb = createSsdb(url);
  const refusal = await ssdb.execute('set', '', '').catch((error: Error) => error);
  return refusal instanceof Error && refusal.message.includes('Forbidden Command');
}

/** What can be recorded from a server as the named one is: some is about passwords, or about having none. */
const writable = liveScenarios.filter(
  ({ config, steps }) =>
    config === undefined && (password === undefined || steps.every(({ command }) => command !== 'auth')),
);
const withPassword = liveScenarios.filter(({ config }) => config?.auth?.includes(password ?? '') === true);
const readonly = liveScenarios.filter(({ config }) => config?.readonly === true);

async function replayAll({ steps }: Scenario, address: string | { host: string; port: number }): Promise<void> {
  expect(await replay(steps, () => createConnection(address))).toEqual(steps.map(recorded));
}

// All in one file: files run side by side, and these tests begin with an empty server.
describe.skipIf(server === undefined || isReadonly)('the server that KV_TEST_SSDB names (its data is deleted)', () => {
  test.each(writable)('$name', async (scenario) => {
    await using ssdb = createSsdb(url);
    await ssdb.flushdb();
    await replayAll(scenario, url);
  });

  test.each(withPassword)('$name', (scenario) => replayAll(scenario, { host, port }));

  scanSuite(url);
  streamSuite(url, true);
});

describe.skipIf(!isReadonly)('the read-only server that KV_TEST_SSDB names (empty)', () => {
  test.each(readonly)('$name', (scenario) => replayAll(scenario, url));
});
