import { cpu, environment, medianOf, type Results, rate } from './results.ts';
import type { Target } from './targets.ts';

/** A row or a column. */
export interface Titled {
  readonly name: string;
  readonly title: string;
}

/** What a page is about. */
export interface PageSubject {
  readonly title: string;
  readonly workloads: readonly Titled[];
  readonly clients: readonly (Titled & { readonly runtime?: string })[];
  readonly targets: (results: Results) => readonly Target[];
}

/** The comparison as a page: how it was measured, throughput, CPU, latency, targets. */
export function markdown(results: Results, subject: PageSubject, chart: string): string {
  const parts = [
    `# ${subject.title}`,
    head(results),
    `![Throughput relative to the fastest](${chart})`,
    '## Calls per second, in thousands',
    rateTable(results, subject),
    '## Client CPU per call, µs',
    cpuTable(results, subject),
    '## Latency of one call, median / 99%, ms',
    latencyTable(results, subject),
    ...targetTable(subject.targets(results)),
    ...failures(results),
  ];
  return `${parts.join('\n\n')}\n`;
}

type Table = Pick<PageSubject, 'workloads' | 'clients'>;

/** Thousands of calls per second. */
export function rateTable(results: Results, { workloads, clients }: Table): string {
  return grid(workloads, clients, (w, c) => shown(results, thousands(rate(results, w, c)), w, c));
}

/** Microseconds of client CPU per call; programs without JavaScript are not measured. */
export function cpuTable(results: Results, { workloads, clients }: Table): string {
  const measured = clients.filter(({ runtime }) => runtime !== 'native');
  return grid(workloads, measured, (w, c) => shown(results, cpu(results, w, c), w, c));
}

/** Milliseconds of sampled calls. */
export function latencyTable(results: Results, { workloads, clients }: Table): string {
  return grid(workloads, clients, (w, c) => {
    const p50 = medianOf(results, w, c, (run) => run.latency?.p50);
    const p99 = medianOf(results, w, c, (run) => run.latency?.p99);
    return p50 === undefined || p99 === undefined ? missing(results, w, c) : `${format(p50)} / ${format(p99)}`;
  });
}

function shown(results: Results, number: number | undefined, workload: string, client: string): string {
  return number === undefined ? missing(results, workload, client) : format(number);
}

/** Three significant digits, without an exponent. */
export function format(number: number): string {
  if (number >= 100) return Math.round(number).toLocaleString('en-US');
  return String(Number(number.toPrecision(number >= 10 ? 3 : 2)));
}

function thousands(number: number | undefined): number | undefined {
  return number === undefined ? undefined : number / 1000;
}

function head(results: Results): string {
  const { date, options, cells } = results;
  return [
    `Measured ${date} on ${environment(results)}.`,
    `Every run is a process of its own on loopback, one at a time; the order of the clients rotates from round to round.`,
    `Medians of ${rounds(options.rounds, cells)} rounds, ${options.seconds} s each after ${options.warmUp} s of warm-up. \`cN\`: N calls in flight.`,
    `Compare within a row only: absolute numbers change with the machine and its load.`,
  ].join('\n');
}

/** `5`, or `3 to 5` when time was up before all had their rounds. */
export function rounds(wanted: number, cells: Results['cells']): string {
  const counts = Object.values(cells).flatMap((row) => Object.values(row).map(({ runs }) => runs.length));
  const fewest = Math.min(wanted, ...counts.filter((count) => count > 0));
  return fewest < wanted ? `${fewest} to ${wanted}` : String(wanted);
}

function grid(
  rows: readonly Titled[],
  columns: readonly Titled[],
  value: (row: string, column: string) => string,
): string {
  const lines = rows.map(({ name, title }) => [title, ...columns.map((column) => value(name, column.name))]);
  return tableOf(['', ...columns.map(({ title }) => title)], lines);
}

/** A table of Markdown, all columns but the first aligned to the right. */
export function tableOf(titles: readonly string[], lines: readonly (readonly string[])[]): string {
  const align = titles.map((_, i) => (i === 0 ? '---' : '---:'));
  return [titles, align, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function missing(results: Results, workload: string, client: string): string {
  return results.cells[workload]?.[client]?.failure === undefined ? '' : '–';
}

function targetTable(all: readonly Target[]): string[] {
  if (all.length === 0) return [];
  const lines = all.map(({ title, wanted, reached, met }) => [
    title,
    wanted,
    `${format(reached)}×`,
    met ? 'yes' : 'no',
  ]);
  return ['## Targets', tableOf(['', 'wanted', 'reached', 'met'], lines)];
}

/** One line per client and reason. */
function failures(results: Results): string[] {
  const where = new Map<string, string[]>();
  for (const [workload, row] of Object.entries(results.cells)) {
    for (const [client, { failure, runs }] of Object.entries(row)) {
      if (failure === undefined) continue;
      const key = `${client}: ${failure}`;
      where.set(key, [...(where.get(key) ?? []), runs.length > 0 ? `${workload} (some rounds)` : workload]);
    }
  }
  if (where.size === 0) return [];
  const lines = [...where].map(([reason, names]) => `- ${reason}\n  (${names.join(', ')})`);
  return ['## Without a number', lines.join('\n')];
}
