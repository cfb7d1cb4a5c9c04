import { readFileSync } from 'node:fs';
import { type AnyCommand, Flag } from '@kv/core';
import { expect, test } from 'vitest';
import { SsdbLease } from '../src/client/lease.ts';
import { Ssdb } from '../src/client/ssdb.ts';
import * as hash from '../src/commands/hash.ts';
import * as kv from '../src/commands/kv.ts';
import * as kvPart from '../src/commands/kv-part.ts';
import * as queue from '../src/commands/queue.ts';
import * as server from '../src/commands/server.ts';
import * as zset from '../src/commands/zset.ts';
import * as zsetRange from '../src/commands/zset-range.ts';
import { commandTable } from '../src/protocol/command-table.ts';
import { methodName } from './calls.ts';

const README = new URL('../README.md', import.meta.url);
const themes = {
  'plain keys': { ...kv, ...kvPart },
  hashes: hash,
  'sorted sets': { ...zset, ...zsetRange },
  queues: queue,
  server,
};

/** `get(key: Data): Promise<V | null>` in the generated class. */
const results = new Map(
  [
    ...readFileSync(new URL('../src/generated/ssdb-commands.ts', import.meta.url), 'utf8').matchAll(
      /^ {2}(\w+)(?:<.+>)?\(.*\): Promise<(.+)> ?[{;]$/gm,
    ),
  ]
    .map(([, name, result]): [string, string] => [
      name as string,
      (result as string).replaceAll('V', 'string').replaceAll('<string>', ''),
    ])
    .toReversed(), // of overloads the first stays
);

const byHand: Readonly<Record<string, string>> = {
  auth: 'boolean (connections and leases)',
  ignoreKeyRange: 'void (connections and leases)',
  dump: 'async iterable of entries',
  sync140: 'async iterable of changes',
};

function repeated({ flags }: AnyCommand['spec']): string {
  if ((flags & Flag.read) !== 0) return 'read';
  return (flags & Flag.idempotent) !== 0 ? 'same state' : '';
}

function row(name: string): string {
  const method = methodName(name);
  const result = (byHand[method] ?? results.get(method) ?? 'missing').replaceAll('|', '\\|');
  const spec = commandTable().get(name) as AnyCommand['spec'];
  return `| \`${name}\` | \`${method}()\` | ${result} | ${repeated(spec)} |`;
}

function table(): string {
  const names = [...commandTable().keys()];
  const sections = Object.entries(themes).map(([theme, functions]) => {
    const mine = names.filter((name) => Object.hasOwn(functions, methodName(name))).sort();
    return `### ${theme}: ${mine.length}\n\n| command | method | resolves to | repeated |\n|---|---|---|---|\n${mine.map(row).join('\n')}`;
  });
  return sections.join('\n\n');
}

test('every command is a method of a client, or of a connection', () => {
  const missing = [...commandTable().keys()]
    .map(methodName)
    .filter((name) => !(name in Ssdb.prototype) && !(name in SsdbLease.prototype));
  expect(missing).toEqual([]);
  expect(table()).not.toContain('missing');
  expect(table().match(/^\| `/gm)).toHaveLength(119);
});

test('the README lists them as they are (npx vitest run packages/ssdb/test/readme.test.ts -u writes it)', async () => {
  const written = readFileSync(README, 'utf8');
  const current = written.replace(
    /<!-- commands -->[\s\S]*<!-- \/commands -->/,
    `<!-- commands -->\n\n${table()}\n\n<!-- /commands -->`,
  );
  await expect(current).toMatchFileSnapshot('../README.md');
});
