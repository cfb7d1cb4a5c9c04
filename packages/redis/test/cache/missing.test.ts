/** How long a cache in a cluster keeps that a key is missing. */
import { bulk, nothing } from '@kv/testkit/topology/resp-text';
import { expect, onTestFinished, test, vi } from 'vitest';
import { answers, KEY, two } from '../cluster/scripted.ts';

vi.mock('../../../core/src/timers.ts', () => import('@kv/testkit/faked-timers'));

test('in a cluster a missing key is asked for again after a second, a key that is there is not [#204]', async () => {
  const { a, redis } = await two({ cache: {} });
  const cached = redis.cached();
  a.answer = answers({ GET: ({ args }) => (args[0] === KEY ? nothing : bulk('v')) });
  await redis.connect();
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const read = (): Promise<unknown> => Promise.all([cached.get(KEY), cached.get(KEY), cached.get('{b}')]);
  const counts: number[] = [];
  for (const ms of [0, 900, 200]) {
    vi.advanceTimersByTime(ms);
    expect(await read()).toEqual([null, null, 'v']);
    counts.push(a.countOf('GET'));
  }
  expect(counts).toEqual([2, 2, 3]);
});
