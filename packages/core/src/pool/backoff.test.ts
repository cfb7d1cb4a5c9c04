import { expect, it } from 'vitest';
import { backoffDelay } from './backoff.ts';

const longest = (failures: number, max = 2000): number => backoffDelay(failures, { min: 50, max }, () => 1);

it('doubles from the lower to the upper bound', () => {
  expect([1, 2, 3, 6, 7, 1000].map((failures) => longest(failures))).toEqual([50, 100, 200, 1600, 2000, 2000]);
});

it('is anything from nothing to the bound', () => {
  expect(backoffDelay(3, { min: 50, max: 2000 }, () => 0)).toBe(0);
  expect(backoffDelay(3, { min: 50, max: 2000 }, () => 0.5)).toBe(100);
});

it('never is more than a timer can hold', () => {
  expect(longest(1000, Number.POSITIVE_INFINITY)).toBe(2 ** 31 - 1);
});
