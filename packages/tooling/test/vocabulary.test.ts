import { expect, it } from 'vitest';
import {
  allowed,
  inMarkdown,
  inSource,
  inTitles,
  privateWordsIn,
  privateWordsInTitles,
  testFiles,
  visibleFiles,
} from '../src/vocabulary.ts';

const published = ['core', 'redis', 'ssdb', 'gibson', 'embedded', 'resp-parser', 'ssdb-parser', 'gibson-parser'];

it('pages, doc comments and error messages use the terms of the field', () => {
  expect(visibleFiles(published).length).toBeGreaterThan(100);
  expect(privateWordsIn(published)).toEqual([]);
});

it('titles of tests use the terms of the field', () => {
  const packages = [...published, 'testkit', 'tooling', 'benchmarks'];
  expect(testFiles(packages).length).toBeGreaterThan(200);
  expect(privateWordsInTitles(packages)).toEqual([]);
});

it('a private word is found in the title of a test, whatever its table', () => {
  const titles = "it('rests', f); test.each([1])('owes %i', f); describe('fine', f);\nit(`lends one`, f);";
  expect(inTitles('a.test.ts', titles)).toEqual([
    'a.test.ts:1 rests: pause reads',
    'a.test.ts:1 owes: pending reply',
    'a.test.ts:2 lends: acquire, check out',
  ]);
});

it('a private word is found in prose, in a doc comment and in a message, with its place', () => {
  expect(inMarkdown('a.md', 'Fine.\nIt waits for ever.')).toEqual(['a.md:2 for ever: forever, without a limit']);
  expect(inSource('a.ts', '/** The tombstone. */')).toEqual(['a.ts:1 tombstone: abandoned request, discarded reply']);
  expect(inSource('a.ts', "new TypeError('nobody came')")).toHaveLength(1);
});

it('code, quoted names and other strings are not judged', () => {
  expect(inMarkdown('a.md', '```ts\nconst line = 1;\n```\nSee `line`.')).toEqual([]);
  expect(inSource('a.ts', "const text = 'for ever';")).toEqual([]);
});

it('a text on the terminal may be a line, and every exception has its reason', () => {
  expect(inMarkdown('a.md', 'The command line.')).toEqual([]);
  expect(inMarkdown('a.md', 'The command line lasts for ever.')).toHaveLength(1);
  expect(allowed.every(({ why }) => why.length > 3)).toBe(true);
});
