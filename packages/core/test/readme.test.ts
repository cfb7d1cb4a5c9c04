import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('every name in the table of the README is one that the package exports', () => {
  const [table = ''] = (read('../README.md').split('\n## What is in it\n')[1] ?? '').split('\nThe way of a call');
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const names = rows.flatMap((row) => Array.from(row.split(' | ')[0]?.matchAll(/`(\w+)`/g) ?? [], ([, name]) => name));
  const exported = new Set(read('../src/index.ts').match(/\w+/g));
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !exported.has(name as string))).toEqual([]);
});
