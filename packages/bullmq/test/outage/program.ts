/**
 * Jobs through a server that is killed in the middle and comes back with its data. Prints one line of JSON for each check.
 * Run by outage.ts: it ends by itself when all is closed, which is the last check.
 *
 *   tsx --conditions=@kv/source program.ts JOBS CONCURRENCY
 */
import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { Job, Queue, QueueEvents, Worker } from 'bullmq';
import { type BullClient, bullClient } from '../../src/index.ts';
import { JobRecord, resultOf } from './jobs.ts';

const [jobs, concurrency] = process.argv.slice(2).map(Number) as [number, number];
const PRODUCERS = 10;
/** How long `close()` may take, ms: far more than it needs on a busy machine. */
const PATIENCE = 30_000;

const complaints: string[] = [];
process.on('unhandledRejection', (error) => complaints.push(`unhandled: ${String(error)}`));
process.on('warning', (warning) => complaints.push(`${warning.name}: ${warning.message}`));

const record = new JobRecord();

interface Parts {
  readonly connection: BullClient;
  readonly queue: Queue;
  readonly events: QueueEvents;
  readonly worker: Worker;
}

async function open(url: string): Promise<Parts> {
  const connection = bullClient(url, { backoff: { min: 10, max: 200 } });
  const streams = { events: { maxLen: jobs * 10 } }; // none may be trimmed before it is read
  const queue = new Queue('outage', { connection, streams });
  const events = new QueueEvents('outage', { connection });
  const waits = { lockDuration: 5000, stalledInterval: 1000, maxStalledCount: 5, runRetryDelay: 100 };
  const worker = new Worker('outage', record.process, { connection, concurrency, autorun: false, ...waits });
  for (const one of [queue, events, worker]) (one as EventEmitter).on('error', () => undefined); // the server is away
  events.on('completed', ({ jobId }) => record.told.add(Number(jobId.slice(1))));
  worker.on('completed', ({ data }) => record.confirmed(data.n));
  await Promise.all([queue, events, worker].map((one) => one.waitUntilReady()));
  return { connection, queue, events, worker };
}

/** Adds the jobs. One that is not known to be added is added again under its id, which makes no second job. */
async function produce(queue: Queue): Promise<void> {
  let next = 0;
  const produceSome = async (): Promise<void> => {
    while (next < jobs) {
      const n = next++;
      while (!(await added(queue, n))) await sleep(20);
    }
  };
  await Promise.all(Array.from({ length: PRODUCERS }, produceSome));
}

function added(queue: Queue, n: number): Promise<boolean> {
  return queue.add('job', { n }, { jobId: `j${n}` }).then(
    () => true,
    () => false,
  );
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(10);
}

/** Kills the server in the middle, and lets it come back with its data. */
async function interrupt(server: RedisServer): Promise<void> {
  await until(() => record.runs.size >= jobs / 3);
  record.serverLeaves();
  await server.kill();
  await sleep(300);
  await server.start();
  record.serverReturns();
}

async function run(server: RedisServer, { queue, worker, events }: Parts): Promise<void> {
  const producing = produce(queue);
  void worker.run();
  await interrupt(server);
  await producing;
  const done = (): Promise<boolean> =>
    queue.getCompletedCount().then(
      (count) => count === jobs,
      () => false,
    );
  await until(done);
  await until(() => record.told.size === jobs || events.closing !== undefined);
}

function check(name: string, passed: boolean, detail: unknown = ''): void {
  console.log(JSON.stringify({ name, passed, detail }));
}

async function checkJobs({ queue, events }: Parts): Promise<void> {
  const { completed, failed, ...others } = await queue.getJobCounts();
  check('every job is completed', completed === jobs, completed);
  check('no job has failed', failed === 0, failed);
  check(
    'no job waits, is active or delayed',
    Object.values(others).every((count) => count === 0),
    others,
  );
  const all = await queue.getCompleted(0, -1);
  const numbers = new Set(all.map(({ data }) => data.n));
  check('no job was lost or added twice', all.length === jobs && numbers.size === jobs, [all.length, numbers.size]);
  check('every job has run', record.runs.size === jobs, record.runs.size);
  const { repeated, underWay } = record;
  const surprises = repeated.filter((n) => !underWay.has(n));
  check('only what was under way at the kill has run again', surprises.length === 0, [repeated.length, underWay.size]);
  const wrong = all.filter(({ data, returnvalue }) => returnvalue !== resultOf(data.n));
  check('every result is right', wrong.length === 0, wrong.length);
  check('the end of every job came as an event', record.told.size === jobs, record.told.size);
  const last = await queue.add('job', { n: jobs }, { jobId: `j${jobs}` });
  check('a job that is added later is waited for', (await last.waitUntilFinished(events, PATIENCE)) === resultOf(jobs));
  const again = await Job.fromId(queue, last.id as string);
  check('and is finished on the server', (await again?.getState()) === 'completed');
}

/** Whether it ends in time; the timer does not keep the process. */
function inTime(closing: Promise<unknown>): Promise<boolean> {
  return Promise.race([closing.then(() => true), sleep(PATIENCE, false, { ref: false })]);
}

const server = await startRedis({
  args: ['--maxmemory-policy', 'noeviction', '--appendonly', 'yes', '--appendfsync', 'no'],
});
const parts = await open(server.url);
await run(server, parts);
await checkJobs(parts);
const { connection, queue, events, worker } = parts;
check('worker, events and queue close', await inTime(Promise.all([worker.close(), events.close(), queue.close()])));
const left = ['error', 'close', 'ready', 'end'].reduce(
  (sum, event) => sum + (connection as unknown as EventEmitter).listenerCount(event),
  0,
);
connection.disconnect();
await server.stop();
check('nothing was unhandled, and no listener is left', complaints.length === 0 && left === 0, [complaints, left]);
