import { once } from 'node:events';
import { startEmbedded } from '@kv/embedded';
import { redisUnderTest, startRedis } from '@kv/testkit';
import { faultProxy } from '@kv/testkit/fault-proxy';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedis, type Redis, type RedisLock } from '../src/index.ts';

/** Looks again until it is so; the deadline of the test ends it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function lostReason(lock: RedisLock): Promise<unknown> {
  if (!lock.signal.aborted) await once(lock.signal, 'abort');
  return lock.signal.reason;
}

const servers = [
  [
    'a real server',
    async () => {
      const { url, stop } = await redisUnderTest();
      return { redis: createRedis(url), stop };
    },
  ],
  [
    'the embedded server',
    async () => {
      const server = await startEmbedded({ redis: true });
      return { redis: createRedis(server.redis.address), stop: () => server.close() };
    },
  ],
] as const;

describe.each(servers)('on %s', (_, start) => {
  let redis: Redis;
  let stop: () => Promise<void>;
  let count = 0;
  const fresh = (): string => `lock-${process.pid}-${Date.now()}-${count++}`;
  beforeAll(async () => {
    ({ redis, stop } = await start());
  });
  afterAll(async () => {
    await redis.close();
    await stop();
  });

  test('one task works at a time, and none is lost', async () => {
    const key = fresh();
    const counter = `${key}:n`;
    const work = async (): Promise<void> => {
      await using lock = await redis.lock(key, { wait: 50_000, retryEvery: 5 });
      const before = Number(await redis.get(counter));
      await new Promise((resolve) => setImmediate(resolve));
      await redis.set(counter, before + 1);
      expect(lock.signal.aborted).toBe(false);
    };
    await Promise.all(Array.from({ length: 12 }, work));
    expect(await redis.get(counter)).toBe('12');
    expect(await redis.exists(key)).toBe(0);
  });

  test('every holder has a higher token than those before, also after a lock that ended by itself', async () => {
    const key = fresh();
    const tokens: number[] = [];
    for (let round = 0; round < 3; round++) {
      const lock = await redis.lock(key);
      tokens.push(lock.token);
      await lock.release();
    }
    const asleep = await redis.lock(key, { ttl: 100, extend: false });
    const next = await redis.lock(key);
    expect([...tokens, asleep.token, next.token]).toEqual(
      [...tokens, asleep.token, next.token].toSorted((a, b) => a - b),
    );
    expect(new Set([...tokens, asleep.token, next.token]).size).toBe(5);
    expect([await asleep.release(), await next.release()]).toEqual([false, true]);
  });

  test('it is extended while it is held', async () => {
    const key = fresh();
    await using lock = await redis.lock(key, { ttl: 6000 }); // after 2 s, which leaves 4 for a machine that stalls
    let least = 6000;
    await until(async () => {
      const left = await redis.pttl(key);
      const isExtended = left > least;
      least = left;
      return isExtended;
    });
    expect([lock.signal.aborted, lock.remaining > 0, await redis.exists(key)]).toEqual([false, true, 1]);
  });

  test('one that is not extended is lost at its end, and its signal says so', async () => {
    const key = fresh();
    const lock = await redis.lock(key, { ttl: 100, extend: false });
    expect(await lostReason(lock)).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining('(100 ms)') });
    expect(lock.remaining).toBe(0);
    await expect(lock.extend()).rejects.toMatchObject({ code: 'TIMEOUT' });
    await until(async () => (await redis.exists(key)) === 0);
    expect(await lock.release()).toBe(false);
  });

  test('one with a ttl that is longer than a timer can be is held', async () => {
    await using lock = await redis.lock(fresh(), { ttl: 40 * 86_400_000 });
    await new Promise((resolve) => setTimeout(resolve, 5)); // Node makes 1 ms of a timer that is too long
    expect(lock.signal.aborted).toBe(false);
    expect(lock.remaining).toBeGreaterThan(39 * 86_400_000);
  });

  test('it is lost when somebody removes it, and a lock of another client is left alone', async () => {
    const key = fresh();
    const lock = await redis.lock(key, { ttl: 300 });
    await redis.del(key);
    await using other = await redis.lock(key);
    expect(await lostReason(lock)).toMatchObject({ code: 'CONFLICT' });
    expect([await lock.release(), await redis.exists(key), other.signal.aborted]).toEqual([false, 1, false]);
  });

  test('who waits gets it when it is released, or hears that it was held all the time', async () => {
    const key = fresh();
    const first = await redis.lock(key);
    await expect(redis.lock(key, { wait: 0 })).rejects.toMatchObject({
      code: 'CONFLICT',
      outcome: 'refused',
      message: expect.stringMatching(/^lock: another client holds it \(waited \d+ ms\)$/),
    });
    await expect(redis.lock(key, { wait: 30, retryEvery: 5 })).rejects.toMatchObject({ code: 'CONFLICT' });
    const waiting = redis.lock(key, { retryEvery: 5, wait: 50_000 });
    await first.release();
    const second = await waiting;
    expect(second.token).toBeGreaterThan(first.token);
    await second.release();
  });

  test('a signal ends the waiting, and leaves no lock', async () => {
    const key = fresh();
    const first = await redis.lock(key);
    const reason = new Error('enough');
    const stopper = new AbortController();
    const waiting = redis.lock(key, { signal: stopper.signal, retryEvery: 60_000, wait: 60_000 });
    setTimeout(() => stopper.abort(reason), 20);
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED', cause: reason });
    await expect(redis.lock(key, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({ code: 'ABORTED' });
    await first.release();
    expect(await redis.exists(key)).toBe(0);
  });

  test('a released lock is over: its signal stays quiet, extending is refused, releasing again is the same', async () => {
    const key = fresh();
    const lock = await redis.lock(key, { ttl: 100 });
    expect(await lock.release()).toBe(true);
    expect(await lock.release()).toBe(true);
    await expect(lock.extend()).rejects.toMatchObject({ code: 'ARGUMENT' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([lock.signal.aborted, lock.remaining]).toEqual([false, 0]);
  });

  test('a client of bytes and a key prefix make no difference', async () => {
    const key = fresh();
    await using lock = await redis.with({ bytes: true, keyPrefix: 'p:' }).lock(key, { ttl: 1000 });
    await lock.extend();
    expect([lock.key, await redis.exists(`p:${key}`), await redis.exists(`p:{p:${key}}:fence`)]).toEqual([key, 1, 1]);
  });
});

test('wrong arguments are refused before anything is sent', async () => {
  await using redis = createRedis('embedded:');
  const refused = { code: 'ARGUMENT', outcome: 'notSent' };
  for (const options of [{ ttl: 99 }, { ttl: 1.5 }, { wait: -1 }, { retryEvery: 0 }, { extend: 1 }, { tt: 5 }]) {
    await expect(redis.lock('a', options as object)).rejects.toMatchObject(refused);
  }
  for (const key of ['', 'a{}b', 5] as string[]) await expect(redis.lock(key)).rejects.toMatchObject(refused);
  expect(await redis.dbsize()).toBe(0);
});

test('on a server that knows no scripts a lock is extended and released all the same, by its holder only', async () => {
  const server = await startRedis({ args: ['EVAL', 'EVALSHA'].flatMap((name) => ['--rename-command', name, '']) });
  await using redis = createRedis(server.url);
  await expect(redis.eval('return 1')).rejects.toThrow('unknown command');
  const lock = await redis.lock('a', { ttl: 60_000, extend: false });
  await redis.pexpire('a', 30_000);
  await lock.extend();
  expect(await redis.pttl('a')).toBeGreaterThan(30_000);
  expect([await lock.release(), await redis.exists('a')]).toEqual([true, 0]);
  const lost = await redis.lock('a', { ttl: 60_000, extend: false });
  await redis.set('a', 'of another client');
  await expect(lost.extend()).rejects.toMatchObject({ code: 'CONFLICT' });
  expect([await lost.release(), await redis.get('a')]).toEqual([false, 'of another client']);
  await server.stop();
});

test('when the server goes away the lock is lost after its time, and disposing of it throws nothing', async () => {
  const server = await startRedis();
  await using redis = createRedis(server.url, { timeout: 50 });
  await using lock = await redis.with({ timeout: 5000 }).lock('a', { ttl: 500 });
  await server.stop();
  expect(await lostReason(lock)).toMatchObject({ code: 'TIMEOUT' });
});

test('a lock is given back when it cannot be said whether it was taken', async () => {
  const server = await startRedis();
  await using redis = createRedis(server.url);
  await using other = createRedis(server.url);
  await redis.ping();
  await other.clientPause(300);
  await expect(redis.with({ timeout: 100 }).lock('a', { ttl: 60_000 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    outcome: 'unknown',
  });
  await until(async () => (await redis.exists('{a}:fence')) === 1 && (await redis.exists('a')) === 0);
  await server.stop();
});

test('a lock whose counter is no number is refused, and given back', async () => {
  const server = await startRedis();
  await using redis = createRedis(server.url);
  await redis.set('{a}:fence', 'text');
  await expect(redis.lock('a', { ttl: 60_000, wait: 0 })).rejects.toMatchObject({ code: 'REPLY', outcome: 'refused' });
  await until(async () => (await redis.exists('a')) === 0);
  await server.stop();
});

test('a signal also ends the wait for a server that does not answer; what it has taken meanwhile is given back', async () => {
  const server = await startRedis();
  const proxy = await faultProxy(server);
  const other = createRedis(server.url);
  const redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { timeout: 0 });
  await redis.ping();
  proxy.connections[0]?.stall('toClient');
  const stopper = new AbortController();
  const waiting = redis.lock('late', { signal: stopper.signal, ttl: 120_000 });
  waiting.catch(() => undefined);
  await until(async () => (await other.exists('late')) === 1);
  stopper.abort('enough');
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED', cause: 'enough' });
  proxy.resume();
  await until(async () => (await other.exists('late')) === 0);
  await Promise.all([redis.close({ timeout: 0 }), other.close()]);
  await proxy.close();
  await server.stop();
});
