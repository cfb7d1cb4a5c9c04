import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandTable } from '../src/redis/command-table.ts';

const GROUPS: readonly (readonly [title: string, category: string])[] = [
  ['strings', 'string'],
  ['bitmaps', 'bitmap'],
  ['hashes', 'hash'],
  ['lists', 'list'],
  ['sets', 'set'],
  ['sorted sets', 'sortedset'],
  ['streams', 'stream'],
  ['keys', 'keyspace'],
  ['Pub/Sub', 'pubsub'],
  ['transactions', 'transaction'],
  ['scripts', 'scripting'],
  ['connections', 'connection'],
];

/** Rows of a table: each command once, in the first group that it belongs to. */
function rows(): string[] {
  const groups = new Map<string, string[]>();
  for (const { name, categories } of commandTable.values()) {
    const hasParts = [...commandTable.keys()].some((other) => other.startsWith(`${name}|`));
    if (hasParts && name !== 'command') continue;
    const title = GROUPS.find(([, category]) => categories.includes(category))?.[0] ?? 'the server and its cluster';
    groups.set(title, [...(groups.get(title) ?? []), name.replace('|', ' ').toUpperCase()]);
  }
  return [...GROUPS.map(([title]) => title), 'the server and its cluster'].map(
    (title) => `| ${title} | ${(groups.get(title) ?? []).join(', ')} |`,
  );
}

test('the README names the commands of Redis that the server has', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const table = /\| of \| commands \|\n\| --- \| --- \|\n((?:\|.*\n)+)/.exec(readme)?.[1];
  expect(table?.trimEnd().split('\n')).toEqual(rows()); // the received rows are those of the README
});
