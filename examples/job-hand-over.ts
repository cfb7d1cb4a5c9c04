// Jobs handed from producers to workers through a list. A worker waits in a blocking pop and moves the job to a list of its own
// in the same step, so a job is never only in the memory of a worker: what a crashed one left is put back.
//
//   npm run example examples/job-hand-over.ts          (REDIS_URL=redis://localhost for a server of your own)
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedis, isKvError } from '@kv/redis';
import { lrem, rpush } from '@kv/redis/commands';

const { REDIS_URL = 'embedded:' } = process.env;
await using redis = createRedis(REDIS_URL, { keyPrefix: 'example-jobs:' });

/** Works until `stop`. Blocking commands have connections of their own: the others on this client do not wait for them. */
async function work(name: string, stop: AbortSignal): Promise<number> {
  const mine = `working:${name}`;
  const waiting = redis.with({ signal: stop });
  for (let jobs = 0; ; jobs++) {
    const job = await waiting.blmove('waiting', mine, 'LEFT', 'RIGHT', 0).catch((error: unknown) => {
      if (isKvError(error) && error.code === 'ABORTED') return null;
      throw error;
    });
    if (job === null) return jobs;
    await sleep(5); // the work
    await redis.sendAll([rpush('done', `${job} by ${name}`), lrem(mine, 1, job)]);
  }
}

/** Puts back what a worker that no longer lives had taken. */
async function recover(name: string): Promise<number> {
  let jobs = 0;
  while ((await redis.lmove(`working:${name}`, 'waiting', 'RIGHT', 'LEFT')) !== null) jobs += 1;
  return jobs;
}

await redis.del('waiting', 'done', 'working:crashed');
await redis.rpush('working:crashed', 'job 0'); // a worker took it and died
console.log('put back:', await recover('crashed'));

const shift = new AbortController();
const workers = Promise.all(['ada', 'bob', 'cleo'].map((name) => work(name, shift.signal)));
for (let i = 1; i <= 29; i++) await redis.rpush('waiting', `job ${i}`);
while ((await redis.llen('done')) < 30) await sleep(10);
shift.abort();
console.log(
  'jobs per worker:',
  await workers,
  ' done:',
  await redis.llen('done'),
  ' waiting:',
  await redis.llen('waiting'),
);
await redis.del('done');
