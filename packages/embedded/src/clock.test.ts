import { expect, test } from 'vitest';
import { Clock } from './clock.ts';

test('a frozen clock moves only when told', () => {
  const clock = new Clock(5_500);
  expect([clock.now(), clock.seconds()]).toEqual([5_500, 5]);
  clock.advance(600);
  expect([clock.now(), clock.seconds()]).toEqual([6_100, 6]);
});

test('advance runs due timers in order, each at its own time', () => {
  const clock = new Clock(0);
  const ran: [string, number][] = [];
  clock.after(20, () => ran.push(['second', clock.now()]));
  clock.after(10, () => {
    ran.push(['first', clock.now()]);
    clock.after(5, () => ran.push(['added on the way', clock.now()]));
  });
  clock.after(31, () => ran.push(['too late', clock.now()]));
  clock.advance(30);
  expect(ran).toEqual([
    ['first', 10],
    ['added on the way', 15],
    ['second', 20],
  ]);
  expect(clock.now()).toBe(30);
});

test('a canceled timer does not run', () => {
  const clock = new Clock(0);
  const timer = clock.after(10, () => expect.unreachable());
  timer.cancel();
  timer.cancel();
  clock.advance(10);
});

test('a running clock fires by itself and keeps what was advanced', async () => {
  const clock = new Clock();
  clock.advance(3_600_000);
  expect(clock.now()).toBeGreaterThan(Date.now() + 3_500_000); // the clock of the system may be set meanwhile
  await new Promise<void>((resolve) => {
    clock.after(5, resolve);
  });
  clock.close();
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('advance(%d) is refused', (ms) => {
  expect(() => new Clock(0).advance(ms)).toThrow(RangeError);
});

test('the time is whole milliseconds, whatever it is moved by', () => {
  const clock = new Clock(0);
  clock.advance(0.5);
  expect(clock.now()).toBe(1);
  for (const wrong of [0.5, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => new Clock(wrong)).toThrow(RangeError);
});
