/** How often a cluster is asked for its map, by a clock that the test moves. */
import type { AnyCommand, Endpoint, RouterHost } from '@kv/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refresher } from './refresh.ts';

vi.mock('../../../core/src/timers.ts', () => import('@kv/testkit/faked-timers'));

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

interface Paced {
  readonly refresher: Refresher;
  /** When it was asked for the map, ms after the beginning. */
  readonly asked: number[];
  /** What happens from now on. */
  readonly is: { urgent: boolean; changing: boolean; ranges: number };
}

/** A refresher over one server that answers at once. */
function paced(interval = 0): Paced {
  const began = performance.now();
  const asked: number[] = [];
  const is = { urgent: false, changing: false, ranges: 1 };
  const endpoint = { identity: { address: { host: 'h', port: 1 }, addressText: 'h:1', role: 'primary' } } as Endpoint;
  const range = (i: number): unknown => [i, i, ['h', 1, `id ${i}`]];
  const send = async (_: Endpoint, { spec }: AnyCommand): Promise<unknown> => {
    if (spec.name !== 'CLUSTER SLOTS') return 'cluster_state:ok\r\ncluster_current_epoch:1\r\n';
    asked.push(performance.now() - began);
    return Array.from({ length: is.ranges }, (_one, i) => range(i));
  };
  const owner = {
    get isUrgent() {
      return is.urgent;
    },
    candidates: () => [[endpoint]],
    apply: () => is.changing,
    failed: () => undefined,
  };
  return { refresher: new Refresher({ send } as unknown as RouterHost, owner, interval), asked, is };
}

/** The times between the questions. */
function pauses(asked: readonly number[]): number[] {
  return asked.slice(1).map((at, i) => at - (asked[i] as number));
}

test('when nothing asks for it, the map is read every minute, a quarter more or less [#138]', async () => {
  const { refresher, asked } = paced(60_000);
  refresher.trigger('first use');
  await vi.advanceTimersByTimeAsync(600_000);
  refresher.close();
  expect(asked.length).toBeGreaterThanOrEqual(9);
  for (const pause of pauses(asked)) {
    expect(pause).toBeGreaterThanOrEqual(45_000);
    expect(pause).toBeLessThanOrEqual(75_000);
  }
  expect(new Set(pauses(asked)).size).toBeGreaterThan(1); // clients that began together do not stay together
});

test('an interval of 0 asks only when something calls for it [#138]', async () => {
  const { refresher, asked } = paced(0);
  refresher.trigger('first use');
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked).toHaveLength(1);
  refresher.close();
});

test.each([2 ** 32, Number.POSITIVE_INFINITY])('an interval of %d ms is longer than a day', async (interval) => {
  const { refresher, asked } = paced(interval);
  refresher.trigger('first use');
  for (const milliseconds of [1000, 86_400_000]) {
    await vi.advanceTimersByTimeAsync(milliseconds);
    expect(asked).toHaveLength(1);
  }
  refresher.close();
});

test('the first question is asked at once, later ones after pauses that double up to 5 s [#139]', async () => {
  const { refresher, asked } = paced();
  for (let i = 0; i < 40_000; i += 10) {
    refresher.trigger('MOVED');
    await vi.advanceTimersByTimeAsync(10);
  }
  refresher.close();
  expect(asked[0]).toBe(0);
  const [first = 0, ...later] = pauses(asked);
  expect(first).toBeLessThanOrEqual(210);
  expect(Math.max(...later)).toBeLessThanOrEqual(5010);
  expect(Math.max(...later)).toBeGreaterThan(2500);
  expect(asked.length).toBeLessThan(25); // of 4,000 refusals
});

test('a map that has changed makes the pauses short again, and so do calls that wait for one [#139]', async () => {
  const { refresher, asked, is } = paced();
  const refused = async (milliseconds: number): Promise<number[]> => {
    const before = asked.length;
    for (let i = 0; i < milliseconds; i += 10) {
      refresher.trigger('MOVED');
      await vi.advanceTimersByTimeAsync(10);
    }
    return pauses(asked.slice(before));
  };
  await refused(30_000);
  is.urgent = true;
  expect(Math.max(...(await refused(5000)).slice(1))).toBeLessThanOrEqual(260);
  is.urgent = false;
  is.changing = true;
  await refused(10_000);
  expect(Math.max(...(await refused(1000)))).toBeLessThanOrEqual(110);
  refresher.close();
});

test('answers of more than 100 kB make all pauses ten times as long [#139]', async () => {
  const { refresher, asked, is } = paced();
  is.ranges = 1001;
  is.urgent = true;
  for (let i = 0; i < 30_000; i += 10) {
    refresher.trigger('MOVED');
    await vi.advanceTimersByTimeAsync(10);
  }
  refresher.close();
  expect(asked.length).toBeGreaterThan(5);
  for (const pause of pauses(asked)) expect(pause).toBeGreaterThanOrEqual(500);
});
