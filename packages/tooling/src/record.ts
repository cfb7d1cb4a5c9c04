/**
 * Records what a real server answers and puts it where the tests of the package look for it.
 *
 *   npm run record -- SET k v , GETEX k EX 10             Redis, on a server that is started for it (redis-server)
 *   npm run record -- --ssdb set k v , get k              SSDB at KV_TEST_SSDB
 *   npm run record -- --gibson SET 0 k v , GET k          Gibson at KV_TEST_GIBSON
 *
 * A comma of its own stands between commands. What they do first is recorded with them: a scenario begins with an empty
 * server. `--name NAME` names the scenario, else it is the last command.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startRedis } from '@kv/testkit/redis-server';
import type { BackendName } from './command-places.ts';
import { repository } from './published-entries.ts';
import { type Place, type RecordedStep, recordSteps, type Words } from './recording.ts';

/** The files that hold the recordings of a backend: one per package that replays them, with the same content. */
const files: Readonly<Record<BackendName, readonly string[]>> = {
  redis: ['packages/redis/test/vectors/replies.vectors.json'],
  ssdb: ['ssdb', 'ssdb-parser', 'embedded'].map((name) => `packages/${name}/test/vectors/ssdb.vectors.json`),
  gibson: ['gibson', 'gibson-parser', 'embedded'].map((name) => `packages/${name}/test/vectors/gibson.vectors.json`),
};

/** The text of a file of vectors with one more scenario at its end, a step per line. Throws when the name is taken. */
export function withScenario(text: string, name: string, steps: readonly RecordedStep[]): string {
  const taken = (JSON.parse(text) as readonly { name: string }[]).some((one) => one.name === name);
  if (taken) throw new Error(`there is a scenario "${name}" already: choose another --name`);
  const lines = steps.map((step) => JSON.stringify(step)).join(',\n');
  return text.replace(/\s*\]\s*$/, `,\n{"name":${JSON.stringify(name)},"steps":[\n${lines}\n]}\n]\n`);
}

/** `SET k v , GET k` → two commands. */
export function commandsIn(words: readonly string[]): Words[] {
  const commands: string[][] = [[]];
  for (const word of words) {
    if (word === ',') commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands.filter((command): command is [string, ...string[]] => command.length > 0);
}

function placeOf(variable: string): Place {
  const address = process.env[variable];
  if (!address) throw new Error(`${variable}: name a server to record from, as host:port`);
  const { hostname, port } = new URL(address.includes('://') ? address : `tcp://${address}`);
  return { host: hostname, port: Number(port) };
}

/** Records on the server that belongs to the backend. */
async function record(backend: BackendName, commands: readonly Words[]): Promise<RecordedStep[]> {
  if (backend !== 'redis') return recordSteps(backend, placeOf(`KV_TEST_${backend.toUpperCase()}`), commands);
  await using server = await startRedis();
  return await recordSteps(backend, server, commands);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { ssdb: { type: 'boolean' }, gibson: { type: 'boolean' }, name: { type: 'string' } },
    allowPositionals: true,
  });
  const backend: BackendName = values.ssdb ? 'ssdb' : values.gibson ? 'gibson' : 'redis';
  const commands = commandsIn(positionals);
  const name = values.name ?? commands.at(-1)?.[0].toLowerCase();
  if (name === undefined) throw new Error('no command to record; see packages/tooling/src/record.ts');
  const steps = await record(backend, commands);
  for (const step of steps) console.log(JSON.stringify(step));
  for (const file of files[backend].map((path) => join(repository, path))) {
    writeFileSync(file, withScenario(readFileSync(file, 'utf8'), name, steps));
  }
  console.log(`scenario "${name}" is in ${files[backend].join(', ')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
