// One run of jobs through BullMQ, in a process of its own; bullmq.ts bundles and starts it. Prints what it used as JSON.
// Arguments: client (kv or ioredis), URL, jobs, concurrency.
import { bullClient } from '@kv/bullmq';
import { type ConnectionOptions, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const [kind = '', url = ''] = process.argv.slice(2);
const [jobs = 0, concurrency = 0] = process.argv.slice(4).map(Number);
const PRODUCERS = 50;

/** What part of a run took, per job. */
interface Used {
  /** Jobs per second. */
  readonly perSecond: number;
  /** CPU of this process, µs. */
  readonly cpu: number;
}

function client(): ConnectionOptions & { disconnect(): void } {
  return kind === 'kv' ? bullClient(url) : new Redis(url, { maxRetriesPerRequest: null });
}

async function measure(count: number, work: () => Promise<void>): Promise<Used> {
  const began = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { perSecond: (count * 1000) / (performance.now() - began), cpu: (user + system) / count };
}

async function addAll(queue: Queue, count: number): Promise<void> {
  let next = 0;
  const add = async (): Promise<void> => {
    while (next < count) await queue.add('job', { n: next++, text: 'some data' }, { removeOnComplete: true });
  };
  await Promise.all(Array.from({ length: PRODUCERS }, add));
}

async function runAll(queue: Queue, count: number): Promise<void> {
  const connection = client();
  const worker = new Worker(queue.name, async ({ data }) => data.n, { connection, concurrency, autorun: false });
  let completed = 0;
  const all = new Promise<void>((resolve) => {
    worker.on('completed', () => {
      if (++completed === count) resolve();
    });
  });
  void worker.run();
  await all;
  await worker.close();
  connection.disconnect();
}

const connection = client();
const queue = new Queue(`jobs-${process.pid}`, { connection });
await queue.waitUntilReady();
await addAll(queue, jobs / 4); // warms up
await runAll(queue, jobs / 4);
const added = await measure(jobs, () => addAll(queue, jobs));
const run = await measure(jobs, () => runAll(queue, jobs));
await queue.close();
connection.disconnect();
console.log(JSON.stringify({ added, run }));
