// Copies everything below a prefix from SSDB to Redis, times to live included: reads in key order, writes in batches, keeps
// the writer's queue short, shows progress, and can go on after the last key that it printed.
//
//   npm run example examples/copy-ssdb-to-redis.ts
//   SSDB_URL=ssdb://old REDIS_URL=redis://new npm run example examples/copy-ssdb-to-redis.ts -- user: [after-this-key]
import { createRedis } from '@kv/redis';
import { createSsdb } from '@kv/ssdb';
import { exists, ttl } from '@kv/ssdb/commands';

const { REDIS_URL = 'embedded:', SSDB_URL = 'embedded:' } = process.env;
const [prefix = 'example-copy:', after = prefix] = process.argv.slice(2);
const batchSize = 500;

// Bytes on both sides: values need not be text.
await using ssdb = createSsdb(SSDB_URL, { bytes: true });
await using redis = createRedis(REDIS_URL, { bytes: true });
if (SSDB_URL === 'embedded:') await fill(5_000);

let copied = 0;
let batch: [key: string, value: Uint8Array][] = [];
const begin = performance.now();
for await (const entry of ssdb.scanIterator({ start: after, end: `${prefix}\u{10ffff}`, count: batchSize })) {
  batch.push(entry);
  if (batch.length === batchSize) await flush();
}
await flush();
console.log(`copied ${copied} entries; Redis has ${await redis.dbsize()} keys`);

async function flush(): Promise<void> {
  const last = batch.at(-1);
  if (last === undefined) return;
  const left = await ssdb.sendAll(batch.map(([key]) => ttl<Uint8Array>(key)));
  const there = await ssdb.sendAll(batch.map(([key]) => exists<Uint8Array>(key)));
  const pipeline = redis.pipeline();
  for (const [i, [key, value]] of batch.entries()) {
    const seconds = left[i] ?? -1; // whole seconds, rounded down; -1: it does not end
    if (!there[i]) continue; // it ended between the scan and now
    void pipeline.set(key, value, seconds < 0 ? {} : { ex: seconds + 1 });
  }
  await pipeline.execute(); // rejects if a single one was refused
  copied += batch.length;
  batch = [];
  const perSecond = Math.round(copied / ((performance.now() - begin) / 1000));
  console.log(`${String(copied).padStart(8)} entries  ${perSecond}/s  last key ${last[0]}`);
}

async function fill(count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(6, '0')}`);
  await ssdb.multiSet(names.map((name, i) => [name, `value ${i}`] as const));
  await ssdb.expire(`${prefix}000000`, 3600);
}
