import { startEmbedded } from '@kv/embedded';
import { fromHex, namedServer, scriptedServer } from '@kv/testkit';
import { describe, expect, test } from 'vitest';
import { createConnection } from '../src/index.ts';
import { recorded, replay, replayable } from './replay.ts';
import { recordedScenarios, type Step } from './vectors.ts';

const scenarios = recordedScenarios()
  .map((scenario) => ({ ...scenario, steps: replayable(scenario) }))
  .filter(({ steps }) => steps.length > 0);

/** In the one that is left out, what was stored depends on requests that no client sends. */
const live = scenarios.filter(({ name }) => name !== 'pipeline-malformed');

describe('against recorded bytes', () => {
  const single = scenarios.map(({ name, steps }) => ({ name, steps: steps.map(onOneConnection) }));

  test.each(single)('$name', async ({ steps }) => {
    const script = steps.map(({ requestHex, replyHex }) => ({ expect: fromHex(requestHex), reply: fromHex(replyHex) }));
    await using server = await scriptedServer([script]);
    expect(await replay(steps, () => createConnection({ port: server.port }), nothing)).toEqual(steps.map(recorded));
    await server.done();
  });

  test('all in one go, in order, whatever is refused in between', async () => {
    const steps = single.flatMap((scenario) => scenario.steps).map((step) => ({ ...step, batch: 1 }));
    const replies = Buffer.concat(steps.map(({ replyHex }) => fromHex(replyHex)));
    const requests = Buffer.concat(steps.map(({ requestHex }) => fromHex(requestHex)));
    await using server = await scriptedServer([[{ expect: requests, reply: replies, pieces: 1009 }]]);
    expect(await replay(steps, () => createConnection({ port: server.port }), nothing)).toEqual(steps.map(recorded));
  });
});

describe('against the embedded server', () => {
  test.each(live)('$name', async ({ config = {}, steps }) => {
    const settings = { passwords: config.auth, readonly: config.readonly };
    await using embedded = await startEmbedded({ ssdb: { port: 0, ...settings }, frozenAt: 1_700_000_000_000 });
    const open = () => createConnection(embedded.ssdb?.url);
    expect(await replay(steps, open, (ms) => embedded.advance(ms))).toEqual(steps.map(recorded));
  });
});

const real = namedServer('ssdb');

describe.skipIf(real === undefined)('against the server that KV_TEST_SSDB names (its data is deleted)', () => {
  test.each(live.filter(({ config }) => config === undefined))('$name', async ({ steps }) => {
    const open = () => createConnection({ host: real?.host, port: real?.port });
    await using connection = await open();
    await connection.flushdb();
    expect(await replay(steps, open)).toEqual(steps.map(recorded));
  });
});

/** A script has one connection; which one a step came over makes no difference to its bytes. */
function onOneConnection(step: Step): Step {
  return { ...step, conn: 'a' };
}

function nothing(): void {}
