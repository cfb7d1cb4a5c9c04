import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { undocumented } from '../src/check-docs.ts';
import { compileExamples, documentedExamples, examplesIn } from '../src/check-examples.ts';
import { docExamples, examplesInComments, withImports } from '../src/doc-examples.ts';
import { type Entry, publishedEntries } from '../src/published-entries.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kv-docs-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function entry(file: string, text: string): Entry {
  writeFileSync(join(folder, file), text);
  return { specifier: file, source: join(folder, file) };
}

it('everything that a published package exports has a doc comment', () => {
  expect(undocumented(publishedEntries())).toEqual([]);
});

it('the examples in the doc comments of published packages compile', () => {
  expect(compileExamples(docExamples(publishedEntries()))).toEqual([]);
});

it('the examples of all READMEs and of docs/ compile', () => {
  expect(compileExamples(documentedExamples())).toEqual([]);
});

it('what has no doc comment is found, in one module per line', () => {
  const modules: [text: string, expected?: string][] = [
    ['export function f(): void {}', '0.ts:1 f'],
    ['export interface I {}', '1.ts:1 I'],
    ['\nexport const c: number = 1;', '2.ts:2 c'],
    ['/** C */ export class C {\n m(): void {} }', '3.ts:2 C.m'],
    ['/** C */ export class C {\n get g(): number { return 1 } }', '4.ts:2 C.g'],
    ['/** C */ export class C {\n static s(): void {} }', '5.ts:2 C.s'],
    ["export * as inner from './0.ts';"],
    ['/** f */ export function f(): void {}'],
    ['function f(): void {}\nexport {};'],
    ['/** C */ export class C { #m(): void {} private n(): void {} protected o(): void {} constructor() {} }'],
    ['/** C */ export class C { [Symbol.dispose](): void {} }'],
    ['abstract class B {\n/** m */\nabstract m(): void }\n/** C */ export class C extends B { override m(): void {} }'],
    ['/** f */ export function f(a: 1): void;\nexport function f(a: 2): void;\nexport function f(): void {}'],
  ];
  const found = undocumented(modules.map(([text], at) => entry(`${at}.ts`, text)));
  expect(found.map((line) => line.replace(/^.*\//, ''))).toEqual(modules.flatMap(([, expected]) => expected ?? []));
});

it('what is exported again from another file counts where it is declared', () => {
  entry('inner.ts', '\nexport function f(): void {}');
  for (const text of ["export * from './inner.ts';", "export * as inner from './inner.ts';"]) {
    expect(undocumented([entry('index.ts', text)])).toEqual([expect.stringMatching(/inner\.ts:2 f$/)]);
  }
});

describe('examples', () => {
  const markdown =
    '# Title\n\n```ts\nconst a: number = 1;\n```\ntext\n```ts no-check\n?\n```\n```json\n{}\n```\n```ts\nx\n```\n';

  it('are the fenced blocks of TypeScript, but not those that opt out', () => {
    expect(examplesIn(markdown, 'A.md')).toEqual([
      { at: 'A.md:3', code: 'const a: number = 1;\n' },
      { at: 'A.md:13', code: 'x\n' },
    ]);
  });

  it('are the @example blocks of doc comments, with or without a fence, up to the next tag', () => {
    const source = `/**\n * A.\n *\n * @example\n * a(1);\n * b();\n * @see x\n */\n/** @example\n * \`\`\`ts\n * c();\n * \`\`\`\n */`;
    expect(examplesInComments(source, 'a.ts')).toEqual([
      { at: 'a.ts:4', code: 'a(1);\nb();\n' },
      { at: 'a.ts:9', code: '\nc();\n\n\n' },
    ]);
  });

  it('get the imports that they leave out, from their own package first', () => {
    const exports = new Map([
      ['@kv/a', ['get', 'other']],
      ['@kv/b', ['get', 'set', 'make', 'text']],
    ]);
    const code = "const make = set(get('text'));\n";
    const expected = `${code}import { get, set } from '@kv/b';\n`;
    expect(withImports({ at: 'a.ts:1', code }, '@kv/b', exports)).toEqual({ at: 'a.ts:1', code: expected });
  });

  it('that do not compile are named by the line of the Markdown file', () => {
    const [error, ...more] = compileExamples([
      { at: 'A.md:3', code: 'const a = 1;\nconst b: string = a;\n' },
      { at: 'B.md:3', code: 'const a = await Promise.resolve(1);\n' },
    ]);
    expect(error).toMatch(/^A\.md:5 Type 'number' is not assignable/);
    expect(more).toEqual([]);
  });
});
