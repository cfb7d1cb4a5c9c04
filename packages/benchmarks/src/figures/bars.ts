import { format } from '../report/markdown.ts';
import { type Results, rate } from '../report/results.ts';
import type { ClientUnderTest, Workload } from '../suite.ts';

const WIDTH = 20;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

type Column = Pick<ClientUnderTest<never>, 'name' | 'title' | 'runtime'>;

/** Bars of text for some rows: ours, the fastest other client on Node, and the one of Bun. */
export function bars(
  results: Results,
  rows: readonly Pick<Workload<never>, 'name' | 'title'>[],
  clients: readonly Column[],
): string {
  const lines = rows.flatMap(({ name, title }) => {
    const shown = columns(results, name, clients);
    const most = Math.max(...shown.map((one) => one.rate));
    return shown.map(
      (one, i) =>
        `${(i === 0 ? title : '').padEnd(26)} ${one.title.padEnd(26)} ${bar(one.rate / most)} ${format(one.rate / 1000)}`,
    );
  });
  return ['```text', ...lines, '```'].join('\n');
}

function columns(results: Results, row: string, clients: readonly Column[]): { title: string; rate: number }[] {
  const known = clients.flatMap((client) => {
    const found = rate(results, row, client.name);
    return found === undefined ? [] : [{ ...client, rate: found }];
  });
  const others = known.filter(({ name, runtime }) => runtime === 'node' && name !== 'kv' && name !== 'before');
  const [fastest] = others.toSorted((a, b) => b.rate - a.rate);
  return [
    ...known.filter(({ name }) => name === 'kv'),
    ...(fastest === undefined ? [] : [fastest]),
    ...known.filter(({ runtime }) => runtime === 'bun'),
  ];
}

/** A bar whose full length is 1. */
function bar(share: number): string {
  const eighths = Math.max(1, Math.round(share * WIDTH * 8));
  return '█'.repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? '');
}
