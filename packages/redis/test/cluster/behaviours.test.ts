/** Each behaviour of clusters has a test that carries its number, and the README names a test for each trap. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const FOLDERS = ['packages/redis/test/cluster', 'packages/redis/src/topology', 'packages/core/src/transport'];
const root = new URL('../../../../', import.meta.url);

/** Titles of tests by the numbers at their ends: `… [#129] [#92]`. */
function titles(): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const folder of FOLDERS)
    for (const file of readdirSync(new URL(folder, root)).filter((name) => name.endsWith('.test.ts')))
      for (const [title, numbers = ''] of readFileSync(new URL(`${folder}/${file}`, root), 'utf8').matchAll(
        /['`][^'`\n]*?((?: \[#\d+\])+)['`]/g,
      ))
        for (const [, number] of numbers.matchAll(/#(\d+)/g))
          found.set(Number(number), [...(found.get(Number(number)) ?? []), `${file}: ${title}`]);
  return found;
}

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('behaviors of clusters', () => {
  const tests = titles();
  it.each([...range(89, 102), ...range(115, 181)])('%i has a test', (number) => {
    expect(tests.get(number) ?? []).not.toEqual([]);
  });
});

describe('traps of clusters', () => {
  const tests = titles();
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| (\S.*?) \| .* \| ([\d, ]+) \| (.*) \|$/gm)];

  it('are listed', () => {
    expect(rows.length).toBeGreaterThan(15);
  });

  it.each(rows.map(([, where = '', numbers = '', files = '']) => [where, numbers, files] as const))(
    '%s',
    (_where, numbers, files) => {
      const wanted = [...files.matchAll(/`([\w-]+)`/g)].map(([, file]) => `${file}.test.ts: `);
      const tagged = numbers.split(', ').flatMap((number) => tests.get(Number(number)) ?? []);
      expect(wanted).not.toEqual([]);
      for (const file of wanted) expect(tagged.some((title) => title.startsWith(file))).toBe(true);
    },
  );
});
