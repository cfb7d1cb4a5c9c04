import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Results } from '../report/results.ts';
import { repository } from '../run/versions.ts';
import { bars } from './bars.ts';
import { filled } from './blocks.ts';
import { pages, withFigures } from './fill-pages.ts';
import { losses } from './losses.ts';

const rows = [
  { name: 'get', title: 'GET' },
  { name: 'set', title: 'SET' },
];
const clients = [
  { name: 'kv', title: '@kv/redis', runtime: 'node' },
  { name: 'ioredis', title: 'ioredis', runtime: 'node' },
  { name: 'bun', title: 'Bun', runtime: 'bun' },
] as const;
const rates: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  get: { kv: 100_000, ioredis: 50_000, bun: 200_000 },
  set: { kv: 100_000, ioredis: 104_000 },
};
const figure = (row: string, client: string): number | undefined => rates[row]?.[client];

test('only what stands between the marks is replaced', () => {
  const page = 'before\n<!-- figures redis rate -->\nold\n<!-- end of figures -->\nafter\n';
  const once = filled(page, (words) => words.join('/'));
  expect(once).toBe('before\n<!-- figures redis rate -->\n\nredis/rate\n\n<!-- end of figures -->\nafter\n');
  expect(filled(once, (words) => words.join('/'))).toBe(once);
});

test('a row in which another client is more than level is told, whichever direction is better', () => {
  expect(losses(rows, clients, figure, 'most')).toBe('- GET: Bun 2×');
  expect(losses(rows, clients, figure, 'least')).toBe('- GET: ioredis 2×');
  expect(losses(rows, clients, () => 1, 'most')).toBe('No other client is ahead in any row.');
});

test('bars are relative to the fastest of the row', () => {
  const cells = Object.fromEntries(
    Object.entries(rates).map(([row, of]) => [
      row,
      Object.fromEntries(Object.entries(of).map(([name, callsPerSecond]) => [name, { runs: [{ callsPerSecond }] }])),
    ]),
  );
  const text = bars({ cells } as unknown as Results, rows, clients);
  expect(text).toContain('GET                        @kv/redis                  ██████████ 100');
  expect(text).toContain(`Bun                        ${'█'.repeat(20)} 200`);
});

test.each(pages)('the figures of %s are those of the results', (page) => {
  expect(withFigures(page)).toBe(readFileSync(repository + page, 'utf8'));
});
