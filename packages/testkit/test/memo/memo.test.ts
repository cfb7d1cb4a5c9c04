/** The suites that every backend passes, on one that is made of what core gives and of as little as possible of its own. */
import { facadeSuite } from '@kv/testkit/facade-suite';
import type { Calls, FailureBackend } from '@kv/testkit/failure-backend';
import { failureClient, failurePool } from '@kv/testkit/failure-facade';
import { failureSuite } from '@kv/testkit/failure-suite';
import { keyValueSuite } from '@kv/testkit/key-value-suite';
import { describe, expect, test, vi } from 'vitest';
import { get, ping, set } from './commands/keys.ts';
import { keyValue } from './key-value.ts';
import { createConnection, createMemo, createPool, Memo, type MemoLease, type MemoPool } from './memo.ts';
import { startMemo } from './server.ts';

/** The cases about a frozen process move the clock. */
vi.mock('../../../core/src/timers.ts', () => import('@kv/testkit/faked-timers'));

const host = '127.0.0.1';

facadeSuite(async () => {
  const server = await startMemo();
  const address = { host, port: server.port };
  return {
    client: (options) => createMemo(address, options),
    pool: (options) => createPool(address, options),
    connection: (options) => createConnection(address, options),
    stats: (client) => (client as Memo).stats(),
    Client: Memo,
    ping,
    embedded: () => ({ client: createMemo(address), store: set('k', 'stored'), fetch: get<string>('k') }),
    close: () => server.close(),
  };
});

describe('its KeyValue', () => {
  keyValueSuite(async () => {
    const server = await startMemo();
    const memo = createMemo({ host, port: server.port }, { keyPrefix: 'p:' });
    const bytes = memo.with({ bytes: true });
    return {
      open: (prefix) => keyValue(memo, { prefix }),
      openBytes: (prefix) => keyValue(bytes, { prefix }),
      advance: (ms) => server.advance(ms),
      close: async () => {
        await memo.close();
        await server.close();
      },
    };
  });
});

function calls(memo: Memo | MemoPool | MemoLease): Calls {
  return {
    read: (key) => memo.get(key),
    write: (key, value) => memo.set(key, value),
    count: (key) => memo.incr(key),
  };
}

function failureBackend(port: number): Omit<FailureBackend, 'close'> {
  return {
    server: { host, port },
    large: 16_000_000,
    open: (at, options) =>
      failureClient(createMemo({ host, port: at }, options), {
        calls,
        view: (memo, call) => memo.with(call),
        figures: (memo) => memo.stats(),
      }),
    openPool: async (at, options) => {
      const pool = await createPool({ host, port: at }, options);
      return failurePool<MemoLease>(pool, calls(pool), (call) => pool.acquire(call), calls);
    },
  };
}

/** The other parts wait on clocks, and are in the tests of the three clients; `KV_TEST_MEMO=all` runs them here, too. */
const parts = process.env['KV_TEST_MEMO'] === 'all' ? undefined : ['loss', 'closing'];

describe('what fails', () => {
  failureSuite(async () => {
    const server = await startMemo();
    return { ...failureBackend(server.port), close: () => server.close() };
  }, parts);
});

test('a password is said on every connection, and a wrong one is refused', async () => {
  const server = await startMemo({ password: 'secret' });
  await using memo = createMemo(`memo://:secret@${host}:${server.port}`);
  await using wrong = createMemo({ host, port: server.port }, { password: 'other' });
  expect(await memo.set('a', 'one')).toBe('OK');
  await expect(wrong.get('a')).rejects.toMatchObject({ message: expect.stringContaining('wrong password') });
  await server.close();
});

test('a pipeline and the raw call send with the key prefix, and keys come back without it', async () => {
  const server = await startMemo();
  await using memo = createMemo({ host, port: server.port }, { keyPrefix: 'p:' });
  const batch = memo.pipeline();
  void batch.set('a', 1);
  void batch.incr('a', 2);
  expect(batch.length).toBe(2);
  expect(await batch.execute()).toEqual(['OK', 3]);
  expect(await memo.execute('GET', 'a')).toBe('3');
  expect([await memo.keys(''), await memo.len(), await memo.with({ keyPrefix: '' }).keys('')]).toEqual([
    ['a'],
    1,
    ['p:a'],
  ]);
  await server.close();
});

test.each([
  [{ passwort: 'x' }, /^passwort: unknown option in the options/],
  [{ timeout: '5' }, /^timeout: expected milliseconds/],
  [{ password: 'a\nb' }, /^password: it contains a control character/],
])('refuses wrong options: %j', (options, message) => {
  expect(() => createMemo('memo://host', options as object)).toThrow(message);
});
