// What a read costs with a cache in the process, beside one without and beside node-redis' cache, and how much memory an
// entry takes. Run: node --expose-gc --conditions=@kv/source --import tsx src/comparison/cache.ts
import { createRedis } from '@kv/redis';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { createClient } from 'redis';

/** One way to read: calls are made one after the other. */
export interface CacheContender {
  readonly name: string;
  get(key: string): Promise<unknown>;
  close(): Promise<unknown>;
}

/** What one contender did in one round. */
export interface CacheRun {
  readonly name: string;
  /** Calls per second, and client CPU per call in µs. */
  readonly perSecond: number;
  readonly cpu: number;
}

/** The ways that are compared. Each is connected, and has read once. */
export async function openContenders({ url }: RedisServer, maxBytes?: number): Promise<readonly CacheContender[]> {
  const redis = createRedis(url, { cache: { maxBytes } });
  const cached = redis.cached();
  const plain = createRedis(url);
  const client = createClient({ url, RESP: 3, clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: 'LRU' } });
  client.on('error', () => undefined);
  await client.connect();
  await Promise.all([redis.connect(), plain.connect()]);
  return [
    { name: 'kv, no cache', get: (key) => plain.get(key), close: () => plain.close() },
    { name: 'kv, cache', get: (key) => cached.get(key), close: () => redis.close() },
    { name: 'node-redis, cache', get: (key) => client.get(key), close: () => client.close() },
  ];
}

/** Reads keys one after the other, from the first to the last. */
export async function measureReads({ name, get }: CacheContender, keys: readonly string[]): Promise<CacheRun> {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  for (const key of keys) await get(key);
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { name, perSecond: keys.length / seconds, cpu: (user + system) / keys.length };
}

/** Medians of many short rounds, whose order turns around. @param keys those of the next round */
export async function compareReads(
  contenders: readonly CacheContender[],
  keys: () => readonly string[],
  rounds: number,
): Promise<readonly CacheRun[]> {
  const runs = new Map<string, CacheRun[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const contender of order) runs.get(contender.name)?.push(await measureReads(contender, keys()));
  }
  return [...runs].map(([name, all]) => ({
    name,
    perSecond: median(all.map((run) => run.perSecond)),
    cpu: median(all.map((run) => run.cpu)),
  }));
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number;
}

/** What entries take. */
export interface CacheMemory {
  readonly entries: number;
  /** What the cache says, and what the process has more than before, in bytes. */
  readonly said: number;
  readonly measured: number;
}

/** Reads keys until the cache is full, and some more. `collect` collects garbage. */
export async function measureMemory(
  { url }: RedisServer,
  { maxBytes, count, length }: { readonly maxBytes: number; readonly count: number; readonly length: number },
  collect: () => void,
): Promise<CacheMemory> {
  const writer = createRedis(url, { timeout: 0 });
  await writer.flushall();
  await writer.eval(
    "for i = 1, tonumber(ARGV[1]) do redis.call('SET', 'k:' .. i, string.rep('v', ARGV[2])) end",
    [],
    [count, length],
  );
  await writer.close();
  const redis = createRedis(url, { cache: { maxBytes } });
  const cached = redis.cached();
  await cached.get('k:0');
  const before = usedBytes(collect);
  for (let i = 1; i <= count; i += 1000)
    await Promise.all(Array.from({ length: Math.min(1000, count - i + 1) }, (_, n) => cached.get(`k:${i + n}`)));
  const measured = usedBytes(collect) - before;
  const { entries = 0, bytes: said = 0 } = redis.stats().cache ?? {};
  await redis.close();
  return { entries, said, measured };
}

function usedBytes(collect: () => void): number {
  for (let i = 0; i < 4; i++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Runs everything on a server of its own, and prints it. */
export async function main(): Promise<void> {
  await using server = await startRedis();
  const contenders = await openContenders(server, 8 << 20);
  const hot = Array.from({ length: 20_000 }, (_, i) => `hot:${i % 1000}`);
  let next = 0;
  const cold = (): string[] => Array.from({ length: 1000 }, () => `cold:${next++}`);
  await compareReads(contenders, () => hot, 4); // compiled
  console.log('hits, one call in flight: calls per second, client CPU in µs per call');
  console.table(await compareReads(contenders, () => hot, 16));
  await compareReads(contenders, cold, 20);
  console.log('misses, one call in flight');
  console.table(await compareReads(contenders, cold, 100));
  for (const { close } of contenders) await close();
  await printMemory(server);
}

async function printMemory(server: RedisServer): Promise<void> {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (collect === undefined) return console.log('memory: run with --expose-gc');
  for (const [length, count, maxBytes] of [
    [16, 1_000_000, 2 ** 40],
    [100, 1_000_000, 2 ** 40],
    [100, 1_500_000, 350_000_000],
    [1000, 200_000, 2 ** 40],
  ] as const) {
    const { entries, said, measured } = await measureMemory(server, { maxBytes, count, length }, collect);
    const each = (measured / entries).toFixed(0);
    const full = (measured / maxBytes).toFixed(3);
    console.log(
      `values of ${length} bytes: ${entries} entries of ${each} bytes; said / measured ${(said / measured).toFixed(3)}; measured / maxBytes ${full}`,
    );
  }
}

if (import.meta.filename === process.argv[1]) await main();
