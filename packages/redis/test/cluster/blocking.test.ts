import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedis, type KvError, type Redis } from '../../src/index.ts';
import { otherPrimary, slotMoved } from './moves.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ primaries: 3, replicas: 1 });
}, 60_000);
afterAll(() => cluster.close());

let redis: Redis;
let pusher: Redis;
beforeEach(async () => {
  redis = createRedis(cluster.url);
  pusher = createRedis(cluster.url);
  await pusher.flushall();
});
afterEach(async () => {
  await redis.close({ timeout: 0 });
  await pusher.close();
});

const settle = (call: Promise<unknown>): Promise<KvError> =>
  call.then(
    (value) => expect.fail(`expected an error, got ${String(value)}`),
    (error: KvError) => error,
  );

/** Resolves when a server says that one of its clients is blocked. */
async function blocked(count = 1): Promise<void> {
  await expect
    .poll(
      async () => {
        const infos = await Promise.all(cluster.primaries.map((node) => node.askText('INFO', 'clients')));
        return infos.reduce((sum, info) => sum + Number(/blocked_clients:(\d+)/.exec(info)?.[1]), 0);
      },
      { timeout: 5000, interval: 5 },
    )
    .toBe(count);
}

describe('a blocking command whose slot moves', () => {
  it('goes on at the new owner, and gets what is pushed there [#157]', async () => {
    const popped = redis.blpop('{q}', 30);
    await blocked();
    await slotMoved(cluster, '{q}');
    await pusher.rpush('{q}', 'x');
    expect(await popped).toEqual({ key: '{q}', element: 'x' });
  });

  it('waits no longer than it was asked to, wherever it waits [#157]', async () => {
    const began = performance.now();
    const popped = redis.blpop('{w}', 1.5);
    await blocked();
    await slotMoved(cluster, '{w}');
    expect(await popped).toBeNull();
    expect(performance.now() - began).toBeGreaterThan(1400);
  });

  it.each([
    ['BLMOVE', (list: string) => redis.blmove(list, '{all}:to', 'LEFT', 'RIGHT', 20), 'x'],
    ['BLMPOP', (list: string) => redis.blmpop(20, [list], 'LEFT'), { key: '{all}:l', elements: ['x'] }],
    ['BRPOP', (list: string) => redis.brpop(list, 20), { key: '{all}:l', element: 'x' }],
  ] as const)('%s is followed like BLPOP [#157]', async (_name, pop, result) => {
    const popped = pop('{all}:l');
    await blocked();
    await slotMoved(cluster, '{all}:l');
    await pusher.rpush('{all}:l', 'x');
    expect(await popped).toEqual(result);
  });

  it('XREAD with BLOCK is followed, its milliseconds rewritten [#157]', async () => {
    const last = await pusher.xadd('{s}', '*', { f: 'old' });
    const read = redis.xread({ '{s}': last }, { block: 20_000 });
    await blocked();
    await slotMoved(cluster, '{s}');
    const id = await pusher.xadd('{s}', '*', { f: 'v' });
    expect(await read).toEqual({ '{s}': [expect.objectContaining({ id })] });
  });

  it('asks the target while the slot is open and its keys have left [#157]', async () => {
    const slot = await cluster.slotOf('{open}');
    const source = await cluster.slotOwner(slot);
    const target = await otherPrimary(cluster, '{open}');
    await cluster.importing(slot, target, source);
    await cluster.migrating(slot, source, target);
    const popped = redis.blpop('{open}', 20);
    await blocked();
    await pusher.rpush('{open}', 'x');
    expect(await popped).toEqual({ key: '{open}', element: 'x' });
    await cluster.setNode(slot, target);
  });

  it('is ended by its own signal at the server where it waits by then [#158]', async () => {
    const ending = new AbortController();
    const popped = settle(redis.with({ signal: ending.signal }).blpop('{a}', 30));
    await blocked();
    await slotMoved(cluster, '{a}');
    await expect.poll(() => redis.stats().connections.blocking.leased).toBe(1);
    await blocked();
    ending.abort();
    expect(await popped).toMatchObject({ code: 'ABORTED', outcome: 'refused' });
    await pusher.rpush('{a}', 'kept');
    expect(await pusher.lrange('{a}', 0, -1)).toEqual(['kept']);
  });

  it('is ended by its deadline and by close, and pops nothing afterwards [#158]', async () => {
    const late = settle(redis.with({ timeout: 300 }).blpop('{d}', 0));
    const closed = settle(redis.blpop('{e}', 0));
    await blocked(2);
    expect(await late).toMatchObject({ code: 'TIMEOUT', outcome: 'refused' });
    await redis.close();
    expect(await closed).toMatchObject({ code: 'CLOSED', outcome: 'refused' });
    await blocked(0);
    await pusher.rpush('{d}', 'kept');
    expect(await pusher.llen('{d}')).toBe(1);
  });

  it('ends as the server says when somebody unblocks it by hand [#158]', async () => {
    const popped = settle(redis.blpop('{h}', 30));
    await blocked();
    const owner = await cluster.slotOwner(await cluster.slotOf('{h}'));
    const [, id] = /id=(\d+)[^\n]* flags=\S*b/.exec(await owner.askText('CLIENT', 'LIST')) ?? [];
    await owner.ask('CLIENT', 'UNBLOCK', id as string, 'ERROR');
    expect(await popped).toMatchObject({ name: 'ReplyError', prefix: 'UNBLOCKED' });
  });

  it('goes on at the successor of a primary that was demoted [#157]', async () => {
    const popped = redis.blpop('{f}', 30);
    await blocked();
    const owner = await cluster.slotOwner(await cluster.slotOf('{f}'));
    const replica = cluster.replicas.find((node) => node.primaryId === owner.id);
    if (replica === undefined) return expect.fail('the primary has no replica');
    await cluster.failover(replica);
    await pusher.rpush('{f}', 'x');
    expect(await popped).toEqual({ key: '{f}', element: 'x' });
    await cluster.settled();
  });

  it('poppers get each of 500 elements exactly once while the slots of their lists move [#157]', async () => {
    const lists = Array.from({ length: 5 }, (_, i) => `{p${i}}`);
    const got: string[] = [];
    let done = false;
    const pop = async (list: string): Promise<void> => {
      for (;;) {
        const popped = await redis.blpop(list, 20);
        if (popped === null || popped.element === 'end') return;
        got.push(popped.element);
      }
    };
    const popping = Promise.all(lists.map(pop));
    const moving = (async () => {
      for (let i = 0; !done; i++) await slotMoved(cluster, lists[i % lists.length] as string);
    })();
    for (let i = 0; i < 500; i++) await pusher.rpush(lists[i % lists.length] as string, String(i));
    for (const list of lists) await pusher.rpush(list, 'end');
    await popping;
    done = true;
    await moving;
    expect(got.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i));
  }, 60_000);
});
