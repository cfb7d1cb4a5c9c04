/** The recorded scenarios of a real server, said through the client. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from '@kv/gibson';
import { namedServer, type ScriptedPeer, scriptedServer } from '@kv/testkit';
import { describe, expect, test } from 'vitest';
import { BareSocket } from './bare-socket.ts';
import { greeting } from './frames.ts';
import { type Exchange, type Scenario, scenarios } from './recorded.ts';
import { isAskedAgain, isRefused, type Line, raw, typed, type Voice } from './replayed.ts';

const voices: readonly (readonly [string, Voice])[] = [
  ['by name', raw],
  ['typed', typed],
];

/** A server that can be reached, and does by hand what a client cannot or does not want to say. */
interface Stage {
  readonly address: { readonly host: string; readonly port: number };
  byHand(step: Exchange): Promise<void>;
  pause(milliseconds: number): Promise<void>;
}

/** One call of the client: the steps that it goes through, more than one when it asks again by itself. */
function calls({ steps }: Scenario): (Exchange[] | { sleep: number })[] {
  const all: (Exchange[] | { sleep: number })[] = [];
  for (const step of steps) {
    const before = all.at(-1);
    if ('sleep' in step) all.push(step);
    else if (Array.isArray(before) && before.length === 1 && isAskedAgain(before[0] as Exchange)) before.push(step);
    else all.push([step]);
  }
  return all;
}

const isSaid = (step: Exchange): boolean => !step.byHand && !isRefused(step);

/** What was seen of each step, next to what the recording promises. */
interface Replay {
  readonly seen: (readonly [name: string, value: unknown])[];
  readonly recorded: (readonly [name: string, value: unknown])[];
}

async function replay(scenario: Scenario, voice: Voice, stage: Stage): Promise<Replay> {
  const lines = new Map<string, Line>();
  const result: Replay = { seen: [], recorded: [] };
  for (const one of calls(scenario)) {
    if ('sleep' in one) {
      await stage.pause(one.sleep);
      continue;
    }
    const [first, last] = [one[0] as Exchange, one.at(-1) as Exchange];
    if (!isSaid(first)) await stage.byHand(first);
    if (first.byHand) continue;
    const line = lines.get(first.conn) ?? (await createConnection(stage.address, { bytes: true }));
    lines.set(first.conn, line);
    const promised = isSaid(first) ? voice.expected(last) : 'ArgumentError';
    const value = await voice.say(line, first);
    result.seen.push([first.name, last.isVolatile ? shape(value) : value]);
    result.recorded.push([first.name, last.isVolatile ? shape(promised) : promised]);
  }
  await Promise.all([...lines.values()].map((line) => line.close()));
  return result;
}

/** What stays the same in values that depend on time and machine. */
function shape(value: unknown): unknown {
  return Array.isArray(value) ? value.map((row) => (Array.isArray(row) ? row[0] : typeof row)) : typeof value;
}

/** Plays the server's part of a scenario: each recorded request must come, and is answered with the recorded reply. */
function script(scenario: Scenario): (peer: ScriptedPeer) => Promise<void> {
  const said = calls(scenario).flatMap((one) => ('sleep' in one || !isSaid(one[0] as Exchange) ? [] : one));
  const names = [...new Set(said.map((step) => step.conn))];
  return async (peer) => {
    await peer.expect(greeting.request);
    await peer.reply(greeting.reply);
    for (const step of said.filter(({ conn }) => conn === names[peer.index])) {
      if (step.name === 'END') return peer.expectEnd();
      await peer.expect(step.request);
      await peer.reply(step.reply, { pieces: 5 });
      if (step.decoded.closed === true) peer.end();
    }
    await peer.expectEnd();
  };
}

describe.each(voices)('a scripted server, %s', (_, voice) => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    await using server = await scriptedServer(script(scenario));
    const nothing = (): Promise<void> => Promise.resolve();
    const address = { host: server.host, port: server.port };
    const { seen, recorded } = await replay(scenario, voice, { address, byHand: nothing, pause: nothing });
    expect(seen).toEqual(recorded);
    await server.done();
  });
});

const real = namedServer('gibson');

/** Set KV_TEST_GIBSON to run these; scenarios that need other settings of the server are only replayed above. */
describe.skipIf(real === undefined).each(voices)('the server that KV_TEST_GIBSON names, %s', (_, voice) => {
  const plain = scenarios.filter(({ config }) => config === undefined);

  test.each(plain.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    { timeout: 60_000 },
    async (_name, scenario) => {
      const address = { host: real?.host ?? '', port: real?.port ?? 0 };
      await using socket = await BareSocket.connect(address);
      await socket.forget(scenario);
      const { seen, recorded } = await replay(scenario, voice, {
        address,
        pause: (milliseconds) => sleep(milliseconds),
        byHand: async (step) => {
          await using own = await BareSocket.connect(address);
          await own.exchange(step);
        },
      });
      await socket.forget(scenario);
      expect(seen).toEqual(recorded);
    },
  );
});
