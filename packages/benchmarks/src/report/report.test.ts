import { expect, test } from 'vitest';
import { targets } from '../suites/redis/targets.ts';
import { chart } from './chart.ts';
import { format, markdown } from './markdown.ts';
import { median, type Results } from './results.ts';

const runs = (...rates: number[]) => ({
  runs: rates.map((callsPerSecond) => ({
    callsPerSecond,
    cpuPerCall: 1e6 / callsPerSecond,
    latency: { p50: 1, p99: 2 },
  })),
});

const results: Results = {
  date: '2026-01-01',
  machine: { cpu: 'some CPU', cores: 2, loadAtStart: 0.5 },
  versions: { node: '20.20.2' },
  options: { rounds: 3, seconds: 1, warmUp: 0.5 },
  cells: {
    'get-c1000': {
      kv: runs(2_000_000, 2_400_000, 1_000_000),
      ioredis: runs(300_000),
      glide: { runs: [], failure: 'no binary' },
    },
    'get-c64': { kv: runs(500_000), ioredis: runs(250_000), c: runs(900_000) },
  },
};
const workloads = [
  { name: 'get-c64', title: 'GET c64' },
  { name: 'get-c1000', title: 'GET c1000' },
];
const clients = ['kv', 'ioredis', 'glide', 'c'].map((name) => ({ name, title: name.toUpperCase() }));

test('medians', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeUndefined();
});

test('numbers keep two or three digits', () => {
  expect([2_000_000, 123.4, 45.67, 3.456, 0.0123].map(format)).toEqual(['2,000,000', '123', '45.7', '3.5', '0.012']);
});

test('targets compare within the results and leave out what was not measured', () => {
  const byTitle = new Map(targets(results).map((target) => [target.title, target]));
  expect(byTitle.get('GET c1000 / best JS peer')).toMatchObject({ met: true, wanted: '≥ 6×' });
  expect(byTitle.get('GET c64 / best JS peer')).toMatchObject({ reached: 2, met: false });
  expect(byTitle.get('GET c64 / redis-benchmark')).toMatchObject({ met: false });
  expect(byTitle.get('client CPU per GET c1000 / ioredis')).toMatchObject({ met: true });
  expect(byTitle.has('GET c1 / best JS peer')).toBe(false);
});

test('the page has a line per workload and says why a number is missing', () => {
  const page = markdown(results, { title: 'Compared', workloads, clients, targets }, 'clients.svg');
  expect(page).toContain('| GET c1000 | 2,000 | 300 | – |  |');
  expect(page).toContain('- glide: no binary\n  (get-c1000)');
  expect(page).toContain('Medians of 1 to 3 rounds');
  expect(page).toContain('| GET c1000 / best JS peer | ≥ 6× | 6.7× | yes |');
});

test('the page says how many rounds were run', () => {
  const cells = { 'get-c64': { kv: runs(1, 2, 3), ioredis: { runs: [], failure: 'no binary' } } };
  const page = markdown({ ...results, cells }, { title: 'Compared', workloads, clients, targets }, 'clients.svg');
  expect(page).toContain('Medians of 3 rounds');
});

test('the longest bar belongs to the fastest', () => {
  const svg = chart(results, workloads, clients);
  const widths = [...svg.matchAll(/<rect x="170" y="[\d.]+" width="([\d.]+)"/g)].map((found) => Number(found[1]));
  expect(widths.length).toBe(5);
  expect(Math.max(...widths)).toBe(700);
  expect(svg).toContain('2.00 M/s');
});
