/** What goes on, and what ends, when a primary is killed: blocking poppers, consumers, sessions, transactions. */
import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import type { ClusterNode } from '@kv/testkit/topology/cluster-node';
import { waitFor } from '@kv/testkit/topology/wait';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRedis, type KvError, type Redis, type RedisSession } from '../../src/index.ts';
import { namesAt, ownerOf } from './support.ts';

let cluster: Cluster;
let redis: Redis;
/** The primary that is killed, and names of its slots. */
let victim: ClusterNode;
let names: string[];

/** Elements that poppers got, in whatever order. */
const popped: string[] = [];
let popping: Promise<unknown>;
/** Numbers of the entries that a consumer has handled. */
const handled = new Set<string>();
let consuming: Promise<void>;
let worker: ReturnType<Redis['consumer']>;
let session: RedisSession;

const numbers = (first: number, count: number): string[] => Array.from({ length: count }, (_, i) => String(first + i));

/** Takes elements until the word end comes. What it is not told about is asked for again. */
async function popFrom(list: string): Promise<void> {
  for (;;) {
    const got = await redis.blpop(list, 0).catch((error: KvError) => error);
    if (got instanceof Error) expect(got).toMatchObject({ code: 'CONNECTION', outcome: 'unknown' });
    else if (got?.element === 'end') return;
    else if (got !== null) popped.push(got.element);
  }
}

async function pushAll(lists: readonly string[], elements: readonly string[]): Promise<void> {
  for (const [i, element] of elements.entries()) await redis.rpush(lists[i % lists.length] as string, element);
}

/** Resolves when the replicas have all that was written: what they have not is lost with their primary. */
async function replicated(): Promise<void> {
  await waitFor('replicas', async () => {
    const info = await victim.askText('INFO', 'replication');
    const [, offset] = /master_repl_offset:(\d+)/.exec(info) ?? [];
    return info.includes(`,offset=${offset},`) || undefined;
  });
}

beforeAll(async () => {
  cluster = await startCluster({ primaries: 3, replicas: 1 });
  redis = createRedis(cluster.url, { timeout: 30_000 });
  victim = await ownerOf(cluster, 'any');
  names = namesAt(victim, 'name-', 8);
  const lists = names.slice(0, 5);
  popping = Promise.all(lists.map(popFrom));
  await pushAll(lists, numbers(0, 50));
  const stream = names[5] as string;
  worker = redis.consumer({ stream, group: 'g', name: 'n', block: 100, retryAfter: 1000 });
  consuming = worker.run(({ fields }) => void handled.add(fields['n'] as string));
  for (const n of numbers(0, 10)) await redis.xadd(stream, '*', { n });
  session = await redis.session({ key: names[6] as string });
  await session.set(names[6] as string, 'before');
  await waitFor('the first half', () => (popped.length === 50 && handled.size === 10) || undefined);
  await replicated();
  await victim.kill();
  await cluster.waitForPromotion(victim, { timeout: 60_000 });
  await pushAll(lists, numbers(50, 50));
  for (const n of numbers(10, 10)) await redis.xadd(stream, '*', { n });
  await pushAll(
    lists,
    lists.map(() => 'end'),
  );
}, 120_000);
afterAll(async () => {
  await redis?.close({ timeout: 0 });
  await cluster?.close();
});

it('blocking poppers go on at the successor, and each element comes exactly once [#97] [#157]', async () => {
  await popping;
  expect(popped.toSorted((a, b) => Number(a) - Number(b))).toEqual(numbers(0, 100));
});

it('a consumer goes on with its group, and handles every entry [#97] [#160]', async () => {
  await waitFor('all entries', () => handled.size === 20 || undefined, { timeout: 30_000 });
  expect([...handled].toSorted((a, b) => Number(a) - Number(b))).toEqual(numbers(0, 20));
  await worker.stop();
  await consuming;
  expect(await redis.xpending(names[5] as string, 'g')).toMatchObject({ count: 0 });
});

it('a session is over, and says so; a new one is at the successor [#97] [#154]', async () => {
  const key = names[6] as string;
  expect(session.closed).toBe(true);
  const ended = await session.get(key).catch((error: KvError) => error);
  expect(ended).toMatchObject({ code: 'CONNECTION', outcome: 'notSent' });
  await using next = await redis.session({ key });
  expect(await next.get(key)).toBe('before');
});

it('transaction() runs at the successor [#97] [#154]', async () => {
  const key = names[7] as string;
  await redis.set(key, 1);
  const add = async (own: RedisSession): Promise<never[]> => {
    await own.get(key);
    return [];
  };
  await redis.transaction([key], add);
  const multi = redis.multi();
  void multi.incr(key);
  expect(await multi.execute()).toEqual([2]);
});
