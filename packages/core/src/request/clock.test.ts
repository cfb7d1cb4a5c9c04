import { afterEach, expect, it, vi } from 'vitest';
import { Clock } from './clock.ts';

vi.mock('../timers.ts', () => import('@kv/testkit/faked-timers'));

afterEach(() => vi.restoreAllMocks());

it('reads the time once per turn, and every 256 reads in a long one', async () => {
  let time = 100.4;
  const source = vi.spyOn(performance, 'now').mockImplementation(() => time);
  const clock = new Clock();
  expect(clock.now()).toBe(100);
  time = 200;
  expect(clock.now()).toBe(100);
  for (let i = 0; i < 300; i++) clock.now();
  expect(clock.now()).toBe(200);
  expect(source.mock.calls.length).toBeLessThanOrEqual(3);
  time = 300;
  await new Promise(setImmediate);
  expect(clock.now()).toBe(300);
});
