import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedis, type Redis } from '../src/index.ts';

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  redis = createRedis(server.url);
  await redis.flushall();
});
afterEach(() => redis.close());

const add = (n: number): Promise<unknown> => redis.xadd('jobs', '*', { n });
const base = { stream: 'jobs', group: 'workers', name: 'w1' };

/** Resolves when the condition holds. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('consumer of a stream', () => {
  it('handles each entry once, concurrently within its bound, and acknowledges', async () => {
    for (let i = 0; i < 50; i++) await add(i);
    const worker = redis.consumer({ ...base, concurrency: 4 });
    const seen: string[] = [];
    let active = 0;
    let most = 0;
    const running = worker.run(async ({ fields }) => {
      most = Math.max(most, ++active);
      await new Promise(setImmediate);
      active--;
      seen.push(String(fields['n']));
    });
    await until(() => seen.length >= 50);
    await add(50);
    await until(() => seen.length === 51);
    await worker.stop();
    await running;
    expect(seen.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 51 }, (_, i) => i));
    expect(most).toBe(4);
    expect(await redis.xpending('jobs', 'workers')).toMatchObject({ count: 0 });
  });

  it('two consumers share the work, and a blocked reader stops at once', async () => {
    const seen: string[] = [];
    const workers = ['w1', 'w2'].map((name) => redis.consumer({ ...base, name }));
    const running = workers.map((worker) => worker.run(({ id }) => void seen.push(id)));
    for (let i = 0; i < 20; i++) await add(i);
    await until(() => seen.length === 20);
    expect(new Set(seen).size).toBe(20);
    await Promise.all(workers.map((worker) => worker.stop()));
    await Promise.all(running);
  });

  it('an entry whose handler throws comes again, and at last is a dead letter', async () => {
    await add(7);
    const worker = redis.consumer({ ...base, retryAfter: 20, maxDeliveries: 3 });
    const failures: unknown[] = [];
    const dead: unknown[] = [];
    worker.on('failed', (_, error) => failures.push(error));
    worker.on('dead', ({ fields }) => dead.push(fields['n']));
    const running = worker.run(() => {
      throw new Error('cannot');
    });
    await until(() => dead.length === 1);
    await worker.stop();
    await running;
    expect([failures.length, dead]).toEqual([3, ['7']]);
    expect(await redis.xpending('jobs', 'workers')).toMatchObject({ count: 0 });
    expect(await redis.xrange('jobs:dead', '-', '+')).toMatchObject([{ fields: { n: '7' } }]);
  });

  it('takes over what another consumer never acknowledged, and its own after a restart', async () => {
    await redis.xgroupCreate('jobs', 'workers', '0', { mkstream: true });
    await add(1);
    await add(2);
    await redis.xreadgroup('workers', 'gone', { jobs: '>' }, { count: 1 });
    await redis.xreadgroup('workers', 'w1', { jobs: '>' }, { count: 1 });
    const seen: string[] = [];
    const worker = redis.consumer({ ...base, retryAfter: 10 });
    const running = worker.run(({ fields }) => void seen.push(String(fields['n'])));
    await until(() => seen.length === 2);
    await worker.stop();
    await running;
    expect(new Set(seen)).toEqual(new Set(['1', '2']));
    expect(await redis.xpending('jobs', 'workers')).toMatchObject({ count: 0 });
  });

  it('stop() waits for handlers under way', async () => {
    await add(1);
    let finish: () => void = () => {};
    const worker = redis.consumer(base);
    const started = new Promise<void>((resolve) => {
      void worker.run(async () => {
        resolve();
        await new Promise<void>((done) => {
          finish = done;
        });
      });
    });
    await started;
    let stopped = false;
    const stopping = worker.stop().then(() => {
      stopped = true;
    });
    await new Promise(setImmediate);
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect(await redis.xpending('jobs', 'workers')).toMatchObject({ count: 0 });
  });

  it('goes on when the group is destroyed or the server was away', async () => {
    const seen: string[] = [];
    const worker = redis.consumer({ ...base, block: 50 });
    const running = worker.run(({ fields }) => void seen.push(String(fields['n'])));
    await add(1);
    await until(() => seen.length === 1);
    await redis.xgroupDestroy('jobs', 'workers');
    await redis.del('jobs');
    await add(2);
    await until(() => seen.includes('2'));
    await server.kill();
    await server.start();
    await add(3);
    await until(() => seen.includes('3'));
    await worker.stop();
    await running;
  });

  it('wrong options are refused', () => {
    expect(() => redis.consumer({ ...base, concurrency: 0 })).toThrow(/concurrency/);
    expect(() => redis.consumer({ ...base, stream: '' })).toThrow(/stream/);
    expect(() => redis.consumer({ ...base, speed: 1 } as never)).toThrow(/speed/);
  });
});
