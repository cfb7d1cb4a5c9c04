// A report that only one of many processes may make at a time: a lock that is extended while it is held, and a token by
// which the result of a holder that was asleep is told from that of a later one.
//
//   npm run example examples/one-at-a-time.ts          (REDIS_URL=redis://localhost for a server of your own)
import { createRedis, type Redis } from '@kv/redis';

const { REDIS_URL = 'embedded:one-at-a-time' } = process.env;

/** What each of the processes does. */
async function makeReport(redis: Redis, process: string): Promise<void> {
  await using lock = await redis.lock('example-report', { ttl: 5000, wait: 30_000, retryEvery: 10 });
  const before = Number(await redis.get('example-report:runs'));
  await new Promise((resolve) => setTimeout(resolve, 5)); // the work; it should stop when lock.signal fires
  lock.signal.throwIfAborted();
  await redis.set('example-report:runs', before + 1);
  console.log(`${process} was alone`);
}

const clients = Array.from({ length: 5 }, () => createRedis(REDIS_URL));
const [redis] = clients as [Redis];
await redis.del('example-report:runs');
await Promise.all(clients.map((client, at) => makeReport(client, `process ${at + 1}`)));
console.log('runs counted:', await redis.get('example-report:runs'));

const early = await redis.lock('example-report', { ttl: 100, extend: false }); // it falls asleep
await using late = await redis.lock('example-report');
console.log('the later holder has the higher token:', late.token > early.token);
console.log('the early one had lost it:', !(await early.release()));
await redis.del('example-report:runs');
await Promise.all(clients.slice(1).map((client) => client.close()));
await late.release();
await redis.close();
