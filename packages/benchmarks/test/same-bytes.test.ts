import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Comparison, compareRecorded, compareTyped } from '../src/comparison/same-bytes.ts';

const page = readFileSync(new URL('../../../docs/backends/redis-differences.md', import.meta.url), 'utf8');
const explained = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, call]) => String(call));

function names({ differences }: Comparison): string[] {
  return differences.map(({ call }) => call);
}

test('the same calls send the same bytes as ioredis and node-redis, or the page says why not', async () => {
  const typed = await compareTyped();
  const recorded = await compareRecorded();
  expect(new Set([...names(typed), ...names(recorded)])).toEqual(new Set(explained));
  expect(page).toContain(`- ${typed.compared} typed calls`);
  expect(page).toContain(`- ${recorded.compared} recorded calls`);
  expect(recorded.compared).toBeGreaterThan(400);
});
