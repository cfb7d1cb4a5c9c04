// How long after a replica was promoted does a client reach it, when the primary was killed or frozen under load?
// Run: npx tsx --conditions=@kv/source src/comparison/cluster-failover.ts [kills] [kill|freeze] [client...]
import { fileURLToPath } from 'node:url';
import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import type { ClusterNode } from '@kv/testkit/topology/cluster-node';
import type { JudgedClient } from '@kv/testkit/topology/judged-client';
import { clusterClients, type OpenClient } from './cluster-order.ts';

/** One primary that went away. */
export interface Failover {
  /** From the promotion to the first success of a call on its slots, ms. */
  readonly afterPromotion: number;
  /** From the end of the primary to that success, ms. */
  readonly afterLoss: number;
  /** Calls that failed meanwhile. */
  readonly failed: number;
}

/** Kills or freezes one primary after the other under load. */
export async function compareFailovers(
  times: number,
  how: 'kill' | 'freeze',
  clients: Readonly<Record<string, OpenClient>> = clusterClients,
): Promise<Record<string, Failover[]>> {
  const results: Record<string, Failover[]> = {};
  for (const [name, open] of Object.entries(clients)) {
    await using cluster = await startCluster({ primaries: 3, replicas: 1 });
    const list: Failover[] = [];
    for (let i = 0; i < times; i++) list.push(await failoverOnce(cluster, open, how));
    results[name] = list;
  }
  return results;
}

async function failoverOnce(cluster: Cluster, open: OpenClient, how: 'kill' | 'freeze'): Promise<Failover> {
  const [victim] = cluster.primaries as [ClusterNode];
  const key = await keyOf(cluster, victim);
  const client = await open(cluster);
  await client.set(key, '0');
  const load = startLoad(client, key);
  await load.successes(50);
  const promoted = cluster.waitForPromotion(victim, { every: 5, timeout: 60_000 });
  const lostAt = performance.now();
  if (how === 'kill') await victim.kill();
  else victim.freeze();
  const { at } = await promoted;
  const first = await load.successAfter(at);
  const failed = await load.stop();
  await client.close();
  if (how === 'freeze') victim.thaw();
  else await cluster.restart(victim);
  await cluster.settled();
  return { afterPromotion: Math.round(first - at), afterLoss: Math.round(first - lostAt), failed };
}

interface Load {
  successes(count: number): Promise<void>;
  /** When the first call succeeded whose answer came after this time. */
  successAfter(time: number): Promise<number>;
  stop(): Promise<number>;
}

/** A few calls in flight all the time; when they fail, the next one follows after some milliseconds. */
function startLoad(client: JudgedClient, key: string): Load {
  let running = true;
  let count = 0;
  let failed = 0;
  let last = 0;
  const worker = async (): Promise<void> => {
    while (running) {
      try {
        await client.incr(key);
        count++;
        last = performance.now();
      } catch {
        failed++;
        await pause(5);
      }
    }
  };
  const workers = Array.from({ length: 4 }, worker);
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await pause(1);
  };
  return {
    successes: (wanted) => until(() => count >= wanted),
    successAfter: async (time) => {
      await until(() => last > time);
      return last;
    },
    stop: async () => {
      running = false;
      await Promise.race([Promise.all(workers), pause(2000)]);
      return failed;
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function keyOf(cluster: Cluster, node: ClusterNode): Promise<string> {
  for (let i = 0; ; i++) if (node.serves(await cluster.slotOf(`failover-${i}`))) return `failover-${i}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [times = '5', how = 'kill', ...names] = process.argv.slice(2);
  const wanted = Object.entries(clusterClients).filter(([name]) => names.length === 0 || names.includes(name));
  const results = await compareFailovers(Number(times), how as 'kill' | 'freeze', Object.fromEntries(wanted));
  for (const [name, list] of Object.entries(results)) {
    console.log(name, how);
    console.table(list);
  }
}
