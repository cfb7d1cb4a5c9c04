import { loadavg } from 'node:os';
import { join } from 'node:path';
import { format } from '../report/markdown.ts';
import { type Cell, type Results, rate } from '../report/results.ts';
import type { ClientUnderTest, ServerPlace, Suite, Workload } from '../suite.ts';
import { printedJson, runChild } from './child-process.ts';
import { machine } from './machine.ts';
import type { RunResult } from './run-result.ts';
import { packageVersion, programVersion, repository } from './versions.ts';
import type { Assignment } from './worker.ts';

/** What a comparison needs to know from the command line. */
export interface ComparisonOptions {
  /** Runs per client and workload; the table shows medians. */
  readonly rounds: number;
  /** Counted seconds per run. */
  readonly seconds: number;
  /** Seconds of warm-up per run. */
  readonly warmUp: number;
  /** No round begins a further workload after this many minutes. */
  readonly minutes: number;
}

const worker = 'packages/benchmarks/src/run/worker.ts';

/** Rounds of runs, one client and one workload at a time, each in a process of its own. */
export class Comparison<C, W extends Workload<C>> {
  readonly results: Results;
  readonly #suite: Suite<C, W>;
  readonly #options: ComparisonOptions;

  constructor(suite: Suite<C, W>, options: ComparisonOptions, versions: Readonly<Record<string, string>>) {
    this.#suite = suite;
    this.#options = options;
    const { rounds, seconds, warmUp } = options;
    this.results = {
      date: new Date().toISOString().slice(0, 10),
      machine: machine(),
      versions,
      options: { rounds, seconds, warmUp },
      cells: {},
    };
  }

  /** Runs everything, or as much as fits into the time. Prints a line per workload. */
  async run(): Promise<'done' | 'time is up'> {
    const { clients, workloads } = this.#suite;
    const deadline = performance.now() + this.#options.minutes * 60_000;
    for (let round = 0; round < this.#options.rounds; round++) {
      for (const workload of workloads) {
        if (performance.now() > deadline) return 'time is up';
        for (const client of rotated(clients, round)) await this.#fill(workload, client);
        this.results.machine.loadAtEnd = loadavg()[0] ?? 0;
        console.log(this.#line(workload, round));
      }
    }
    return 'done';
  }

  async #fill(workload: W, client: ClientUnderTest<C, W>): Promise<void> {
    const cell = this.#cell(workload.name, client.name);
    if (cell.failure !== undefined && cell.runs.length === 0) return; // it will not do better next time
    try {
      const result = await this.#runOnce(workload, client);
      if (result !== undefined) cell.runs.push(result);
    } catch (error) {
      cell.failure = (error instanceof Error ? error.message : String(error)).replaceAll(repository, '');
    }
  }

  #cell(workload: string, client: string): Cell {
    const { cells } = this.results;
    const row = cells[workload] ?? {};
    const cell = row[client] ?? { runs: [] };
    row[client] = cell;
    cells[workload] = row;
    return cell;
  }

  async #runOnce(workload: W, client: ClientUnderTest<C, W>): Promise<RunResult | undefined> {
    await using server = await this.#suite.server(workload);
    const { host, port, path, caFile, cluster } = server;
    const place: ServerPlace = { host, port, path, caFile, cluster };
    const { seconds, warmUp } = this.#options;
    if (client.runtime === 'native') return await client.runNative?.(workload, { ...place, seconds });
    const { checkout } = client;
    const names = {
      suite: this.#suite.name,
      client: checkout === undefined ? client.name : 'kv',
      workload: workload.name,
    };
    const assignment: Assignment = { ...names, place, checkout, seconds, warmUp };
    const [program, ...args] = client.runtime === 'bun' ? ['bun'] : [process.execPath, '--import', 'tsx'];
    const command = [...args, join(repository, worker), JSON.stringify(assignment)];
    return printedJson(
      await runChild(program as string, command, 30 + 3 * (seconds + warmUp), repository),
    ) as RunResult;
  }

  #line(workload: W, round: number): string {
    const numbers = this.#suite.clients.map(({ name }) => {
      const calls = rate(this.results, workload.name, name);
      return `${name} ${calls === undefined ? '–' : format(calls / 1000)}`;
    });
    return `round ${round + 1}  ${workload.title.padEnd(22)} ${numbers.join('   ')}`;
  }
}

/** Versions of the runtime, the server and all clients. */
export async function versionsOf<C, W extends Workload<C>>(suite: Suite<C, W>): Promise<Record<string, string>> {
  const versions: Record<string, string> = { node: process.versions.node };
  const [server, version] = await suite.serverVersion();
  versions[server] = version;
  for (const client of suite.clients) {
    if (client.package !== undefined) versions[client.package] = packageVersion(client.package);
    if (client.runtime === 'bun') Object.assign(versions, { bun: await programVersion('bun') });
  }
  return versions;
}

/** Round n begins with client n, and every other round runs backwards, so that no one always follows the same one. */
export function rotated<T>(items: readonly T[], round: number): T[] {
  const first = items.length === 0 ? 0 : round % items.length;
  const order = [...items.slice(first), ...items.slice(0, first)];
  return round % 2 === 0 ? order : order.reverse();
}
