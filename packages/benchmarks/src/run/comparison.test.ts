import { expect, test } from 'vitest';
import { rotated } from './comparison.ts';

test('every round has another first client, and neighbors change sides', () => {
  const rounds = Array.from({ length: 4 }, (_, round) => rotated(['a', 'b', 'c'], round).join(''));
  expect(rounds).toEqual(['abc', 'acb', 'cab', 'cba']);
});
