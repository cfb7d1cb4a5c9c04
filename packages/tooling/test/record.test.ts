import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbedded } from '@kv/embedded';
import { startRedis } from '@kv/testkit';
import { expect, it } from 'vitest';
import { repository } from '../src/published-entries.ts';
import { commandsIn, withScenario } from '../src/record.ts';
import { recordSteps } from '../src/recording.ts';

it('Redis is recorded in both protocols, each time from an empty server', async () => {
  await using server = await startRedis();
  const commands = commandsIn('INCR a , HSET h f v , HGETALL h , LPUSH a x , GET missing'.split(' '));
  expect(await recordSteps('redis', server, commands)).toEqual([
    { args: ['INCR', 'a'], resp2Hex: '3a310d0a', resp3Hex: '=' },
    { args: ['HSET', 'h', 'f', 'v'], resp2Hex: '3a310d0a', resp3Hex: '=' },
    {
      args: ['HGETALL', 'h'],
      resp2Hex: '2a320d0a24310d0a660d0a24310d0a760d0a',
      resp3Hex: '25310d0a24310d0a660d0a24310d0a760d0a',
    },
    { args: ['LPUSH', 'a', 'x'], resp2Hex: expect.stringMatching(/^2d57524f4e4754595045/), resp3Hex: '=' },
    { args: ['GET', 'missing'], resp2Hex: '242d310d0a', resp3Hex: '5f0d0a' },
  ]);
});

it('a command that the server does not know is not recorded', async () => {
  await using server = await startRedis();
  await expect(recordSteps('redis', server, commandsIn(['GET', 'k', ',', 'NOSUCH', 'k']))).rejects.toThrow(
    'NOSUCH: this server does not know the command; record on one that does',
  );
});

/** A recorded scenario of a file, and the file. */
function scenario(file: string, name: string): { steps: { command: string; args: string[] }[] } {
  const text = readFileSync(join(repository, file), 'utf8');
  const all = JSON.parse(text) as { name: string; steps: { command: string; args: string[] }[] }[];
  return all.find((one) => one.name === name) ?? { steps: [] };
}

it('SSDB and Gibson are recorded in the form of their vectors', async () => {
  await using servers = await startEmbedded({ ssdb: { port: 0 }, gibson: { port: 0 } });
  const host = '127.0.0.1';
  const ssdb = scenario('packages/ssdb/test/vectors/ssdb.vectors.json', 'kv-basic').steps.slice(0, 5);
  const gibson = scenario('packages/gibson/test/vectors/gibson.vectors.json', 'set-get-del').steps.slice(0, 3);
  for (const [backend, port, steps] of [
    ['ssdb', servers.ssdb.port, ssdb],
    ['gibson', servers.gibson.port, gibson],
  ] as const) {
    expect(steps.length).toBeGreaterThan(1);
    const words = steps.map(({ command, args }) => [command, ...args] as const);
    expect(await recordSteps(backend, { host, port: port ?? 0 }, words)).toEqual(steps);
  }
});

it('a scenario is added at the end of the file, one step per line', () => {
  const text = '[\n{"name":"a","steps":[\n{"args":["A"]}\n]}\n]\n';
  const longer = withScenario(text, 'b', [{ args: ['B'] }, { args: ['C'] }]);
  expect(longer).toBe(
    '[\n{"name":"a","steps":[\n{"args":["A"]}\n]},\n{"name":"b","steps":[\n{"args":["B"]},\n{"args":["C"]}\n]}\n]\n',
  );
  expect(() => withScenario(longer, 'b', [])).toThrow('there is a scenario "b" already');
});
