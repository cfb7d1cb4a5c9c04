import { expect, test } from 'vitest';
import { seeded } from './random.ts';

const draws = (seed: number, count: number): number[] => {
  const random = seeded(seed);
  return Array.from({ length: count }, () => random.next());
};

test('a seed decides the sequence', () => {
  expect(draws(7, 20)).toEqual(draws(7, 20));
  expect(draws(7, 20)).not.toEqual(draws(8, 20));
});

test('numbers are spread over the range', () => {
  const random = seeded(1);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 10_000; i++) {
    const at = random.below(10);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('a fork does not depend on what was drawn before', () => {
  const a = seeded(3);
  const b = seeded(3);
  b.next();
  expect(a.fork(1).next()).toBe(b.fork(1).next());
  expect(a.fork(1).next()).not.toBe(a.fork(2).next());
});

test('nothing to pick from', () => {
  expect(() => seeded(1).pick([])).toThrow('nothing to pick');
  expect(seeded(1).pick(['only'])).toBe('only');
});
