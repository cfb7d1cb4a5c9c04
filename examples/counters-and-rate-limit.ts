// Counters, and a limit of so many calls per window, on the contract that all three backends share. Each window has a
// counter of its own that ends by itself, so nothing has to be tidied up.
//
//   npm run example examples/counters-and-rate-limit.ts
//   (REDIS_URL, SSDB_URL, GIBSON_URL for servers of your own)
import type { KeyValue } from '@kv/core';
import { createGibson, keyValue as onGibson } from '@kv/gibson';
import { createRedis, keyValue as onRedis } from '@kv/redis';
import { createSsdb, keyValue as onSsdb } from '@kv/ssdb';

const { REDIS_URL = 'embedded:', SSDB_URL = 'embedded:', GIBSON_URL = 'embedded:' } = process.env;
await using redis = createRedis(REDIS_URL);
await using ssdb = createSsdb(SSDB_URL);
await using gibson = createGibson(GIBSON_URL);

interface Verdict {
  readonly allowed: boolean;
  readonly left: number;
}

/** Allows `limit` calls per `window` ms and user. Counting is one step on the server, so no call is lost or counted twice. */
async function allow(kv: KeyValue, user: string, limit: number, window: number): Promise<Verdict> {
  const key = `calls:${user}:${Math.floor(Date.now() / window)}`;
  const calls = await kv.increment(key);
  if (calls === 1) await kv.expire(key, 2 * window); // longer than the window: it must not end inside
  return { allowed: calls <= limit, left: Math.max(limit - calls, 0) };
}

const prefix = 'example-limit:';
const stores = {
  redis: onRedis(redis, { prefix }),
  ssdb: onSsdb(ssdb, { prefix }),
  gibson: onGibson(gibson, { prefix }),
};
for (const [name, kv] of Object.entries(stores)) {
  const verdicts = await Promise.all(Array.from({ length: 12 }, () => allow(kv, 'ada', 10, 3_600_000)));
  const allowed = verdicts.filter((verdict) => verdict.allowed).length;
  await Promise.all(Array.from({ length: 100 }, () => kv.increment('page-views')));
  console.log(`${name.padEnd(6)}  ${allowed} of 12 calls allowed, page views: ${await kv.get('page-views')}`);
  await kv.clear('');
}
