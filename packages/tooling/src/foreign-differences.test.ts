import { expect, test } from 'vitest';
import { type Difference, judge, verdictText } from './foreign-differences.ts';
import type { Result, State } from './foreign-mocha.ts';

const result = (title: string, state: State, file = 'a.ts'): Result => ({ file, title, state, error: 'Error: no\nat' });
const differences: readonly Difference[] = [
  { kind: 'intended', why: 'It is so.', tests: { 'a.ts': ['known'] } },
  { kind: 'internal', why: 'It is no interface.', tests: { 'b.ts': '*' } },
];

test('failures on the list count by their kind, others are named', () => {
  const results = [
    result('known', 'failed'),
    result('new', 'failed'),
    result('lost', 'missed'),
    result('any', 'failed', 'b.ts'),
    result('fine', 'passed'),
    result('later', 'skipped'),
  ];
  const verdict = judge(results, differences);
  expect(verdict.unexpected.map(({ title }) => title)).toEqual(['new', 'lost']);
  expect(verdictText(verdict)).toBe(
    [
      'failed: a.ts: new\n    Error: no',
      'failed: a.ts: lost\n    Error: no',
      '1 passed, 2 failed, 1 intended, 1 internal, 0 of newer servers, 1 skipped',
    ].join('\n'),
  );
});

test('a test on the list that passes is named, and is no failure', () => {
  const verdict = judge([result('known', 'passed')], differences);
  expect(verdict.unexpected).toEqual([]);
  expect(verdictText(verdict)).toContain('on the list, but passed: a.ts: known');
});
