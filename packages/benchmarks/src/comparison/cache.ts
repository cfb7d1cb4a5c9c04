// What a read costs with a cache in the process, beside one without and beside node-redis' cache, and how much memory an
// entry takes. Run: node --expose-gc --conditions=@kv/source --import tsx src/comparison/cache.ts [hits] [misses] [memory]
import { createRedis } from '@kv/redis';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { createClient } from 'redis';

/** One way to read. */
export interface CacheContender {
  readonly name: string;
  get(key: string): Promise<unknown>;
  close(): Promise<unknown>;
}

/** What one contender did in one round, or the medians of all. */
export interface CacheRun {
  readonly name: string;
  /** Calls per second, and client CPU per call in µs. */
  readonly perSecond: number;
  readonly cpu: number;
}

/** The same beside the first contender: medians of what each round of theirs was of its round. */
export interface ComparedRun extends CacheRun {
  readonly timesPerSecond: number;
  readonly timesCpu: number;
}

/** The ways that are compared. Each is connected, and has read once. */
export async function openContenders({ url }: RedisServer, maxBytes?: number): Promise<readonly CacheContender[]> {
  const redis = createRedis(url, { cache: { maxBytes } });
  const broadcast = createRedis(url, { cache: { maxBytes, mode: 'broadcast' } });
  const [cached, told] = [redis.cached(), broadcast.cached()];
  const plain = createRedis(url);
  const client = createClient({ url, RESP: 3, clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: 'LRU' } });
  client.on('error', () => undefined);
  await client.connect();
  await Promise.all([redis, broadcast, plain].map((each) => each.connect()));
  return [
    { name: 'kv, no cache', get: (key) => plain.get(key), close: () => plain.close() },
    { name: 'kv, cache', get: (key) => cached.get(key), close: () => redis.close() },
    { name: 'kv, cache, broadcast', get: (key) => told.get(key), close: () => broadcast.close() },
    { name: 'node-redis, cache', get: (key) => client.get(key), close: () => client.close() },
  ];
}

/** Reads keys from the first to the last, so many at a time. */
export async function measureReads(
  { name, get }: CacheContender,
  keys: readonly string[],
  inFlight: number,
): Promise<CacheRun> {
  let next = 0;
  const read = async (): Promise<void> => {
    while (next < keys.length) await get(keys[next++] as string);
  };
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await Promise.all(Array.from({ length: inFlight }, read));
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { name, perSecond: keys.length / seconds, cpu: (user + system) / keys.length };
}

/** Medians of many short rounds, whose order turns around. @param keys those that a contender reads next */
export async function compareReads(
  contenders: readonly CacheContender[],
  keys: (name: string) => readonly string[],
  { rounds, inFlight }: { readonly rounds: number; readonly inFlight: number },
): Promise<readonly ComparedRun[]> {
  const runs = new Map<string, CacheRun[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const contender of order)
      runs.get(contender.name)?.push(await measureReads(contender, keys(contender.name), inFlight));
  }
  const [first = []] = runs.values();
  return [...runs].map(([name, all]) => ({
    name,
    perSecond: median(all.map((run) => run.perSecond)),
    cpu: median(all.map((run) => run.cpu)),
    timesPerSecond: median(all.map((run, i) => run.perSecond / (first[i] as CacheRun).perSecond)),
    timesCpu: median(all.map((run, i) => run.cpu / (first[i] as CacheRun).cpu)),
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
  server: RedisServer,
  { maxBytes, count, length }: { readonly maxBytes: number; readonly count: number; readonly length: number },
  collect: () => void,
): Promise<CacheMemory> {
  await fill(server, { count, length });
  const redis = createRedis(server.url, { cache: { maxBytes } });
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

async function fill(
  { url }: RedisServer,
  { count, length }: { readonly count: number; readonly length: number },
): Promise<void> {
  await using writer = createRedis(url, { timeout: 0 });
  await writer.flushall();
  const script = "for i = 1, tonumber(ARGV[1]) do redis.call('SET', 'k:' .. i, string.rep('v', ARGV[2])) end";
  await writer.eval(script, [], [count, length]);
}

function usedBytes(collect: () => void): number {
  for (let i = 0; i < 4; i++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Runs everything on a server of its own, or what is named, and prints it. */
export async function main(parts: readonly string[]): Promise<void> {
  await using server = await startRedis();
  const isWanted = (part: string): boolean => parts.length === 0 || parts.includes(part);
  const contenders = await openContenders(server, 8 << 20);
  if (isWanted('hits')) await printHits(contenders);
  if (isWanted('misses')) await printMisses(server, contenders);
  for (const { close } of contenders) await close();
  if (isWanted('memory')) await printMemory(server);
}

async function printHits(contenders: readonly CacheContender[]): Promise<void> {
  const hot = Array.from({ length: 10_000 }, (_, i) => `hot:${i % 1000}`);
  await compareReads(contenders, () => hot, { rounds: 4, inFlight: 1 }); // compiled
  const runs = await compareReads(contenders, () => hot, { rounds: 15, inFlight: 1 });
  print('hits, one call in flight', runs);
  const [, cached, , peer] = runs as readonly [unknown, CacheRun, unknown, CacheRun];
  console.log(`kv, cache: ${(cached.perSecond / peer.perSecond).toFixed(1)} times the calls of node-redis, cache`);
}

/** Each contender reads each key once; all keys are there. */
async function printMisses(server: RedisServer, all: readonly CacheContender[]): Promise<void> {
  const contenders = all.slice(0, 3); // node-redis sends what ours sends, with a client of another speed
  const [each, rounds, warm] = [10_000, 15, 3];
  await fill(server, { count: 2 * (rounds + warm) * each, length: 16 });
  const next = new Map<string, number>();
  const cold = (name: string): string[] => {
    const from = next.get(name) ?? 1;
    next.set(name, from + each);
    return Array.from({ length: each }, (_, i) => `k:${from + i}`);
  };
  for (const inFlight of [1, 50]) {
    await compareReads(contenders, cold, { rounds: warm, inFlight });
    const runs = await compareReads(contenders, cold, { rounds, inFlight });
    print(`misses, ${inFlight} in flight, a full cache of 8 MiB`, runs);
  }
}

function print(title: string, runs: readonly ComparedRun[]): void {
  console.log(`${title}: calls per second, client CPU in µs per call`);
  console.table(runs);
}

async function printMemory(server: RedisServer): Promise<void> {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (collect === undefined) return console.log('memory: run with --expose-gc');
  for (const [length, count, maxBytes] of [
    [16, 1_000_000, 2 ** 40],
    [100, 1_000_000, 2 ** 40],
    [100, 1_500_000, 250_000_000],
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

if (import.meta.filename === process.argv[1]) await main(process.argv.slice(2));
