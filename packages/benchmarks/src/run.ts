// npm run bench: the clients against each other. See options.ts for the command line and README.md for the method.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { startRedis } from '@kv/testkit/redis-server';
import { runChild } from './client/child-process.ts';
import { type ClientUnderTest, clients } from './client/clients.ts';
import { sendAll } from './client/prepare-server.ts';
import { runRedisBenchmark } from './client/redis-benchmark.ts';
import type { RunResult } from './client/run-result.ts';
import { type Workload, workloads } from './client/workloads.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { chart } from './report/chart.ts';
import { format, markdown } from './report/markdown.ts';
import { type Cell, type Results, rate } from './report/results.ts';

const worker = new URL('client/worker.ts', import.meta.url).pathname;
const repository = new URL('../../../', import.meta.url).pathname;
const folder = new URL('../results/', import.meta.url);

async function compare(options: BenchOptions): Promise<void> {
  const rows = workloads.filter(({ name }) => options.workloads.includes(name));
  const columns = clients.filter(({ name }) => options.clients.includes(name));
  const results = await emptyResults(options, columns);
  const deadline = performance.now() + options.minutes * 60_000;
  for (let round = 0; round < options.rounds; round++) {
    for (const workload of rows) {
      if (performance.now() > deadline) return finish(results, rows, columns, options, 'time is up');
      for (const client of rotated(columns, round)) await fill(results, workload, client, options);
      console.log(line(results, workload, columns, round));
    }
  }
  finish(results, rows, columns, options, 'done');
}

/** Round n begins with client n, and every other round runs backwards, so that nobody always follows the same one. */
function rotated<T>(items: readonly T[], round: number): T[] {
  const first = round % items.length;
  const order = [...items.slice(first), ...items.slice(0, first)];
  return round % 2 === 0 ? order : order.reverse();
}

async function fill(
  results: Results,
  workload: Workload,
  client: ClientUnderTest,
  options: BenchOptions,
): Promise<void> {
  results.cells[workload.name] ??= {};
  const row = results.cells[workload.name] as Record<string, Cell>;
  row[client.name] ??= { runs: [] };
  const cell = row[client.name] as Cell;
  if (cell.failure !== undefined && cell.runs.length === 0) return; // it will not do better next time
  try {
    const result = await runOnce(workload, client, options);
    if (result !== undefined) cell.runs.push(result);
  } catch (error) {
    cell.failure = (error instanceof Error ? error.message : String(error)).replaceAll(repository, '');
  }
}

async function runOnce(
  workload: Workload,
  client: ClientUnderTest,
  { seconds, warmUp }: BenchOptions,
): Promise<RunResult | undefined> {
  await using server = await startRedis();
  await sendAll(server.port, workload.prepare);
  const { host, port } = server;
  if (client.runtime === 'c') return await runRedisBenchmark(workload, { host, port, seconds });
  const assignment = JSON.stringify({ client: client.name, workload: workload.name, host, port, seconds, warmUp });
  const [program, ...args] = client.runtime === 'bun' ? ['bun'] : [process.execPath, '--import', 'tsx'];
  const { stdout } = await runChild(program as string, [...args, worker, assignment], 30 + 3 * (seconds + warmUp));
  return JSON.parse(stdout) as RunResult;
}

async function emptyResults(options: BenchOptions, columns: readonly ClientUnderTest[]): Promise<Results> {
  const { rounds, seconds, warmUp } = options;
  const versions: Record<string, string> = { node: process.versions.node, 'redis-server': await redisVersion() };
  for (const client of columns) {
    if (client.package !== undefined) versions[client.package] = packageVersion(client.package);
    if (client.runtime === 'bun') Object.assign(versions, { bun: await bunVersion() });
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, loadAtStart: loadavg()[0] ?? 0 },
    versions,
    options: { rounds, seconds, warmUp },
    cells: {},
  };
}

async function redisVersion(): Promise<string> {
  const { stdout } = await runChild('redis-server', ['--version'], 10);
  return /v=(\S+)/.exec(stdout)?.[1] ?? 'unknown';
}

async function bunVersion(): Promise<string> {
  try {
    return (await runChild('bun', ['--version'], 10)).stdout.trim();
  } catch {
    return 'not installed';
  }
}

function packageVersion(name: string): string {
  const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
  if (!existsSync(file)) return 'unknown';
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function line(results: Results, workload: Workload, columns: readonly ClientUnderTest[], round: number): string {
  const numbers = columns.map(({ name }) => {
    const calls = rate(results, workload.name, name);
    return `${name} ${calls === undefined ? '–' : format(calls / 1000)}`;
  });
  return `round ${round + 1}  ${workload.title.padEnd(22)} ${numbers.join('   ')}`;
}

function finish(
  results: Results,
  rows: readonly Workload[],
  columns: readonly ClientUnderTest[],
  { name }: BenchOptions,
  why: string,
): void {
  mkdirSync(folder, { recursive: true });
  const page = markdown(results, rows, columns, `${name}.svg`);
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(new URL(`${name}.svg`, folder), chart(results, rows, columns));
  writeFileSync(new URL(`${name}.md`, folder), page);
  console.log(`\n${page}\n${why}: packages/benchmarks/results/${name}.{json,md,svg}`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') console.log(usage);
  else {
    // What is measured is the built package, and never an old one; an unchanged package is not built again.
    if (options.clients.includes('kv')) execFileSync('npm', ['run', 'build'], { stdio: 'inherit', cwd: repository });
    await compare(options);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
