import { expect, test } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

const known = ['timeout', 'connectTimeout', 'tls', 'db', 'name'];

test.each([
  ['timeuot', '; did you mean timeout?'],
  ['timout', '; did you mean timeout?'],
  ['timeouts', '; did you mean timeout?'],
  ['Timeout', '; did you mean timeout?'],
  ['connecttimeout', '; did you mean connectTimeout?'],
  ['tsl', '; did you mean tls?'],
  ['bd', '; did you mean db?'],
  ['colour', ''],
  ['x', ''],
  ['', ''],
])('a name that was mistyped as "%s" is answered with "%s"', (given, suggestion) => {
  expect(didYouMean(given, known)).toBe(suggestion);
});
