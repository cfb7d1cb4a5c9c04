import { type CostResults, cost, costRows } from '../costs/costs.ts';
import { format, type Titled, tableOf } from './markdown.ts';
import { environment } from './results.ts';

/** The table of costs; a number that was not measured is left out. */
export function costTable(results: CostResults, clients: readonly Titled[]): string {
  const lines = costRows.map(({ name, title }) => [
    title,
    ...clients.map((client) => {
      const number = cost(results, name, client.name);
      return number === undefined ? '' : format(number);
    }),
  ]);
  return tableOf(['', ...clients.map(({ title }) => title)], lines);
}

/** The page of results/. */
export function costPage(results: CostResults, clients: readonly Titled[]): string {
  const missing = Object.entries(results.failures).map(([client, reason]) => `- ${client}: ${reason}`);
  const parts = [
    '# What clients cost besides time per call',
    `Measured ${results.date} on ${environment(results)}.`,
    `Medians of ${results.rounds} rounds, every measure in a process of its own; less is better everywhere.`,
    costTable(results, clients),
    ...(missing.length === 0 ? [] : ['## Failures', missing.join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}
