import { expect, test } from 'vitest';
import type { TailResults } from '../tail/tail.ts';
import { tailContenders } from '../tail/tail-clients.ts';
import { largeCallsTable, tailPage, tailTable } from './tail-page.ts';

const run = {
  alone: { p50: 0.1, p99: 0.25, p999: 1 },
  beside: { p50: 0.2, p99: 0.5, p999: 2 },
  smallAlone: 600_000,
  smallBeside: 300_000,
  largeBeside: 400,
};
const results: TailResults = {
  date: '2026-01-01',
  machine: { cpu: 'C', cores: 2, loadAtStart: 0 },
  versions: {},
  options: { rounds: 1, seconds: 1, warmUp: 1, small: 64, large: 4 },
  cells: { 'set-bytes': { kv: [run] } },
  failures: { 'bun, GET 1 MB (text)': 'not installed' },
};

test('a table shows the latency of small calls alone and beside large ones, with their ratio', () => {
  const page = tailPage(results, tailContenders);
  expect(page).toContain('## Beside SET 1 MB (bytes)');
  expect(page).toContain('| @kv/redis | 0.1 / 0.25 / 1 | 0.2 / 0.5 / 2 | 2× | 600,000 | 300,000 | 400 |');
  expect(page).not.toContain('| ioredis |');
  expect(page).toContain('- bun, GET 1 MB (text): not installed');
});

test('the tables of the pages have a row per kind of large call and a column per client', () => {
  const clients = tailContenders.filter(({ name }) => ['kv', 'ioredis'].includes(name));
  expect(tailTable(results, clients)).toContain('| SET 1 MB (bytes) | 0.25 / 0.5 (2×) |  |');
  expect(largeCallsTable(results, clients)).toContain('| SET 1 MB (bytes) | 400 |  |');
});
