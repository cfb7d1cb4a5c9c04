import { type Machine, median } from '../report/results.ts';
import { rotated } from '../run/comparison.ts';
import { machine } from '../run/machine.ts';
import { type CostClient, versionOf } from './cost-clients.ts';
import { measureInstalled } from './measure-installed.ts';
import { measureProbe } from './measure-probe.ts';
import { measureTypes } from './measure-types.ts';

/** One row of the table of costs. Less is better in all of them. */
export interface CostRow {
  readonly name: string;
  readonly title: string;
}

/** All rows, in the order of the table. */
export const costRows: readonly CostRow[] = [
  { name: 'pending', title: 'Memory per pending GET, bytes' },
  { name: 'idle-rss', title: 'Memory per idle client, kB of the process' },
  { name: 'idle-heap', title: 'Memory per idle client, kB of the heap and outside' },
  { name: 'start-up', title: 'From import to the first reply, ms' },
  { name: 'types-time', title: 'Compiler for a small program, s' },
  { name: 'types-memory', title: 'Compiler for a small program, MB' },
  { name: 'installed-size', title: 'Installed, MB' },
  { name: 'installed-packages', title: 'Installed packages' },
];

/** Everything measured, as written to JSON. */
export interface CostResults {
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  /** By row, then by client: one number per round. */
  readonly cells: Record<string, Record<string, number[]>>;
  /** Why numbers are missing, by client. */
  readonly failures: Record<string, string>;
}

type Measure = (client: CostClient) => Promise<Record<string, number>>;

const measures: readonly { readonly often: boolean; readonly measure: Measure }[] = [
  { often: true, measure: (client) => measureProbe('pending', client) },
  { often: true, measure: (client) => measureProbe('idle', client) },
  { often: true, measure: (client) => measureProbe('start-up', client) },
  { often: true, measure: measureTypes },
  { often: false, measure: measureInstalled }, // it is the same every time
];

/** Measures what clients cost that is no time per call, in rounds. Prints what is being done. */
export async function measureCosts(clients: readonly CostClient[], rounds: number): Promise<CostResults> {
  const versions = clients.map((client) => [client.package, versionOf(client)] as const);
  const results: CostResults = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions: { node: process.versions.node, ...Object.fromEntries(versions) },
    rounds,
    cells: {},
    failures: {},
  };
  for (let round = 0; round < rounds; round++) {
    for (const { often, measure } of measures) {
      if (!often && round > 0) continue;
      for (const client of rotated(clients, round)) {
        if (client.program === undefined && often) continue;
        await enter(results, client, measure);
      }
    }
    console.log(
      `round ${round + 1}  costs: ${costRows.map(({ name, title }) => `${title} ${line(results, clients, name)}`).join('; ')}`,
    );
  }
  return results;
}

async function enter({ cells, failures }: CostResults, client: CostClient, measure: Measure): Promise<void> {
  try {
    for (const [row, number] of Object.entries(await measure(client))) {
      const ofRow = cells[row] ?? {};
      cells[row] = ofRow;
      ofRow[client.name] = [...(ofRow[client.name] ?? []), number];
    }
  } catch (error) {
    failures[client.name] = error instanceof Error ? error.message : String(error);
  }
}

function line(results: CostResults, clients: readonly CostClient[], row: string): string {
  return clients.map(({ name }) => `${name} ${cost(results, row, name)?.toPrecision(3) ?? '–'}`).join(' ');
}

/** Median over the rounds. */
export function cost({ cells }: CostResults, row: string, client: string): number | undefined {
  return median(cells[row]?.[client] ?? []);
}
