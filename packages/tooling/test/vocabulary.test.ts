import { expect, it } from 'vitest';
import { allowed, inMarkdown, inSource, privateWordsIn, visibleFiles } from '../src/vocabulary.ts';

const published = ['core', 'redis', 'ssdb', 'gibson', 'embedded', 'resp-parser', 'ssdb-parser', 'gibson-parser'];

it('pages, doc comments and error messages use the terms of the field', () => {
  expect(visibleFiles(published).length).toBeGreaterThan(100);
  expect(privateWordsIn(published)).toEqual([]);
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
