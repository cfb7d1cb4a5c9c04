import { expect, test } from 'vitest';
import { globMatches } from './glob.ts';

test.each([
  ['user:*', 'user:1', true],
  ['user:*', 'guest:1', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['*b*b*', 'abcbd', true],
  ['[a-c]x', 'bx', true],
  ['[^a-c]x', 'bx', false],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  ['', '', true],
  ['', 'a', false],
])('pattern %j and key %j: %j', (pattern, key, matches) => {
  expect(globMatches(pattern, key)).toBe(matches);
});
