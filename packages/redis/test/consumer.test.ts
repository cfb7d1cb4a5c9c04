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

/** Reads that end by themselves after any test has failed. */
const endless = { block: 600_000, retryAfter: 3_600_000 };

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
    const workers = ['w1', 'w2'].map((name) => redis.consumer({ ...base, ...endless, name }));
    const errors: unknown[] = [];
    for (const worker of workers) worker.on('error', (error) => errors.push(error));
    const running = workers.map((worker) => worker.run(({ id }) => void seen.push(id)));
    for (let i = 0; i < 20; i++) await add(i);
    await until(() => seen.length === 20);
    expect(new Set(seen).size).toBe(20);
    await Promise.all(workers.map((worker) => worker.stop()));
    await Promise.all(running);
    await new Promise(setImmediate);
    expect(errors).toEqual([]);
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

  it('an entry that ends the process each time is a dead letter at last, however fast it is started again', async () => {
    await redis.xgroupCreate('jobs', 'workers', '0', { mkstream: true });
    for (let i = 0; i < 3; i++) await add(i);
    await redis.xreadgroup('workers', 'w1', { jobs: '>' });
    const handled: string[] = [];
    const dead: unknown[] = [];
    for (let life = 0; life < 4 && dead.length === 0; life++) {
      await using client = createRedis(server.url);
      const worker = client.consumer({ ...base, ...endless, maxDeliveries: 3 });
      const buried = new Promise<void>((resolve) => {
        worker.on('dead', ({ fields }) => resolve(void dead.push(fields['n'])));
      });
      let killed: () => void = () => {};
      const end = new Promise<void>((resolve) => {
        killed = resolve;
      });
      const running = worker.run(({ fields }) => {
        handled.push(`${life}: ${fields['n']}`);
        if (fields['n'] !== '0') return;
        killed();
        throw new Error('the process is gone');
      });
      await Promise.race([end, buried]);
      const stopped = worker.stop();
      await running;
      await stopped;
    }
    expect(dead).toEqual(['0']);
    expect(handled.filter((entry) => entry.endsWith('0'))).toEqual(['0: 0', '1: 0']); // and once before
    expect(await redis.xrange('jobs:dead', '-', '+')).toMatchObject([{ fields: { n: '0' } }]);
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

  it('stop() may be awaited by a handler: it waits for no handler then, run() does [#35]', async () => {
    for (let i = 0; i < 2; i++) await add(i);
    const worker = redis.consumer({ ...base, ...endless, concurrency: 2 });
    const ended: string[] = [];
    await worker.run(async ({ id }) => {
      await worker.stop();
      await new Promise(setImmediate);
      ended.push(id);
    });
    expect(ended.length).toBeGreaterThan(0);
    expect(await redis.xpending('jobs', 'workers')).toMatchObject({ count: 0 });
  });

  it('stop() that a handler has started, and that is called after its end, waits for the others', async () => {
    await add(0);
    const worker = redis.consumer({ ...base, concurrency: 2, block: 5 });
    let release = (): void => undefined;
    const later = new Promise<void>((resolve) => {
      release = resolve;
    });
    const told: string[] = [];
    let stopped: Promise<unknown> = Promise.resolve();
    const running = worker.run(async ({ fields }) => {
      if (fields['n'] === '0') {
        stopped = later.then(() => worker.stop()).then(() => told.push('stopped'));
        return;
      }
      release();
      for (let i = 0; i < 20; i++) await new Promise(setImmediate);
      told.push('handled');
    });
    await until(async () => (await redis.xlen('jobs')) === 1 && told.length === 0);
    await add(1);
    await running;
    await stopped;
    expect(told).toEqual(['handled', 'stopped']);
  });

  it('run() on a client that is closed, and unknown events, are refused [#35]', async () => {
    const worker = redis.consumer(base);
    for (const call of ['on', 'off'] as const)
      expect(() => worker[call]('fialed' as 'failed', () => undefined)).toThrow(
        expect.objectContaining({ code: 'ARGUMENT', message: expect.stringContaining('fialed') }),
      );
    await redis.close();
    await expect(worker.run(() => undefined)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('goes on when the group is destroyed or the server was away', async () => {
    const seen: string[] = [];
    const errors: unknown[] = [];
    const worker = redis.consumer({ ...base, block: 50 }).on('error', (error) => errors.push(error));
    const running = worker.run(({ fields }) => void seen.push(String(fields['n'])));
    await add(1);
    await until(() => seen.length === 1);
    await redis.xgroupDestroy('jobs', 'workers');
    await redis.del('jobs');
    await add(2);
    await until(() => seen.includes('2'));
    expect(errors).toEqual([]);
    await server.kill();
    await until(() => errors.length > 0);
    expect(errors[0]).toMatchObject({ code: 'CONNECTION' });
    await server.start();
    await add(3);
    await until(() => seen.includes('3'));
    await worker.stop();
    await running;
  });

  it('runs once at a time, and again after it was stopped', async () => {
    const seen: string[] = [];
    const handler = ({ fields }: { readonly fields: Record<string, string> }): void => void seen.push(`${fields['n']}`);
    const worker = redis.consumer(base);
    for (const round of [1, 2]) {
      const running = worker.run(handler);
      await expect(worker.run(handler)).rejects.toMatchObject({ code: 'ARGUMENT' });
      await add(round);
      await until(() => seen.includes(String(round)));
      await worker.stop();
      await running;
    }
    expect(seen).toEqual(['1', '2']);
  });

  it('ends with its client', async () => {
    const client = createRedis(server.url);
    const errors: unknown[] = [];
    const worker = client.consumer(base).on('error', (error) => errors.push(error));
    const running = worker.run(() => {});
    await until(async () => (await redis.info('clients')).includes('blocked_clients:1'));
    await client.close();
    await running;
    expect(errors).toEqual([]);
  });

  it('a new group begins where it is told to', async () => {
    await add(1);
    const seen: string[] = [];
    const worker = redis.consumer({ ...base, from: '$' });
    const running = worker.run(({ fields }) => void seen.push(String(fields['n'])));
    await until(async () => (await redis.info('clients')).includes('blocked_clients:1'));
    await add(2);
    await until(() => seen.length > 0);
    await worker.stop();
    await running;
    expect(seen).toEqual(['2']);
  });

  it('a group that begins with what comes misses nothing when it has to be made again', async () => {
    await add(1);
    const seen: string[] = [];
    const worker = redis.consumer({ ...base, from: '$' });
    const running = worker.run(({ fields }) => void seen.push(String(fields['n'])));
    const reading = async (): Promise<boolean> => (await redis.info('clients')).includes('blocked_clients:1');
    await until(reading);
    const gone = redis.multi(); // a server that lost its data, and got new entries before the consumer came back
    void gone.flushall();
    void gone.xadd('jobs', '*', { n: 2 });
    await gone.execute();
    await until(() => seen.includes('2'));
    await until(reading);
    const destroyed = redis.multi();
    void destroyed.xgroupDestroy('jobs', 'workers');
    void destroyed.xadd('jobs', '*', { n: 3 });
    await destroyed.execute();
    await until(() => seen.includes('3'));
    await worker.stop();
    await running;
    expect(seen).not.toContain('1');
  });

  it('works off all of its own history first; what was deleted meanwhile is acknowledged', async () => {
    await redis.xgroupCreate('jobs', 'workers', '0', { mkstream: true });
    const ids = await Promise.all(Array.from({ length: 250 }, (_, i) => redis.xadd('jobs', '*', { n: i })));
    await redis.xreadgroup('workers', 'w1', { jobs: '>' });
    await redis.xdel('jobs', ids[3] as string, ids[249] as string);
    const seen: number[] = [];
    const worker = redis.consumer(base);
    const running = worker.run(({ fields }) => void seen.push(Number(fields['n'])));
    await until(async () => (await redis.xpending('jobs', 'workers')).count === 0);
    await worker.stop();
    await running;
    expect(seen).toEqual(Array.from({ length: 249 }, (_, i) => i).filter((i) => i !== 3));
  });

  it.each([
    ['of its own', 'w1'],
    ['of another consumer', 'gone'],
  ])('stopped while it works off entries %s: the rest stays pending', async (_, owner) => {
    await redis.xgroupCreate('jobs', 'workers', '0', { mkstream: true });
    for (let i = 0; i < 5; i++) await add(i);
    await redis.xreadgroup('workers', owner, { jobs: '>' });
    let handled = 0;
    const worker = redis.consumer({ ...base, concurrency: 2, retryAfter: 1 });
    await new Promise((resolve) => setTimeout(resolve, 5)); // longer than retryAfter
    let stopped: Promise<void> | undefined;
    await worker.run(() => {
      handled++;
      stopped ??= worker.stop();
    });
    await stopped;
    expect(handled).toBe(1);
    expect((await redis.xpending('jobs', 'workers')).count).toBe(4);
  });

  // Read ahead of its turn, an entry was delivered once more at every restart, and buried although no one had handled it.
  it.each([
    ['of its own', 'w1'],
    ['of another consumer', 'gone'],
  ])('started again and again while it works off entries %s: only what begins is delivered', async (_, owner) => {
    await redis.xgroupCreate('jobs', 'workers', '0', { mkstream: true });
    for (let i = 0; i < 6; i++) await add(i);
    await redis.xreadgroup('workers', owner, { jobs: '>' });
    await new Promise((resolve) => setTimeout(resolve, 5)); // longer than retryAfter
    const begun: unknown[] = [];
    const dead: unknown[] = [];
    const live = async (): Promise<number[]> => {
      const worker = redis.consumer({ ...base, concurrency: 2, retryAfter: 1, maxDeliveries: 2 });
      worker.on('dead', ({ fields }) => dead.push(fields['n']));
      const fail: (() => void)[] = [];
      const running = worker.run(({ fields }) => {
        begun.push(fields['n']);
        return new Promise<void>((_resolve, reject) => void fail.push(() => reject(new Error('cannot'))));
      });
      await until(() => fail.length === 2);
      await redis.ping(); // behind whatever it has asked for
      const stopped = worker.stop();
      for (const end of fail) end();
      await stopped;
      await running;
      const pending = await redis.xpending('jobs', 'workers', { start: '-', end: '+', count: 10 });
      return pending.map(({ deliveries }) => deliveries);
    };
    expect(await live()).toEqual([2, 2, 1, 1, 1, 1]);
    expect(await live()).toEqual([2, 2, 1, 1]);
    expect([begun, dead]).toEqual([
      ['0', '1', '2', '3'],
      ['0', '1'],
    ]);
  });

  it('an entry that ends the process takes no others along', async () => {
    await redis.xgroupCreate('jobs', 'workers', '0', { mkstream: true });
    for (let i = 0; i < 3; i++) await add(i);
    await redis.xreadgroup('workers', 'w1', { jobs: '>' });
    const client = createRedis(server.url);
    const worker = client.consumer({ ...base, ...endless, concurrency: 3 });
    const running = worker.run(() => {
      void client.close({ timeout: 0 });
      throw new Error('the process is gone');
    });
    await running;
    const pending = await redis.xpending('jobs', 'workers', { start: '-', end: '+', count: 10 });
    expect(pending.map(({ deliveries }) => deliveries)).toEqual([2, 1, 1]);
  });

  it('what is being handled is not started again, however long it takes', async () => {
    await add(1);
    await redis.configResetstat();
    let started = 0;
    let finish: () => void = () => {};
    const worker = redis.consumer({ ...base, concurrency: 2, retryAfter: 2 });
    const running = worker.run(async () => {
      started++;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    const claims = async (): Promise<number> =>
      Number(/cmdstat_xautoclaim:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0);
    await until(async () => (await claims()) >= 5);
    finish();
    await worker.stop();
    await running;
    expect(started).toBe(1);
    expect(await redis.xpending('jobs', 'workers')).toMatchObject({ count: 0 });
  });

  it('takes no more entries than it can begin with: the others are left to other consumers', async () => {
    for (let i = 0; i < 10; i++) await add(i);
    const finish: (() => void)[] = [];
    const worker = redis.consumer({ ...base, concurrency: 2 });
    const running = worker.run(() => new Promise<void>((resolve) => void finish.push(resolve)));
    await until(() => finish.length === 2);
    finish[0]?.();
    await until(() => finish.length === 3);
    expect((await redis.xpending('jobs', 'workers')).count).toBe(2);
    const stopped = worker.stop();
    for (const end of finish) end();
    await stopped;
    await running;
  });

  it('an entry that cannot be acknowledged is told, and the work goes on', async () => {
    await add(1);
    const errors: unknown[] = [];
    const failures: unknown[] = [];
    const seen: string[] = [];
    const worker = redis.consumer({ ...base, block: 20 });
    worker.on('error', (error) => errors.push(error)).on('failed', (entry) => failures.push(entry));
    const running = worker.run(async ({ fields }) => {
      seen.push(String(fields['n']));
      if (seen.length === 1) await redis.set('jobs', 'no stream any more');
    });
    await until(() => errors.length > 0);
    expect(errors[0]).toMatchObject({ code: 'REPLY', prefix: 'WRONGTYPE', command: 'XACK' });
    await redis.del('jobs');
    await add(2);
    await until(() => seen.includes('2'));
    await worker.stop();
    await running;
    expect(failures).toEqual([]);
  });

  it('listeners that throw do not end the work, and off() takes them back', async () => {
    const thrown: unknown[] = [];
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => thrown.push(error));
    await add(1);
    await add(2);
    const heard: unknown[] = [];
    const listener = (): void => void heard.push('failed');
    const worker = redis.consumer({ ...base, maxDeliveries: 1, retryAfter: 5 });
    worker.on('failed', listener).off('failed', listener);
    worker.on('failed', () => {
      throw new Error('a listener failed');
    });
    const running = worker.run(() => {
      throw new Error('cannot');
    });
    await until(async () => (await redis.xlen('jobs:dead')) === 2);
    await worker.stop();
    await running;
    process.removeAllListeners('uncaughtException');
    for (const other of others) process.on('uncaughtException', other);
    expect(heard).toEqual([]);
    expect(thrown).toEqual([new Error('a listener failed'), new Error('a listener failed')]);
  });

  it('wrong options are refused', () => {
    expect(() => redis.consumer({ ...base, concurrency: 0 })).toThrow(/concurrency/);
    expect(() => redis.consumer({ ...base, stream: '' })).toThrow(/stream/);
    expect(() => redis.consumer({ ...base, speed: 1 } as never)).toThrow(/speed/);
    for (const retryAfter of [0, 1500.5]) expect(() => redis.consumer({ ...base, retryAfter })).toThrow(/retryAfter/);
  });
});
