import { expect, test } from 'vitest';
import { rotated } from './comparison.ts';

test('every round has another first client, and neighbours change sides', () => {
  const rounds = Array.from({ length: 4 }, (_, round) => rotated(['a', 'b', 'c'], round).join(''));
  expect(rounds).toEqual(['abc', 'acb', 'cab', 'cba']);
});
