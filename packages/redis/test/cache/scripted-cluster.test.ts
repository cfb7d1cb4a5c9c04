/** What the cache of a client of a cluster makes of answers that only scripted servers give. */
import { ask, bulk, error, nothing } from '@kv/testkit/topology/resp-text';
import { expect, onTestFinished, test, vi } from 'vitest';
import { answers, KEY, SLOT, two } from '../cluster/scripted.ts';

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

test('a read that fails behind ASK leaves nothing that later reads would wait for [#198] [#203]', async () => {
  const { a, b, redis } = await two({ cache: {} });
  const cached = redis.cached();
  const read = [() => cached.get(KEY), () => cached.mget(KEY).then(([value]) => value)];
  a.answer = answers({ GET: ask(SLOT, b), MGET: ask(SLOT, b) });
  for (const [i, call] of read.entries()) {
    b.answer = answers({ GET: error('WRONGTYPE no text'), MGET: error('WRONGTYPE no text') });
    const calls = [call(), call()];
    for (const one of calls) await expect(one).rejects.toMatchObject({ prefix: 'WRONGTYPE' });
    b.answer = answers({ GET: bulk('v'), MGET: `*1\r\n${bulk('v')}` });
    expect(await call()).toBe('v');
    expect(b.countOf(['GET', 'MGET'][i] as string)).toBe(2);
  }
});
