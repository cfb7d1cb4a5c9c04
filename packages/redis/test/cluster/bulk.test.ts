/** Large calls on connections of their own, in a cluster whose every answer the test decides. */
import { array, bulk, moved, ok } from '@kv/testkit/topology/resp-text';
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
  const gone = moved(SLOT, b);
  a.answer = answers({ GET: ({ args }) => (args[0] === KEY ? read.promise : bulk('x')), STRLEN: gone, SET: gone });
  b.answer = answers({ STRLEN: ':1\r\n', GET: bulk('before'), SET: ok });
  const small = redis.get(KEY);
  await a.asked('GET', 1);
  const marked = redis.with({ bulk: true }).strlen(KEY);
  await redis.with({ bulk: true }).get('{b}first'); // behind the refusal
  const after = redis.set(KEY, 'after');
  read.resolve(gone);
  await Promise.all([small, marked, after]);
  const order = b.requests.map(({ name }) => name).filter((name) => name === 'GET' || name === 'SET');
  expect(order).toEqual(['GET', 'SET']);
});

/** Transactions whose EXEC is answered later, and other writes of the key. */
const transactions = [
  { title: 'a large call waits for a transaction', inside: 'small', after: large, isGivenUp: false },
  { title: 'a large call waits for a transaction that was given up', inside: 'small', after: large, isGivenUp: true },
  { title: 'a small call waits for a large transaction', inside: large, after: 'small', isGivenUp: false },
  { title: 'a small call waits for a large one that was given up', inside: large, after: 'small', isGivenUp: true },
];

test.each(transactions)('$title, of which only EXEC is unanswered', async ({ inside, after, isGivenUp }) => {
  const { a, redis } = await two({ bulkAbove: 500 });
  a.answer = answers({ SET: ok });
  await Promise.all([redis.set('{b}first', large), redis.set('{b}second', 'small')]); // opens both connections
  await using session = await redis.session({ key: KEY });
  const ran = deferred<string>();
  const abort = new AbortController();
  const queued = (value: string | undefined): string => (value === inside ? '+QUEUED\r\n' : ok);
  a.answer = answers({ MULTI: ok, SET: ({ args }) => queued(args[1]), EXEC: ran.promise, GET: bulk('x') });
  const multi = redis.with({ signal: abort.signal }).multi();
  void multi.set(KEY, inside).catch(() => undefined);
  const transaction = multi.execute().catch((error: unknown) => error);
  await a.asked('EXEC', 1);
  for (let i = 0; i < 3; i++) await session.get(KEY); // what was queued has been answered
  if (isGivenUp) abort.abort();
  const follows = redis.set(KEY, after);
  for (let i = 0; i < 3; i++) await session.get(KEY);
  const writers = a.requests
    .filter(({ name, args }) => name === 'SET' && args[0] === KEY)
    .map(({ connection }) => connection);
  const [first, last = first] = writers; // a small call may follow on the same connection, behind EXEC
  expect(last).toBe(first);
  ran.resolve(array(ok));
  expect(await follows).toBe('OK');
  if (isGivenUp) expect(await transaction).toMatchObject({ code: 'ABORTED' });
  else expect(await transaction).toEqual(['OK']);
});

test('the parts of a divided call that is marked go to the connection for bulk', async () => {
  const { a, redis } = await two({ bulkAbove: 500 });
  const read = deferred<string>();
  a.answer = answers({ MGET: read.promise, GET: bulk('small') });
  const divided = redis.with({ bulk: true }).mget(KEY, '{b}');
  await a.asked('MGET', 1);
  expect(await redis.get('{b}other')).toBe('small');
  read.resolve(array(bulk('large')));
  expect(await divided).toEqual(['large', 'large']);
});
