/** Outages and stalled servers, for the clients of all backends on embedded servers. */
import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Embedded, type EmbeddedServer, startEmbedded } from '@kv/embedded';
import { createGibson } from '@kv/gibson';
import { createRedis } from '@kv/redis';
import { createSsdb } from '@kv/ssdb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { OpenLine } from '../src/cutting-line.ts';
import { Door } from '../src/door.ts';
import type { FailureClient } from '../src/failure-backend.ts';
import { failureClient } from '../src/failure-facade.ts';

vi.mock('../../core/src/timers.ts', () => import('@kv/testkit/faked-timers'));
vi.mock('../../embedded/src/timers.ts', async (load) => ({
  ...(await load<object>()),
  ...(await import('@kv/testkit/faked-timers')),
}));

const TEN_MINUTES = 600_000;
const TICK = 1000;
const TIMEOUT = 5000;
const CAP = 20_000;

type Backend = 'redis' | 'ssdb' | 'gibson';
type Options = Parameters<typeof createRedis>[1] & object;

const clients: Record<
  Backend,
  (connect: OpenLine, options: Pick<Options, 'timeout' | 'maxQueueBytes'>) => FailureClient
> = {
  redis: (connect, options) =>
    failureClient(createRedis({ connect }, options), {
      calls: (redis) => ({
        read: (key) => redis.get(key),
        write: (key, value) => redis.set(key, value),
        count: (key) => redis.incr(key),
      }),
      view: (redis, call) => redis.with(call),
      figures: (redis) => redis.stats(),
    }),
  ssdb: (connect, options) =>
    failureClient(createSsdb({ connect }, options), {
      calls: (ssdb) => ({
        read: (key) => ssdb.get(key),
        write: (key, value) => ssdb.set(key, value),
        count: (key) => ssdb.incr(key),
      }),
      view: (ssdb, call) => ssdb.with(call),
      figures: (ssdb) => ssdb.stats(),
    }),
  gibson: (connect, options) =>
    failureClient(createGibson({ connect }, options), {
      calls: (gibson) => ({
        read: (key) => gibson.get(key),
        write: (key, value) => gibson.set(key, value),
        count: (key) => gibson.inc(key),
      }),
      view: (gibson, call) => gibson.with(call),
      figures: (gibson) => gibson.clientStats(),
    }),
};

let embedded: Embedded;

async function reach(backend: Backend, options: Pick<Options, 'timeout' | 'maxQueueBytes'>) {
  embedded = await startEmbedded({ [backend]: true });
  const { address } = embedded[backend] as EmbeddedServer;
  const door = new Door((address as { connect: OpenLine }).connect);
  return { door, client: clients[backend](door.connect, options) };
}

afterEach(() => embedded.close());

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const endOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    ({ code, outcome }: { code: string; outcome: string }) => `${code} ${outcome}`,
  );

describe.each<Backend>(['redis', 'ssdb', 'gibson'])('%s', (backend) => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('76, 79, pain 6, pain 7: ten minutes of outage under load: bounded, back within 2 s, nothing stale is sent', async () => {
    const { door, client } = await reach(backend, { timeout: TIMEOUT, maxQueueBytes: CAP });
    const connecting = client.connect();
    await vi.advanceTimersByTimeAsync(100);
    await connecting;
    const ends: Record<string, number> = {};
    let number = 0;
    const load = (calls: number): void => {
      for (let i = 0; i < calls; i++) {
        const key = `t:${Date.now()}:${number++}`;
        const call =
          i % 3 === 0 ? client.read(key) : i % 3 === 1 ? client.write(key, 'v'.repeat(50)) : client.count(key);
        void endOf(call).then((end) => {
          ends[end] = (ends[end] ?? 0) + 1;
        });
      }
    };
    load(60);
    await vi.advanceTimersByTimeAsync(TICK);
    expect(ends).toEqual({ done: 60 });
    door.shut();
    const began = Date.now();
    let early = 0;
    while (Date.now() - began < TEN_MINUTES) {
      load(60);
      const { queuedBytes, pending } = client.figures();
      expect(queuedBytes).toBeLessThanOrEqual(CAP);
      expect(pending).toBeLessThanOrEqual(CAP / 64);
      await vi.advanceTimersByTimeAsync(TICK);
      if (early === 0 && Date.now() - began > TEN_MINUTES / 5) early = heap();
    }
    expect(heap() - early).toBeLessThan(4_000_000);
    expect(Object.keys(ends).sort()).toEqual(['QUEUE_FULL notSent', 'TIMEOUT notSent', 'done']);
    expect(ends).toMatchObject({ done: 60 });
    const ages: number[] = [];
    door.onWrite = (bytes) => {
      for (const [, called] of Buffer.from(bytes)
        .toString('latin1')
        .matchAll(/t:(\d+):/g))
        ages.push(Date.now() - Number(called));
    };
    door.open();
    const returned = Date.now();
    const first = client.count('first').then(() => Date.now() - returned);
    await vi.advanceTimersByTimeAsync(2100);
    expect(await first).toBeLessThanOrEqual(2000);
    expect(ages.length).toBeGreaterThan(0);
    expect(Math.max(...ages)).toBeLessThanOrEqual(TIMEOUT);
    expect(client.figures()).toMatchObject({ pending: 0, queuedBytes: 0, state: 'ready' });
    expect(door.attempts).toBeLessThan((TEN_MINUTES / 1000) * 2 * 10); // about one a second and connection
    await client.close({ timeout: 0 });
  }, 120_000);
});

describe.each<[Backend, number]>([
  ['redis', 1_000_000],
  ['ssdb', 1_000_000],
  ['gibson', 1_000_000],
])('%s', (backend, calls) => {
  test('78, pain 19: a million calls on one shared signal leave no listener', async () => {
    const { client } = await reach(backend, { timeout: 60_000, maxQueueBytes: 1e8 });
    const { signal } = new AbortController();
    const view = client.with({ signal });
    let most = 0;
    for (let done = 0; done < calls; done += 10_000) {
      const round = Array.from({ length: 10_000 }, () => view.read('a'));
      most = Math.max(most, getEventListeners(signal, 'abort').length);
      await Promise.all(round);
    }
    expect([most, getEventListeners(signal, 'abort').length]).toEqual([1, 0]);
    await client.close();
  }, 300_000);

  test('77, pain 6: a server that stalls: after the deadlines nothing is kept', async () => {
    const { door, client } = await reach(backend, { timeout: 20, maxQueueBytes: 1e9 });
    await client.connect();
    door.mute = true;
    let rounds = 0;
    const round = async (): Promise<number> => {
      const value = `${rounds++}${'v'.repeat(10_000)}`;
      for (const end of await Promise.all(Array.from({ length: 200 }, (_, i) => endOf(client.write(`${i}`, value)))))
        expect(end).toMatch(/unknown$|TIMEOUT notSent/);
      expect(client.figures()).toMatchObject({ pending: 0, queuedBytes: 0 });
      return heap();
    };
    for (let i = 0; i < 3; i++) await round();
    const first = await round();
    let last = first;
    for (let i = 0; i < 10; i++) last = await round();
    expect(last - first).toBeLessThan(6_000_000);
    await client.close({ timeout: 0 });
  });
});
