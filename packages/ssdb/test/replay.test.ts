import { startEmbedded } from '@kv/embedded';
import { fromHex, scriptedServer } from '@kv/testkit';
import { describe, expect, test } from 'vitest';
import { createConnection } from '../src/index.ts';
import { greeting } from './greeting.ts';
import { liveScenarios, recorded, replay, replayableScenarios } from './replay.ts';
import { scanSuite } from './scan-suite.ts';
import { streamSuite } from './stream-suite.ts';
import type { Step } from './vectors.ts';

const hello = { expect: greeting.request, reply: greeting.reply };

describe('against recorded bytes', () => {
  const single = replayableScenarios.map(({ name, steps }) => ({ name, steps: steps.map(onOneConnection) }));

  test.each(single)('$name', async ({ steps }) => {
    const script = steps.map(({ requestHex, replyHex }) => ({ expect: fromHex(requestHex), reply: fromHex(replyHex) }));
    await using server = await scriptedServer([[hello, ...script]]);
    expect(await replay(steps, () => createConnection({ port: server.port }), nothing)).toEqual(steps.map(recorded));
    await server.done();
  });

  test('all in one go, in order, whatever is refused in between', async () => {
    const steps = single.flatMap((scenario) => scenario.steps).map((step) => ({ ...step, batch: 1 }));
    const replies = Buffer.concat(steps.map(({ replyHex }) => fromHex(replyHex)));
    const requests = Buffer.concat(steps.map(({ requestHex }) => fromHex(requestHex)));
    await using server = await scriptedServer([[hello, { expect: requests, reply: replies, pieces: 1009 }]]);
    expect(await replay(steps, () => createConnection({ port: server.port }), nothing)).toEqual(steps.map(recorded));
  });
});

describe('against the embedded server', () => {
  test.each(liveScenarios)('$name', async ({ config = {}, steps }) => {
    const settings = { passwords: config.auth, readonly: config.readonly };
    await using embedded = await startEmbedded({ ssdb: { port: 0, ...settings }, frozenAt: 1_700_000_000_000 });
    const open = () => createConnection(embedded.ssdb.url);
    expect(await replay(steps, open, (ms) => embedded.advance(ms))).toEqual(steps.map(recorded));
  });
});

describe('the embedded server', () => {
  scanSuite(`embedded:scan-${process.pid}`);
  streamSuite(`embedded:stream-${process.pid}`, false);
});

/** A script has one connection; which one a step came over makes no difference to its bytes. */
function onOneConnection(step: Step): Step {
  return { ...step, conn: 'a' };
}

function nothing(): void {}
