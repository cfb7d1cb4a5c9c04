import { expect, test } from 'vitest';
import { Change } from './change.ts';

test('a notification wakes long before the deadline', async () => {
  const change = new Change();
  const waiting = change.before(performance.now() + 60_000);
  change.notify();
  await waiting;
});

test('without one the deadline wakes', async () => {
  const deadline = performance.now() + 10;
  await new Change().before(deadline);
  expect(performance.now()).toBeGreaterThanOrEqual(deadline);
});
