import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runFile } from './foreign-mocha.ts';

/** A program in place of mocha: what it tells of all tests, and when it is asked for one. */
function program(all: readonly [string, string][], alone: readonly [string, string][]): string {
  const folder = mkdtempSync(join(tmpdir(), 'kv-mocha-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const lines = (tests: readonly [string, string][]): string =>
    JSON.stringify(tests.map(([title, state]) => `${JSON.stringify({ file: 'x', title, state })}\n`).join(''));
  const text = `process.argv.includes('--grep') ? ${lines(alone)} : ${lines(all)}`;
  writeFileSync(join(folder, 'run.cjs'), `require('node:fs').writeFileSync(process.env.KV_FOREIGN_RESULTS, ${text});`);
  return folder;
}

test('a test that the process did not come to before it ended is run alone, and counts', () => {
  const plan: [string, string][] = ['a', 'b', 'c'].map((title) => [title, 'planned']);
  const folder = program([...plan, ['a', 'passed']], [...plan, ['b', 'passed']]);
  const results = runFile({ folder, command: ['run.cjs'], env: process.env }, 'a.ts', () => false);
  expect(results.map(({ title, state }) => `${title} ${state}`)).toEqual(['a passed', 'b passed', 'c missed']);
});

test('of two tests with one title both have to pass', () => {
  const plan: [string, string][] = ['a', 'a'].map((title) => [title, 'planned']);
  const folder = program([...plan, ['a', 'passed']], [...plan, ['a', 'passed'], ['a', 'failed']]);
  const results = runFile({ folder, command: ['run.cjs'], env: process.env }, 'a.ts', () => false);
  expect(results.map(({ title, state }) => `${title} ${state}`)).toEqual(['a failed']);
});
