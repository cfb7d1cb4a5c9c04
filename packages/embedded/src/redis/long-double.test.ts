import { expect, test } from 'vitest';
import { addLongDoubles, formatLongDouble, type LongDouble, parseLongDouble } from './long-double.ts';

function parsed(text: string): LongDouble {
  const value = parseLongDouble(text);
  if (value === undefined) throw new Error(`no number: ${text}`);
  return value;
}

test.each([
  ['10.5', '0.1', '10.6'],
  ['3.0e3', '200', '3200'],
  ['0.1', '0.2', '0.3'],
  ['-131.5', '131.5', '0'],
  ['1e19', '1', '10000000000000000001'], // still exact with 64 bits, not with 53
  ['100000', '0.1', '100000.10000000000000142'], // where the type is not exact, it shows
])('%s + %s = %s', (a, b, sum) => expect(formatLongDouble(addLongDoubles(parsed(a), parsed(b)))).toBe(sum));

test.each(['', '.', 'x', '1e', '1 ', 'inf', '1e99999', '9'.repeat(300)])('%j is no number', (text) => {
  expect(parseLongDouble(text)).toBeUndefined();
});
