import type { RunResult } from '../run/run-result.ts';

/** All runs of one client on one workload. */
export interface Cell {
  readonly runs: RunResult[];
  /** Why there is no number: the client could not be loaded, refused the workload, …; the last one wins. */
  failure?: string;
}

/** What it was measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Kernel and architecture. */
  readonly system?: string;
  /** GiB. */
  readonly memory?: number;
  /** Processes that ran or waited, in the mean of the last minute. */
  readonly loadAtStart: number;
  loadAtEnd?: number;
}

/** Everything one comparison measured, as written to JSON. */
export interface Results {
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly options: { readonly rounds: number; readonly seconds: number; readonly warmUp: number };
  /** By workload, then by client. */
  readonly cells: Record<string, Record<string, Cell>>;
}

/** The middle of the numbers; the mean of the two middle ones for an even count; `undefined` for none. */
export function median(numbers: readonly number[]): number | undefined {
  const sorted = numbers.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  if (upper === undefined || sorted.length % 2 === 1) return upper;
  return ((sorted[(sorted.length >> 1) - 1] as number) + upper) / 2;
}

/** Median over the rounds of one number of a cell. */
export function medianOf(
  results: Results,
  workload: string,
  client: string,
  value: (run: RunResult) => number | undefined,
): number | undefined {
  const runs = results.cells[workload]?.[client]?.runs ?? [];
  return median(runs.map(value).filter((number) => number !== undefined));
}

/** Median calls per second. */
export function rate(results: Results, workload: string, client: string): number | undefined {
  return medianOf(results, workload, client, (run) => run.callsPerSecond);
}

/** Median microseconds of client CPU per call. */
export function cpu(results: Results, workload: string, client: string): number | undefined {
  return medianOf(results, workload, client, (run) => run.cpuPerCall);
}

/** Where something was measured, in one sentence's part: machine, load, versions. */
export function environment({ machine, versions }: Pick<Results, 'machine' | 'versions'>): string {
  const { cpu, cores, memory, system, loadAtStart, loadAtEnd } = machine;
  const load = `load ${loadAtStart.toFixed(1)} at the start${loadAtEnd === undefined ? '' : `, ${loadAtEnd.toFixed(1)} at the end`}`;
  const rest = [memory === undefined ? undefined : `${memory} GiB`, system, load].filter((part) => part !== undefined);
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${cores} × ${cpu} (${rest.join(', ')}); ${list.join(', ')}`;
}
