import { expect, it } from 'vitest';
import { Pacing } from './pacing.ts';

/** Reads that bring `replies` every `gap` ms while `due` stay due; the rest after the last of 100. */
function steady(replies: number, gap: number, due: number): number {
  const pacing = new Pacing();
  let rest = 0;
  for (let i = 0; i < 100; i++) rest = pacing.restAfter(replies, due, 1000 + i * gap);
  return rest;
}

it('rests for half of what is due, within 1 to 10 ms', () => {
  expect(steady(1, 0.05, 160)).toBeCloseTo(4, 1);
  expect(steady(10, 0.5, 160)).toBeCloseTo(4, 1);
  expect(steady(1, 0.05, 10_000)).toBe(10);
});

it('never rests when little is due, or when it comes quickly', () => {
  expect(steady(1, 5, 31)).toBe(0);
  expect(steady(1, 0.03, 64)).toBe(0);
  expect(steady(1000, 0.25, 4000)).toBe(0);
});

it('time in which nothing was due says nothing about the server', () => {
  const pacing = new Pacing();
  for (let i = 0; i < 100; i++) {
    pacing.restAfter(1, 0, 1000 * i); // answered at once, every second
    expect(pacing.restAfter(1, 100, 1000 * i + 999)).toBe(0);
    expect(pacing.restAfter(100, 0, 1000 * i + 999.5)).toBe(0);
  }
});
