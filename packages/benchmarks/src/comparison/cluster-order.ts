// Who keeps the order of calls on a key, hides redirects and runs each write once while slots move?
// Run: npx tsx src/comparison/cluster-order.ts [seconds] [client...]
import { fileURLToPath } from 'node:url';
import { createRedis } from '@kv/redis';
import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import { judge, judgeTags, type Verdict } from '@kv/testkit/topology/judge';
import type { JudgedClient } from '@kv/testkit/topology/judged-client';
import type { MoverReport } from '@kv/testkit/topology/mover';
import { startMoverProcess } from '@kv/testkit/topology/mover-process';
import { Cluster as IoCluster } from 'ioredis';
import { createCluster } from 'redis';

/** What one client did while slots moved. */
export interface ClusterRun {
  readonly client: string;
  readonly verdict: Verdict;
  readonly mover: MoverReport;
}

/** Opens a client of a cluster, connected. */
export type OpenClient = (cluster: Cluster) => Promise<JudgedClient>;

/** The clients that are compared, by name. */
export const clusterClients: Readonly<Record<string, OpenClient>> = {
  kv: openKv,
  ioredis: (cluster) => openIoredis(cluster, false),
  'ioredis-auto-pipelining': (cluster) => openIoredis(cluster, true),
  'node-redis': openNodeRedis,
};

/** Judges each client in turn, on a cluster of its own, while slots move. */
export async function compareClusterOrder(
  milliseconds: number,
  clients: Readonly<Record<string, OpenClient>> = clusterClients,
): Promise<ClusterRun[]> {
  const runs: ClusterRun[] = [];
  for (const [client, open] of Object.entries(clients)) runs.push(await judgeOne(client, open, milliseconds));
  return runs;
}

async function judgeOne(name: string, open: OpenClient, duration: number): Promise<ClusterRun> {
  await using cluster = await startCluster({ primaries: 3, replicas: 1 });
  const slots = await Promise.all(judgeTags(8).map((tag) => cluster.slotOf(tag)));
  const client = await open(cluster);
  try {
    const mover = await startMoverProcess(cluster, { slots, duration: duration + 60_000 });
    const verdict = await judge(client, { duration, actual: (key) => read(cluster, key, () => mover.stop()) });
    return { client: name, verdict, mover: await mover.stop() };
  } finally {
    await client.close();
  }
}

/** The counters are read when the mover has stopped, since a key of an open slot may be at either end. */
async function read(cluster: Cluster, key: string, stopped: () => Promise<unknown>): Promise<string | null> {
  await stopped();
  return cluster.read(key);
}

async function openKv(cluster: Cluster): Promise<JudgedClient> {
  const redis = createRedis({ cluster: cluster.nodes.map(({ host, port }) => ({ host, port })) });
  await redis.connect();
  return {
    set: (key, value) => redis.set(key, value),
    get: (key) => redis.get(key),
    incr: (key) => redis.incr(key),
    mayHaveRun: (error) => (error as { outcome?: string }).outcome !== 'notSent',
    close: () => redis.close(),
  };
}

async function openIoredis(cluster: Cluster, enableAutoPipelining: boolean): Promise<JudgedClient> {
  const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
  const redis = new IoCluster(nodes, { enableAutoPipelining, lazyConnect: true });
  redis.on('error', () => {});
  await redis.connect();
  return {
    set: (key, value) => redis.set(key, value),
    get: (key) => redis.get(key),
    incr: (key) => redis.incr(key),
    close: () => redis.disconnect(),
  };
}

async function openNodeRedis(cluster: Cluster): Promise<JudgedClient> {
  const rootNodes = cluster.nodes.map(({ host, port }) => ({ url: `redis://${host}:${port}` }));
  const redis = createCluster({ rootNodes });
  redis.on('error', () => {});
  await redis.connect();
  return {
    set: (key, value) => redis.set(key, value),
    get: (key) => redis.get(key),
    incr: (key) => redis.incr(key),
    close: () => redis.destroy(),
  };
}

/** One row of the table. */
export function summary({ client, verdict, mover }: ClusterRun): Record<string, string | number> {
  return {
    client,
    calls: verdict.calls,
    wrongGets: verdict.wrongGets.length,
    redirects: verdict.redirects,
    otherRejections: verdict.rejected - verdict.redirects,
    wrongCounters: verdict.wrongCounters.length,
    hung: verdict.hung,
    longestPause: Math.round(verdict.longestPause),
    longestPauseOfKey: Math.round(verdict.longestPauseOfKey),
    movesPerSecond: Math.round((mover.moves / mover.milliseconds) * 1000),
    interruptions: mover.interruptions.length,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [seconds = '8', ...names] = process.argv.slice(2);
  const chosen = Object.entries(clusterClients).filter(([name]) => names.length === 0 || names.includes(name));
  const runs = await compareClusterOrder(Number(seconds) * 1000, Object.fromEntries(chosen));
  console.table(runs.map(summary));
  for (const { client, verdict } of runs) console.log(client, verdict.rejections);
}
