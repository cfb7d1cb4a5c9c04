/** Calls on real nodes while slots move and primaries die: nothing is lost, doubled, reordered or surfaced. */
import { CalmClock } from '@kv/testkit/calm-clock';
import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import { judge, judgeTags } from '@kv/testkit/topology/judge';
import type { JudgedClient } from '@kv/testkit/topology/judged-client';
import { startMoverProcess } from '@kv/testkit/topology/mover-process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedis, isKvError, type Redis } from '../../src/index.ts';

/** Seconds of load; longer runs by hand: KV_TORTURE_SECONDS=1800. */
const SECONDS = Number(process.env['KV_TORTURE_SECONDS'] ?? 60);
/** How many primaries are killed, one after the other. */
const KILLS = Number(process.env['KV_TORTURE_KILLS'] ?? 2);

const BULK_SECONDS = Math.ceil(SECONDS / 12);

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ primaries: 3, replicas: 1 });
}, 60_000);
afterAll(async () => {
  await cluster?.close();
});

function judged(redis: Redis): JudgedClient {
  return {
    set: (key, value) => redis.set(key, value),
    get: (key) => redis.get(key),
    incr: (key) => redis.incr(key),
    mayHaveRun: (error) => !isKvError(error) || error.outcome !== 'notSent',
    close: () => redis.close(),
  };
}

/** Some values are padded, and some reads are said to be large. */
function partlyLarge(redis: Redis): JudgedClient {
  let calls = 0;
  const every = (count: number): boolean => calls++ % count === 0;
  return {
    ...judged(redis),
    set: (key, value) => redis.set(key, `${value};`.padEnd(every(3) ? 5000 : 0, '.')),
    get: async (key) => (await redis.with({ bulk: every(3) }).get(key))?.split(';')[0] ?? null,
  };
}

describe('while about twenty slots a second move', () => {
  test(
    'order is kept, no redirect surfaces, and every write runs once [#96] [#136]',
    async () => {
      const slots = await Promise.all(judgeTags(8).map((tag) => cluster.slotOf(tag)));
      await using redis = createRedis(cluster.url);
      await redis.connect();
      const mover = await startMoverProcess(cluster, { slots, duration: SECONDS * 1000 + 60_000 });
      const stopped = (): Promise<unknown> => mover.stop();
      const verdict = await judge(judged(redis), {
        duration: SECONDS * 1000,
        actual: async (key) => {
          await stopped();
          return cluster.read(key);
        },
      });
      const { moves } = await mover.stop();
      expect(verdict).toMatchObject({ redirects: 0, rejected: 0, wrongGets: [], wrongCounters: [], hung: 0 });
      expect(verdict.longestCalmPause).toBeLessThan(500);
      expect(moves).toBeGreaterThan(SECONDS * 2); // a machine with other work moves fewer than twenty a second
      expect(verdict.calls).toBeGreaterThan(SECONDS * 1000);
    },
    SECONDS * 1000 + 120_000,
  );

  test(
    'order is kept also where large calls have connections of their own',
    async () => {
      const tags = Array.from({ length: 8 }, (_, i) => `{bulk-${i}}`);
      const slots = await Promise.all(tags.map((tag) => cluster.slotOf(tag)));
      await using redis = createRedis(cluster.url, { bulkAbove: 1000, timeout: 20_000 });
      await redis.connect();
      const mover = await startMoverProcess(cluster, { slots, duration: BULK_SECONDS * 1000 + 60_000 });
      const verdict = await judge(partlyLarge(redis), { tags, duration: BULK_SECONDS * 1000 });
      await mover.stop();
      expect(verdict).toMatchObject({ redirects: 0, rejected: 0, wrongGets: [], wrongCounters: [], hung: 0 });
      expect(redis.stats().connections.bulk?.size).toBe(3);
    },
    BULK_SECONDS * 1000 + 120_000,
  );
});

describe('when a primary goes away under load', () => {
  test.each(['killed', 'frozen'] as const)(
    'and was %s, calls on its slots go on within 0.5 s of the promotion of its replica, with honest outcomes [#97] [#138]',
    async (how) => {
      await cluster.settled();
      const pauses: number[] = [];
      for (let i = 0; i < KILLS; i++) pauses.push(await loseOne(cluster, how));
      expect(Math.min(...pauses)).toBeLessThan(500); // the servers may be late on a busy machine, though we are not
      expect(Math.max(...pauses)).toBeLessThan(1000);
    },
    KILLS * 60_000,
  );
});

/** Returns how long it took from the promotion of the replica to the first success, in calm milliseconds. */
async function loseOne(on: Cluster, how: 'killed' | 'frozen'): Promise<number> {
  const [victim] = on.primaries;
  if (victim === undefined) throw new Error('no primary');
  const key = await keyOf(on, victim.port);
  await using redis = createRedis(on.url, { timeout: 20_000 });
  await redis.set(key, 0);
  const errors: unknown[] = [];
  let successes = 0;
  let running = true;
  let pause = 0;
  const load = Array.from({ length: 4 }, async () => {
    while (running) {
      await redis.incr(key).then(
        () => successes++,
        (error: unknown) => errors.push(error),
      );
    }
  });
  try {
    while (successes < 50) await turn();
    if (how === 'killed') await victim.kill();
    else victim.freeze();
    await on.waitForPromotion(victim, { timeout: 60_000 });
    using clock = new CalmClock();
    const before = successes;
    while (successes === before) await turn();
    pause = clock.now();
    while (successes < before + 50) await turn();
  } finally {
    running = false;
  }
  await Promise.all(load);
  for (const error of errors) expect(error).toMatchObject({ code: 'CONNECTION', outcome: 'unknown' });
  expect(errors.length).toBeLessThanOrEqual(8); // what was on its way when the server died
  expect(Number(await redis.get(key))).toBeGreaterThanOrEqual(50);
  if (how === 'killed') await on.restart(victim);
  else victim.thaw();
  await on.settled();
  return pause;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function keyOf(on: Cluster, port: number): Promise<string> {
  for (let i = 0; ; i++) {
    const key = `failover-${i}`;
    const slot = await on.slotOf(key);
    if (on.nodes.find((node) => node.port === port)?.slots.some(([first, last]) => first <= slot && slot <= last))
      return key;
  }
}
