import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backends, missingPlaces } from '../src/command-places.ts';
import { repository } from '../src/published-entries.ts';

it.each(backends)('every command of %s has all that belongs to a command', (backend) => {
  expect(missingPlaces(backend, repository)).toEqual([]);
});

describe('a new command', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kv-places-'));
    const wanted = (path: string): boolean => !/node_modules|\/dist$/.test(path);
    for (const part of [...backends.map((name) => `packages/${name}`), 'docs/backends']) {
      cpSync(join(repository, part), join(folder, part), { recursive: true, filter: wanted });
    }
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const edit = (file: string, change: (text: string) => string): void => {
    const path = join(folder, 'packages', file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };

  it.each([
    ['redis', 'string.ts', 'test/fixtures/commands.json', "read('BRANDNEW')"],
    ['ssdb', 'kv.ts', 'src/protocol/command-table.ts', "spec('brandnew')"],
    ['gibson', 'single.ts', 'src/protocol/specs.ts', "spec('BRANDNEW')"],
  ] as const)('of %s is told all that it lacks', (backend, file, table, spec) => {
    const source = `
      const BRANDNEW = ${spec};
      /** F. */ export function brandnew<V = string>(): Command<V, V>;
      /** F. */ export function brandnew<V = string>(a?: string): Command<V, V>;
      export function brandnew<V = string>(a?: string): Command<V, V> { return new Command(BRANDNEW, [a]); }`;
    edit(`${backend}/src/commands/${file}`, (text) => text + source);
    expect(missingPlaces(backend, folder).filter((line) => line.startsWith('brandnew:'))).toEqual([
      'brandnew: no method in src/generated (npm run generate)',
      `brandnew: no row in ${table}`,
      'brandnew: no recorded reply in test/vectors (npm run record)',
      'brandnew: no test of its call and its reply',
      'brandnew: no type test of its options or overloads',
    ]);
  });

  it('that servers list needs a function, or a row on the page of what is not offered', () => {
    edit('redis/test/fixtures/commands.json', (text) => text.replace('{', '{ "brandnew": {},'));
    expect(missingPlaces('redis', folder)).toEqual([
      'brandnew: no function in src/commands, and no row in docs/backends/redis-commands.md',
    ]);
  });
});
