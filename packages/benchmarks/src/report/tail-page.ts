import { measuredLoads, type TailResults, tailOf } from '../tail/tail.ts';
import type { Tail, TailRun } from '../tail/tail-run.ts';
import { format, type Titled, tableOf } from './markdown.ts';
import { environment } from './results.ts';

/** What is shown of a run. */
interface Column {
  readonly title: string;
  readonly show: (number: (of: (run: TailRun) => number) => string) => string;
}

const three = (of: (run: TailRun) => Tail): Column['show'] => {
  return (number) =>
    [number((run) => of(run).p50), number((run) => of(run).p99), number((run) => of(run).p999)].join(' / ');
};

const columns: readonly Column[] = [
  { title: 'alone, ms', show: three((run) => run.alone) },
  { title: 'beside, ms', show: three((run) => run.beside) },
  { title: '99% beside / alone', show: (number) => `${number((run) => run.beside.p99 / run.alone.p99)}×` },
  { title: 'small calls/s alone', show: (number) => number((run) => run.smallAlone) },
  { title: 'beside', show: (number) => number((run) => run.smallBeside) },
  { title: 'large calls/s', show: (number) => number((run) => run.largeBeside) },
];

/** What small calls wait at most in 99 of 100 cases, ms: alone, beside the large calls of the row, and how many times that is. */
export function tailTable(results: TailResults, clients: readonly Titled[]): string {
  return loadTable(results, clients, (number) => {
    const [alone, beside] = [number((run) => run.alone.p99), number((run) => run.beside.p99)];
    return `${alone} / ${beside} (${number((run) => run.beside.p99 / run.alone.p99)}×)`;
  });
}

/** How many of the large calls are answered per second beside the small ones. */
export function largeCallsTable(results: TailResults, clients: readonly Titled[]): string {
  return loadTable(results, clients, (number) => number((run) => run.largeBeside));
}

function loadTable(results: TailResults, clients: readonly Titled[], show: Column['show']): string {
  const lines = measuredLoads(results).map(({ name, title }) => [
    title,
    ...clients.map((client) => {
      const isMissing = tailOf(results, name, client.name, (run) => run.beside.p99) === undefined;
      return isMissing ? '' : show((of) => format(tailOf(results, name, client.name, of) ?? 0));
    }),
  ]);
  return tableOf(['', ...clients.map(({ title }) => title)], lines);
}

/** The page of results/. */
export function tailPage(results: TailResults, clients: readonly Titled[]): string {
  const { options } = results;
  const missing = Object.entries(results.failures).map(([what, reason]) => `- ${what}: ${reason}`);
  const parts = [
    '# Small calls beside large ones',
    `Measured ${results.date} on ${environment(results)}.`,
    `${options.small} GETs of 16 bytes in flight, alone and beside ${options.large} calls of 1 MB, in turns in one process. Latency: median / 99% / 99.9%. Medians of ${options.rounds} rounds of ${options.seconds} s each way after ${options.warmUp} s of warm-up.`,
    ...measuredLoads(results).flatMap((load) => [
      `## Beside ${load.title}`,
      tableOf(
        ['', ...columns.map(({ title }) => title)],
        clients.flatMap((client) => row(results, load.name, client)),
      ),
    ]),
    ...(missing.length === 0 ? [] : ['## Failures', missing.join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function row(results: TailResults, load: string, { name, title }: Titled): string[][] {
  if (tailOf(results, load, name, (run) => run.beside.p99) === undefined) return [];
  const number = (of: (run: TailRun) => number): string => format(tailOf(results, load, name, of) ?? 0);
  return [[title, ...columns.map(({ show }) => show(number))]];
}
