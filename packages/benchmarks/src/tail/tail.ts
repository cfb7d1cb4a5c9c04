import { join } from 'node:path';
import { startRedis } from '@kv/testkit/redis-server';
import { type Machine, median } from '../report/results.ts';
import { printedJson, runChild } from '../run/child-process.ts';
import { rotated } from '../run/comparison.ts';
import { machine } from '../run/machine.ts';
import { packageVersion, programVersion, repository } from '../run/versions.ts';
import { sendAll } from '../suites/redis/prepare-server.ts';
import type { TailContender } from './tail-clients.ts';
import { type TailLoad, tailData, tailLoads } from './tail-loads.ts';
import type { TailAssignment, TailRun } from './tail-run.ts';

/** What a comparison of tails is told. */
export interface TailOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
}

/** Everything measured, as written to JSON. */
export interface TailResults {
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly options: TailOptions & { readonly small: number; readonly large: number };
  /** By load, then by client: one run per round. */
  readonly cells: Record<string, Record<string, TailRun[]>>;
  /** Why there are no numbers, by load and client. */
  readonly failures: Record<string, string>;
}

/** Small calls in flight, and large ones beside them. */
const SMALL = 64;
const LARGE = 4;

const program = 'packages/benchmarks/src/tail/tail-run.ts';

/** Measures small calls alone and beside large ones, in rounds. Every run has a process and a server of its own. */
export async function measureTails(
  contenders: readonly TailContender[],
  loads: readonly TailLoad[],
  options: TailOptions,
): Promise<TailResults> {
  const results: TailResults = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions: await versionsOf(contenders),
    options: { ...options, small: SMALL, large: LARGE },
    cells: {},
    failures: {},
  };
  for (let round = 0; round < options.rounds; round++)
    for (const load of loads) {
      for (const contender of rotated(contenders, round)) await enter(results, contender, load);
      console.log(`round ${round + 1}  small GETs beside ${load.title}: ${line(results, contenders, load)}`);
    }
  return results;
}

async function enter(results: TailResults, contender: TailContender, load: TailLoad): Promise<void> {
  const row = results.cells[load.name] ?? {};
  results.cells[load.name] = row;
  try {
    row[contender.name] = [...(row[contender.name] ?? []), await runOnce(contender, load, results.options)];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    results.failures[`${contender.name}, ${load.title}`] = reason.replaceAll(repository, '');
  }
}

async function runOnce(
  { name, runtime }: TailContender,
  load: TailLoad,
  options: TailResults['options'],
): Promise<TailRun> {
  await using server = await startRedis();
  await sendAll(server, tailData);
  const { small, large, seconds, warmUp } = options;
  const place = { host: server.host, port: server.port };
  const assignment: TailAssignment = { place, client: name, load: load.name, small, large, seconds, warmUp };
  const [command, ...args] = runtime === 'bun' ? ['bun'] : [process.execPath, '--import', 'tsx'];
  const all = [...args, join(repository, program), JSON.stringify(assignment)];
  return printedJson(await runChild(command as string, all, 30 + 5 * (2 * seconds + warmUp), repository)) as TailRun;
}

async function versionsOf(contenders: readonly TailContender[]): Promise<Record<string, string>> {
  const { stdout } = await runChild('redis-server', ['--version'], 10);
  const versions: Record<string, string> = {
    node: process.versions.node,
    'redis-server': /v=(\S+)/.exec(stdout)?.[1] ?? 'unknown',
  };
  for (const { package: name, runtime } of contenders) {
    if (name !== undefined) versions[name] = packageVersion(name);
    if (runtime === 'bun') versions['bun'] = await programVersion('bun');
  }
  return versions;
}

function line(results: TailResults, contenders: readonly TailContender[], load: TailLoad): string {
  return contenders
    .map(({ name }) => `${name} ${tailOf(results, load.name, name, (run) => run.beside.p99)?.toPrecision(2) ?? '–'}`)
    .join('   ');
}

/** Median over the rounds of one number of a load and a client. */
export function tailOf(
  { cells }: Pick<TailResults, 'cells'>,
  load: string,
  client: string,
  number: (run: TailRun) => number,
): number | undefined {
  return median((cells[load]?.[client] ?? []).map(number));
}

/** All loads that were measured. */
export function measuredLoads({ cells }: Pick<TailResults, 'cells'>): TailLoad[] {
  return tailLoads.filter(({ name }) => name in cells);
}
