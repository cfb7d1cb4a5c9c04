/** Every behavior of the table in the README has tests that carry its number, in the files that the table names. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const readme = new URL('../README.md', import.meta.url);

interface Row {
  readonly name: string;
  readonly everywhere: boolean;
  readonly files: readonly string[];
}

const rows: Row[] = [...readFileSync(readme, 'utf8').matchAll(/^\| (\d+|pain \d+)( ★)? \|[^|]*\|([^|]*)\|$/gm)].map(
  ([, name = '', star, files = '']) => ({
    name,
    everywhere: star !== undefined,
    files: [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
  }),
);

const read = (file: string): string => readFileSync(new URL(file, readme), 'utf8');

/** The numbers at the beginning of the names of tests: `'72, pain 1: …'`. */
function numbersIn(file: string): Set<string> {
  const names = read(file).matchAll(/(?:test|it|describe)\b[\s\S]{0,400}?\(\s*'((?:pain )?\d+(?:, (?:pain )?\d+)*): /g);
  return new Set([...names].flatMap(([, numbers = '']) => numbers.split(', ')));
}

test('the table has all behaviors of loss and pools, and all pains of time and failure', () => {
  const behaviours = Array.from({ length: 17 }, (_, i) => String(72 + i));
  const pains = [1, 2, 3, 4, 5, 6, 7, 8, 14, 19, 20, 24].map((pain) => `pain ${pain}`);
  expect(rows.map(({ name }) => name)).toEqual([...behaviours, ...pains]);
});

test.each(rows)('$name is named by a test in each of its files', ({ name, files }) => {
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect([file, ...numbersIn(file)]).toContain(name);
});

test.each(rows.filter(({ everywhere }) => everywhere))('$name runs on every backend', ({ files }) => {
  const suite = read('src/failure-suite.ts');
  const cases = files.filter((file) => file.startsWith('src/')).map((file) => file.slice(4));
  expect(cases.length).toBeGreaterThan(0);
  for (const file of cases) expect(suite).toContain(`from './${file}'`);
  for (const backend of ['redis', 'ssdb', 'gibson'])
    expect(read(`../${backend}/test/failure-suite.test.ts`)).toMatch(/\bfailureSuite\(/);
});
