/** Large calls on connections of their own, in a cluster whose every answer the test decides. */
import { bulk, moved, ok } from '@kv/testkit/topology/resp-text';
import { expect, test, vi } from 'vitest';
import { answers, deferred, KEY, SLOT, two } from './scripted.ts';

vi.mock('../../../core/src/timers.ts', () => import('@kv/testkit/faked-timers'));

const large = 'x'.repeat(1000);

test('a large call and those that follow it on its key go to the new owner of the slot in their order', async () => {
  const { a, b, redis } = await two({ bulkAbove: 500 });
  const first = deferred<string>();
  a.answer = answers({ SET: ({ args }) => (args[1] === large ? first.promise : moved(SLOT, b)), GET: moved(SLOT, b) });
  b.answer = answers({ SET: ok, GET: bulk('2') });
  const calls = [redis.set(KEY, large), redis.set(KEY, 1), redis.set(KEY, 2), redis.get(KEY)];
  await a.asked('SET', 1);
  first.resolve(moved(SLOT, b));
  expect(await Promise.all(calls)).toEqual(['OK', 'OK', 'OK', '2']);
  const values = b.requests.filter(({ name }) => name === 'SET').map(({ args }) => args[1]);
  expect(values).toEqual([large, '1', '2']);
});

test('a large call that went to another server does not keep the next one waiting', async () => {
  const { a, b, redis } = await two({ bulkAbove: 500 });
  const there = deferred<string>();
  a.answer = answers({ SET: ({ args }) => (args[0] === KEY ? moved(SLOT, b) : ok) });
  b.answer = answers({ SET: there.promise });
  const gone = redis.set(KEY, large);
  await b.asked('SET', 1);
  expect(await redis.set('{b}other', large)).toBe('OK');
  there.resolve(ok);
  expect(await gone).toBe('OK');
});

test('calls that wait for a slot that moves wait for both connections of its old owner', async () => {
  const { a, b, redis } = await two({ bulkAbove: 500 });
  a.answer = answers({ SET: ok });
  await redis.set('{b}first', large);
  const read = deferred<string>();
  a.answer = answers({ GET: ({ args }) => (args[0] === KEY ? read.promise : bulk('x')), STRLEN: moved(SLOT, b) });
  b.answer = answers({ STRLEN: ':1\r\n', GET: bulk('before'), SET: ok });
  const small = redis.get(KEY);
  await a.asked('GET', 1);
  const marked = redis.with({ bulk: true }).strlen(KEY);
  await redis.with({ bulk: true }).get('{b}first'); // behind the refusal
  const after = redis.set(KEY, 'after');
  read.resolve(moved(SLOT, b));
  await Promise.all([small, marked, after]);
  const order = b.requests.map(({ name }) => name).filter((name) => name === 'GET' || name === 'SET');
  expect(order).toEqual(['GET', 'SET']);
});
