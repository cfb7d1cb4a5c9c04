import { setTimeout as sleep } from 'node:timers/promises';
import { type Embedded, startEmbedded } from '@kv/embedded';
import type { RedisAddress } from '@kv/redis';
import { faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { FlowProducer, type IRedisClient, Queue, QueueEvents, RedisConnection, Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type BullClient, type BullOptions, bullClient, bullClientFactory } from '../src/index.ts';
import { runOutage } from './outage/outage.ts';

let server: RedisServer;
let embedded: Embedded<{ redis: true }>;
beforeAll(async () => {
  embedded = await startEmbedded({ redis: true });
  server = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] });
});
afterAll(() => Promise.all([server.stop(), embedded.close()]));
afterEach(() => {
  delete (RedisConnection as { clientFactory?: unknown }).clientFactory;
});

const QUICK: BullOptions = { backoff: { min: 1, max: 50 } };

/** A client that is closed when the test has ended. */
function client(options: BullOptions = QUICK, address: RedisAddress = server.url): BullClient {
  const made = bullClient(address, options);
  onTestFinished(() => made.disconnect());
  return made;
}

/** Calls a script by the method that has its name. */
function call(on: object, name: string, ...args: unknown[]): Promise<unknown> {
  return (on as Record<string, (...args: unknown[]) => Promise<unknown>>)[name]?.(...args) as Promise<unknown>;
}

/** Whether a client of the server waits in BZPOPMIN. */
async function isBlocked(one: IRedisClient): Promise<boolean> {
  return /flags=b .*cmd=bzpopmin/.test(await one.clientList());
}

type Closable = { close(): Promise<void>; on(event: 'error', listener: () => void): unknown };

/** Closed when the test has ended; errors of a server that is away are expected. */
function closing<T extends Closable>(one: T): T {
  (one as unknown as { setMaxListeners(count: number): void }).setMaxListeners(0);
  one.on('error', () => undefined);
  onTestFinished(() => one.close());
  return one;
}

let names = 0;
const queueName = (): string => `queue-${++names}`;

const addresses: Readonly<Record<string, () => RedisAddress>> = {
  'a real server': () => server.url,
  'the embedded server, which runs the same scripts': () => embedded.redis.address,
};

it('keeps the server of `embedded:` for the client that a worker makes for itself, and when it connects again', async () => {
  const one = client(QUICK, 'embedded:');
  const twin = one.duplicate() as BullClient;
  onTestFinished(() => twin.disconnect());
  await twin.redis.set('a', 1);
  expect(await one.redis.get('a')).toBe('1');
  one.disconnect();
  await one.connect();
  expect(await one.redis.get('a')).toBe('1');
});

describe.each(Object.keys(addresses))('jobs on %s', (where) => {
  const clientThere = (): BullClient => client(QUICK, addresses[where]?.());

  it('are added, run, and give their results to those who wait', async () => {
    const name = queueName();
    const connection = clientThere();
    const queue = closing(new Queue(name, { connection }));
    const events = closing(new QueueEvents(name, { connection }));
    const worker = closing(new Worker(name, async ({ data }) => data.n * 2, { connection, concurrency: 5 }));
    await events.waitUntilReady();
    const jobs = await queue.addBulk(Array.from({ length: 50 }, (_, n) => ({ name: 'double', data: { n } })));
    const results = await Promise.all(jobs.map((job) => job.waitUntilFinished(events)));
    expect(results).toEqual(Array.from({ length: 50 }, (_, n) => n * 2));
    expect(await queue.getJobCounts('completed', 'wait', 'active')).toEqual({ completed: 50, wait: 0, active: 0 });
    expect(worker.isRunning()).toBe(true);
  });

  it('are delayed, repeated after a failure, and ordered by priority', async () => {
    const name = queueName();
    const connection = clientThere();
    const queue = closing(new Queue(name, { connection }));
    const order: string[] = [];
    await queue.pause();
    await queue.add('late', {}, { delay: 200 });
    await queue.add('low', {}, { priority: 10 });
    await queue.add('high', {}, { priority: 1 });
    await queue.add('twice', {}, { attempts: 2, priority: 20 });
    closing(
      new Worker(
        name,
        async (job) => {
          order.push(job.name);
          if (job.name === 'twice' && job.attemptsMade === 0) throw new Error('once more');
        },
        { connection },
      ),
    );
    await queue.resume();
    await expect.poll(() => queue.getCompletedCount(), { timeout: 10_000 }).toBe(4);
    expect(order.filter((job) => /high|low/.test(job))).toEqual(['high', 'low']);
    expect(order.filter((job) => job === 'twice')).toHaveLength(2);
  });

  it('tell of progress and failures, and depend on children', async () => {
    const name = queueName();
    const connection = clientThere();
    const events = closing(new QueueEvents(name, { connection }));
    await events.waitUntilReady();
    const heard: string[] = [];
    events.on('progress', ({ data }) => heard.push(`progress ${JSON.stringify(data)}`));
    events.on('failed', ({ failedReason }) => heard.push(`failed ${failedReason}`));
    const flow = closing(new FlowProducer({ connection }));
    const worker = new Worker(
      name,
      async (job) => {
        if (job.name === 'bad') throw new Error('on purpose');
        await job.updateProgress(50);
        return Object.values(await job.getChildrenValues()).length;
      },
      { connection },
    );
    closing(worker);
    const queue = closing(new Queue(name, { connection }));
    await queue.add('bad', {});
    const child = { name: 'child', queueName: name, data: {} };
    const ignored = { ...child, name: 'bad', opts: { ignoreDependencyOnFailure: true } };
    const children = [child, child, ignored];
    const tree = await flow.add({ name: 'parent', queueName: name, data: {}, children });
    expect(await tree.job.waitUntilFinished(events)).toBe(2);
    const failures = await tree.job.getIgnoredChildrenFailures();
    expect(Object.values(failures)).toEqual(['on purpose']);
    expect(Object.getPrototypeOf(failures)).toBe(Object.prototype);
    await expect.poll(() => heard).toEqual(expect.arrayContaining(['failed on purpose', 'progress 50']));
  });

  it('repeat by a scheduler, and can be looked at and removed', async () => {
    const name = queueName();
    const queue = closing(new Queue(name, { connection: clientThere() }));
    await queue.upsertJobScheduler('tick', { every: 100_000 });
    expect((await queue.getJobSchedulers()).map(({ key }) => key)).toEqual(['tick']);
    await queue.add('kept', { a: 'ä' });
    const jobs = await queue.getJobs(['wait', 'delayed']);
    expect(jobs.map((job) => job.name).sort()).toEqual(['kept', 'tick']);
    await queue.obliterate({ force: true });
    expect(await queue.count()).toBe(0);
  });
});

describe('clients', () => {
  it('of a worker are found by its name', async () => {
    const name = queueName();
    const connection = client();
    const queue = closing(new Queue(name, { connection }));
    const worker = closing(new Worker(name, async () => undefined, { connection, name: 'lister' }));
    await worker.waitUntilReady();
    await expect.poll(async () => (await queue.getWorkers()).length).toBe(1);
  });

  it('are made by BullMQ of plain options, with a factory', async () => {
    RedisConnection.clientFactory = bullClientFactory(QUICK);
    const name = queueName();
    const connection = { host: server.host, port: server.port, db: 1 };
    const queue = closing(new Queue(name, { connection }));
    const events = closing(new QueueEvents(name, { connection, lastEventId: '0' }));
    closing(new Worker(name, async () => 'done', { connection }));
    await events.waitUntilReady();
    expect(await (await queue.add('one', {})).waitUntilFinished(events)).toBe('done');
  });

  it('have the scripts of BullMQ as methods, those that are made from them too', async () => {
    const first = client();
    first.defineCommand('echo:1', { numberOfKeys: 1, lua: 'return {KEYS[1], ARGV[1], ARGV[2]}' });
    const second = first.duplicate();
    onTestFinished(() => second.disconnect());
    expect(await call(first, 'echo:1', ['key', Buffer.from('ä'), 7])).toEqual(['key', 'ä', '7']);
    expect(await call(second, 'echo:1', 'key', undefined, [1])).toEqual(['key', '', '1']);
    await expect(first.runCommand('other:1', [])).rejects.toThrow('other:1: the script was not defined');
  });

  it('leave out a DEL without keys, alone and in transactions', async () => {
    const connection = client();
    await connection.set('kept', 'value');
    const transaction = connection.multi();
    transaction.llen('none').del();
    expect(await transaction.exec()).toEqual([[null, 0]]);
    expect([await connection.del(), await connection.get('kept')]).toEqual([0, 'value']);
  });

  it('tell of their end later than `quit()` resolves', async () => {
    const connection = client();
    await connection.connect();
    await connection.quit();
    await new Promise<void>((resolve) => connection.once('end', resolve));
    expect(connection.status).toBe('end');
  });

  it('reject every call that their end interrupts with the text that BullMQ knows', async () => {
    const connection = client();
    await connection.connect();
    const calls = [
      connection.xread([{ key: 'none', id: '$' }], { BLOCK: 0 }), // all others wait behind it
      connection.get('key'),
      connection.multi().llen('list').exec(),
    ];
    connection.disconnect();
    for (const settled of await Promise.allSettled([
      ...calls,
      connection.clientSetName('later'),
      connection.get('key'),
    ]))
      expect(settled).toMatchObject({ status: 'rejected', reason: { message: 'Connection is closed.' } });
  });

  it('do not fail to name a connection that is closed meanwhile', async () => {
    await using proxy = await faultProxy(server);
    const one = client(QUICK, `redis://127.0.0.1:${proxy.port}`);
    await one.connect();
    proxy.stall();
    const named = one.clientSetName('name');
    await sleep(50); // it is sent
    one.disconnect();
    expect(await named).toBe('OK');
  });

  it('wait for a server that is not there yet', async () => {
    const late = await startRedis();
    await late.stop();
    const connection = bullClient(late.url, QUICK);
    onTestFinished(() => connection.disconnect());
    const queue = closing(new Queue(queueName(), { connection }));
    const added = queue.add('early', {});
    await sleep(50); // some attempts
    await using again = await startRedis({ port: late.port, args: ['--maxmemory-policy', 'noeviction'] });
    expect((await added).id).toBe('1');
    expect(again.pid).toBeGreaterThan(0);
    await queue.close();
  });

  it('close while a worker waits for jobs', async () => {
    const worker = new Worker(queueName(), async () => undefined, { connection: client() });
    await worker.waitUntilReady();
    await worker.close();
    expect(worker.isRunning()).toBe(false);
  });

  it('close while the server is away, when calls under way have reached their deadline', async () => {
    const gone = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] });
    const connection = bullClient(gone.url, { ...QUICK, timeout: 300 });
    const name = queueName();
    const open = [
      new Worker(name, async () => undefined, { connection }),
      new QueueEvents(name, { connection }),
      new Queue(name, { connection }),
    ];
    for (const one of open) (one as Closable).on('error', () => undefined);
    await Promise.all(open.map((one) => one.waitUntilReady()));
    await gone.stop();
    await Promise.all(open.map((one) => one.close()));
    connection.disconnect();
    expect(connection.status).toBe('end');
  });
});

describe('a connection that is lost with a script on its way', () => {
  it.each([
    ['sends again what asks for a job', 'moveToActive', 3],
    ['sends again what ends the run of a job', 'moveToFinished', 3],
    ['sends again what lets a job be tried again', 'retryJob', 3],
    ['sends again what delays a job until it is tried again', 'moveToDelayed', 3],
    ['sends again what lets a parent wait for its children', 'moveToWaitingChildren', 3],
    ['sends again what makes the next job of a scheduler', 'updateJobScheduler', 3],
    ['says of all else that it is not known whether it ran', 'addStandardJob', 'unknown'],
  ])('%s', async (_, name, expected) => {
    await using proxy = await faultProxy(server);
    const connection = bullClient({ host: proxy.host, port: proxy.port }, QUICK);
    onTestFinished(() => connection.disconnect());
    const key = queueName();
    connection.defineCommand(`${name}:6.7.0`, { numberOfKeys: 1, lua: "return redis.call('INCR', KEYS[1])" });
    await connection.runCommand(`${name}:6.7.0`, [key]); // the server knows the script
    proxy.stall('toClient');
    const ended = connection.runCommand(`${name}:6.7.0`, [key]).catch(({ outcome }) => outcome);
    const watcher = client();
    await expect.poll(() => watcher.get(key), { timeout: 20_000 }).toBe('2');
    proxy.cut();
    proxy.resume();
    expect(await ended).toBe(expected);
  });
});

describe('a worker that waits for jobs while its connection is lost', () => {
  it('looks for jobs as soon as it is connected again', async () => {
    await using proxy = await faultProxy(server);
    const name = queueName();
    const ran: string[] = [];
    const connection = bullClient({ host: proxy.host, port: proxy.port }, QUICK);
    onTestFinished(() => connection.disconnect());
    const patient = { connection, drainDelay: 1000, stalledInterval: 1_000_000 };
    const worker = closing(new Worker(name, async (job) => void ran.push(job.name), patient));
    const queue = closing(new Queue(name, { connection: client() }));
    await queue.add('first', {});
    await expect.poll(() => ran, { timeout: 20_000 }).toEqual(['first']);
    await expect.poll(() => queue.getBackend().client.then(isBlocked), { timeout: 20_000 }).toBe(true);
    proxy.stall('toClient'); // the marker of the next job is taken, and never comes
    await queue.add('second', {});
    proxy.cut();
    proxy.resume();
    await expect.poll(() => ran, { timeout: 20_000 }).toEqual(['first', 'second']);
    expect(worker.isRunning()).toBe(true);
    await worker.close(); // while the proxy is there: without a server it waits for the deadline of its calls
  });
});

describe('a server that is killed while jobs run', () => {
  it('loses no job, and all is closed in order: 13 checks of a process of its own', async () => {
    const checks = await runOutage(300, 50, 140_000);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(checks).toHaveLength(13);
  }, 150_000);
});
