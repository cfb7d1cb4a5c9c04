import { expect, test } from 'vitest';
import { costPage } from '../report/cost-page.ts';
import type { CostResults } from './costs.ts';
import { readDiagnostics } from './measure-types.ts';

const results: CostResults = {
  date: '2026-01-01',
  machine: { cpu: 'some CPU', cores: 2, system: 'Linux 6 x64', memory: 8, loadAtStart: 0.5 },
  versions: { node: '20.20.2' },
  rounds: 3,
  cells: { pending: { kv: [700, 720, 690], ioredis: [1800] } },
  failures: { ioredis: 'npm ended with 1: no registry' },
};

test('the page of costs has medians, the machine, and says why a number is missing', () => {
  const page = costPage(results, [
    { name: 'kv', title: '@kv/redis' },
    { name: 'ioredis', title: 'ioredis' },
  ]);
  expect(page).toContain('| Memory per pending GET, bytes | 700 | 1,800 |');
  expect(page).toContain('2 × some CPU (8 GiB, Linux 6 x64, load 0.5 at the start); node 20.20.2');
  expect(page).toContain('- ioredis: npm ended with 1: no registry');
});

test('what the compiler prints about itself is read', () => {
  const printed = 'Files:              123\nMemory used:    112008K\nCheck time:      0.50s\nTotal time:      1.46s\n';
  expect(readDiagnostics(printed)).toEqual({ 'types-time': 1.46, 'types-memory': 112.008 });
});
