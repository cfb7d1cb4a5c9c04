/** Each behavior of the list has a test of its own, on a real server and in both protocols, where the README says. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const NUMBERS = [...Array.from({ length: 52 }, (_, i) => 20 + i), 112, 113, 114];

/** Of a test file: the numbers that names of tests begin with, where both protocols are run. */
function numbersIn(source: string): number[] {
  const blocks = source
    .split(/^describe/m)
    .filter((block) => /^(\.concurrent)?\.each\(\[2, 3\] as const\)\(/.test(block));
  return blocks.flatMap((block) =>
    [...block.matchAll(/^ {2}it(?:[.\w(!)]*\.each\([\s\S]*?\))?\(\s*'(\d+): /gm)].map(([, n]) => Number(n)),
  );
}

/** Test files by the numbers of their tests. */
function testedIn(): Map<number, Set<string>> {
  const files = new Map<number, Set<string>>(NUMBERS.map((number) => [number, new Set()]));
  for (const file of readdirSync(import.meta.dirname).filter((name) => /(?<!^behaviours)\.test\.ts$/.test(name))) {
    const source = readFileSync(`${import.meta.dirname}/${file}`, 'utf8');
    for (const number of numbersIn(source)) files.get(number)?.add(file.replace('.test.ts', ''));
  }
  return files;
}

/** The same, as the README's table has it. */
function toldInReadme(): Map<number, Set<string>> {
  const rows = readFileSync(`${import.meta.dirname}/README.md`, 'utf8').matchAll(/^\| (\d+) \| .* \| (.*) \|$/gm);
  return new Map(
    [...rows].map(([, number, files = '']) => [
      Number(number),
      new Set([...files.matchAll(/`([\w-]+)`/g)].map(([, file = '']) => file)),
    ]),
  );
}

describe('behaviors', () => {
  it.each(NUMBERS)('%i has a test in both protocols', (number) => {
    expect(testedIn().get(number)).not.toEqual(new Set());
  });

  it('the README names the file of each', () => {
    expect(toldInReadme()).toEqual(testedIn());
  });

  it('a test that runs in one protocol, or has its number in another place, does not count', () => {
    const counted =
      "describe.each([2, 3] as const)('a', () => {\n  it('20: x', () => {});\n  it.each(ALL)('21: %s', f);\n});";
    expect(numbersIn(counted)).toEqual([20, 21]);
    expect(numbersIn(counted.replace('.each([2, 3] as const)', ''))).toEqual([]);
    expect(numbersIn(counted.replace("'20: x'", "'x 20: '"))).toEqual([21]);
  });
});
