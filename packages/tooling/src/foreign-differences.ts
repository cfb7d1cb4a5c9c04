/** Which tests of another project fail on purpose, and what a run of them comes to. */
import { readFileSync } from 'node:fs';
import type { Result } from './foreign-mocha.ts';

/** Tests that fail for one reason. */
export interface Difference {
  /**
   * `intended`: our client does it otherwise. `internal`: the test looks at or replaces what is no interface.
   * `server`: our test server does not know the command.
   */
  readonly kind: 'intended' | 'internal' | 'server';
  /** One sentence. */
  readonly why: string;
  /** Titles, by the file. `*` in place of titles: all tests of the file. */
  readonly tests: Readonly<Record<string, readonly string[] | '*'>>;
}

/** What a run comes to. */
export interface Verdict {
  readonly passed: number;
  readonly skipped: number;
  /** Failures on the list, by kind. */
  readonly listed: Readonly<Record<Difference['kind'], number>>;
  /** Failures that are on no list. */
  readonly unexpected: readonly Result[];
  /** Tests on the list that have passed. */
  readonly recovered: readonly Result[];
}

/** The list in a file of JSON. */
export function readDifferences(path: string): Difference[] {
  return JSON.parse(readFileSync(path, 'utf8')) as Difference[];
}

/** Compares results with the list. */
export function judge(results: readonly Result[], differences: readonly Difference[]): Verdict {
  const listed = { intended: 0, internal: 0, server: 0 };
  const unexpected: Result[] = [];
  const recovered: Result[] = [];
  for (const result of results) {
    const known = differences.find((difference) => isNamed(difference, result));
    const failed = result.state === 'failed' || result.state === 'missed';
    if (failed && known === undefined) unexpected.push(result);
    if (failed && known !== undefined) listed[known.kind]++;
    if (result.state === 'passed' && known !== undefined) recovered.push(result);
  }
  const count = (state: Result['state']): number => results.filter((result) => result.state === state).length;
  return { passed: count('passed'), skipped: count('skipped'), listed, unexpected, recovered };
}

/** Whether a test is one of those that fail for a reason. */
export function isNamed({ tests }: Difference, { file, title }: Pick<Result, 'file' | 'title'>): boolean {
  const titles = tests[file];
  return titles === '*' || titles?.includes(title) === true;
}

/** The verdict as text: numbers last, so that they are seen. */
export function verdictText({ passed, skipped, listed, unexpected, recovered }: Verdict): string {
  const { intended, internal, server } = listed;
  return [
    ...recovered.map(({ file, title }) => `on the list, but passed: ${file}: ${title}`),
    ...unexpected.map(({ file, title, error = '' }) => `failed: ${file}: ${title}\n    ${error.split('\n')[0]}`),
    `${passed} passed, ${unexpected.length} failed, ${intended} intended, ${internal} internal, ${server} of newer servers, ${skipped} skipped`,
  ].join('\n');
}
