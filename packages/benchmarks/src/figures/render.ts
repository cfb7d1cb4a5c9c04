import { costClients } from '../costs/cost-clients.ts';
import { type CostResults, cost, costRows } from '../costs/costs.ts';
import { costTable } from '../report/cost-page.ts';
import { cpuTable, latencyTable, rateTable, rounds } from '../report/markdown.ts';
import { cpu, environment, type Results, rate } from '../report/results.ts';
import { largeCallsTable, tailTable } from '../report/tail-page.ts';
import { readResults } from '../report/write-results.ts';
import { type BasicSuite, basicSuite } from '../suites/suites.ts';
import type { TailResults } from '../tail/tail.ts';
import { tailContenders } from '../tail/tail-clients.ts';
import { bars } from './bars.ts';
import { losses } from './losses.ts';

/** Writes the block with these words: the file of results/, what of it, and for bars the rows. */
export function render([file = '', kind = '', rows = '']: readonly string[]): string {
  const results = readResults(`${file}.json`);
  if (results === undefined) return 'Not measured yet: `npm run bench -- --all`.';
  if (file === 'costs') return renderCosts(results as CostResults, kind);
  if (file === 'tail') return renderTails(results as TailResults, kind);
  return renderRates(file, results as Results, kind, rows);
}

function renderRates(file: string, results: Results, kind: string, rows: string): string {
  const subject = measured(basicSuite(file.split('-')[0] ?? ''), results);
  const { workloads, clients } = subject;
  switch (kind) {
    case 'about':
      return about(
        results,
        `${rounds(results.options.rounds, results.cells)} rounds of ${results.options.seconds} s after ${results.options.warmUp} s of warm-up`,
      );
    case 'rate':
      return rateTable(results, subject);
    case 'cpu':
      return cpuTable(results, subject);
    case 'latency':
      return latencyTable(results, subject);
    case 'losses':
      return losses(workloads, clients.filter(isPeer), (row, client) => rate(results, row, client), 'most');
    case 'cpu-losses':
      return losses(workloads, clients.filter(isPeer), (row, client) => cpu(results, row, client), 'least');
    case 'bars':
      return bars(
        results,
        workloads.filter(({ name }) => rows.split(',').includes(name)),
        clients,
      );
    default:
      throw new Error(`figures: there is no ${kind}`);
  }
}

function renderCosts(results: CostResults, kind: string): string {
  const clients = costClients.filter(({ name }) => costRows.some((row) => cost(results, row.name, name) !== undefined));
  if (kind === 'about') return about(results, `${results.rounds} rounds`);
  if (kind === 'losses') return losses(costRows, clients, (row, client) => cost(results, row, client), 'least');
  return costTable(results, clients);
}

function renderTails(results: TailResults, kind: string): string {
  const { rounds: count, seconds, warmUp } = results.options;
  if (kind === 'about') return about(results, `${count} rounds of ${seconds} s each way after ${warmUp} s of warm-up`);
  const clients = tailContenders.filter(({ name }) => Object.values(results.cells).some((row) => name in row));
  return kind === 'large' ? largeCallsTable(results, clients) : tailTable(results, clients);
}

function about(results: Results | CostResults | TailResults, howOften: string): string {
  return `Measured ${results.date} on ${environment(results)}. Medians of ${howOften}.`;
}

/** Clients whose numbers compare with ours: not bare sockets, nor programs without JavaScript. */
function isPeer({ name, runtime }: BasicSuite['clients'][number]): boolean {
  return runtime !== 'native' && !['before', 'bare', 'one-at-a-time', 'kv-default'].includes(name);
}

/** The rows and columns that there are numbers for. */
function measured({ workloads, clients }: BasicSuite, { cells }: Results): BasicSuite {
  const has = (row: string, client: string): boolean => (cells[row]?.[client]?.runs.length ?? 0) > 0;
  return {
    workloads: workloads.filter(({ name }) => clients.some((client) => has(name, client.name))),
    clients: clients.filter(({ name }) => workloads.some((row) => has(row.name, name))),
  };
}
