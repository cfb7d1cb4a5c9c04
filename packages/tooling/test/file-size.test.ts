import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../src/published-entries.ts';

const LONGEST = 350;

/** Files that may be longer, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'packages/resp-parser/src/decoder.ts':
    'one state machine: its steps share their position without a call between them',
};

/** The hand-written library files, as paths in the repository. */
function libraryFiles(): string[] {
  const packages = join(repository, 'packages');
  return readdirSync(packages).flatMap((name) => {
    const source = join(packages, name, 'src');
    return (readdirSync(source, { recursive: true }) as string[])
      .map((file) => `packages/${name}/src/${file.replaceAll('\\', '/')}`)
      .filter((file) => /\.ts$/.test(file) && !/\.test(-d)?\.ts$|\/generated\//.test(file));
  });
}

const lengthOf = (file: string): number => readFileSync(join(repository, file), 'utf8').trimEnd().split('\n').length;

const long = libraryFiles().filter((file) => lengthOf(file) > LONGEST);

it('no library file is so long that it needs a second topic to fill it', () => {
  expect(long.filter((file) => !(file in EXCEPTIONS)).map((file) => `${file}: ${lengthOf(file)} lines`)).toEqual([]);
});

it('only files that are too long are excepted', () => {
  expect(Object.keys(EXCEPTIONS).filter((file) => !long.includes(file))).toEqual([]);
});
