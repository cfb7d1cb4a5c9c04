// What does one GET cost a client of a cluster, in time of its own processor, beside one server alone?
// Run: npx tsx --conditions=@kv/source src/comparison/cluster-cpu.ts [rounds] [client...]
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createRedis } from '@kv/redis';
import { startRedis } from '@kv/testkit/redis-server';
import { startCluster } from '@kv/testkit/topology/cluster';
import { Cluster as IoCluster } from 'ioredis';
import { createCluster } from 'redis';

const KEYS = Array.from({ length: 10_000 }, (_, i) => `key:${i}`);
const DEPTHS = [1000, 64] as const;
/** Calls of one measurement, and before the first one. */
const CALLS = 200_000;
const WARM_UP = 50_000;

/** Where the servers are. */
interface Places {
  readonly cluster: readonly { readonly host: string; readonly port: number }[];
  readonly single: string;
}

interface Client {
  get(key: string): Promise<unknown>;
}

const clients: Readonly<Record<string, (places: Places) => Promise<Client>>> = {
  'kv, cluster': async ({ cluster }) => {
    const redis = createRedis({ cluster });
    await redis.connect();
    return redis;
  },
  'kv, one server': async ({ single }) => {
    const redis = createRedis(single);
    await redis.connect();
    return redis;
  },
  ioredis: async ({ cluster }) => {
    const redis = new IoCluster([...cluster], { lazyConnect: true });
    await redis.connect();
    return redis;
  },
  'node-redis': async ({ cluster }) => {
    const rootNodes = cluster.map(({ host, port }) => ({ url: `redis://${host}:${port}` }));
    return createCluster({ rootNodes }).connect();
  },
};

/** What a child is asked, and what it says. */
interface Wanted {
  readonly depth: number;
  readonly calls: number;
}
interface Measured {
  /** Microseconds of processor time per call. */
  readonly cpu: number;
  readonly callsPerSecond: number;
}

async function measure(client: Client, { depth, calls }: Wanted): Promise<Measured> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < calls) await client.get(KEYS[next++ % KEYS.length] as string);
  };
  const [began, before] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: depth }, one));
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / calls, callsPerSecond: Math.round((calls / (performance.now() - began)) * 1000) };
}

/** The client in a process of its own: what the others leave behind costs it nothing. */
async function runChild(name: string, places: Places): Promise<void> {
  const client = await (clients[name] as (places: Places) => Promise<Client>)(places);
  process.on('message', (wanted: Wanted) => void measure(client, wanted).then((measured) => process.send?.(measured)));
  process.send?.('ready');
}

function ask(child: ChildProcess, wanted: Wanted): Promise<Measured> {
  child.send(wanted);
  return once(child, 'message').then(([measured]) => measured as Measured);
}

/** Ticks of 10 ms that processes have run. */
function ticks(pids: readonly number[]): number {
  const ofOne = (pid: number): number => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  };
  return pids.reduce((sum, pid) => sum + ofOne(pid), 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

async function compare(rounds: number, names: readonly string[]): Promise<void> {
  await using cluster = await startCluster({ primaries: 3, replicas: 1 });
  await using single = await startRedis();
  const places = { cluster: cluster.nodes.map(({ host, port }) => ({ host, port })), single: single.url };
  await fill(places);
  const pids = [...cluster.nodes.map(({ process: server }) => server), single].flatMap(({ pid }) =>
    pid === undefined ? [] : [pid],
  );
  const children = new Map<string, ChildProcess>();
  for (const name of names) {
    const child = fork(fileURLToPath(import.meta.url), ['child', name, JSON.stringify(places)], {
      execArgv: process.execArgv,
    });
    await once(child, 'message');
    for (const depth of DEPTHS) await ask(child, { depth, calls: WARM_UP });
    children.set(name, child);
  }
  for (const depth of DEPTHS) {
    const all = new Map<string, (Measured & { readonly servers: number })[]>(names.map((name) => [name, []]));
    for (let round = 0; round < rounds; round++)
      for (const [name, child] of children) {
        const before = ticks(pids);
        const measured = await ask(child, { depth, calls: CALLS });
        all.get(name)?.push({ ...measured, servers: ((ticks(pids) - before) * 10_000) / CALLS });
      }
    console.log(`GET of ${KEYS.length} keys, ${depth} outstanding, median of ${rounds} rounds`);
    console.table(
      [...all].map(([client, list]) => ({
        client,
        'client µs/call': median(list.map(({ cpu }) => cpu)).toFixed(2),
        'servers µs/call': median(list.map(({ servers }) => servers)).toFixed(2),
        'calls/s': median(list.map(({ callsPerSecond }) => callsPerSecond)),
      })),
    );
  }
  for (const child of children.values()) child.kill();
}

async function fill({ cluster, single }: Places): Promise<void> {
  for (const address of [{ cluster }, single] as const) {
    await using redis = createRedis(address);
    await Promise.all(KEYS.map((key) => redis.set(key, `value of ${key}`)));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [first = '5', ...rest] = process.argv.slice(2);
  if (first === 'child') await runChild(rest[0] as string, JSON.parse(rest[1] as string) as Places);
  else await compare(Number(first), rest.length > 0 ? rest : Object.keys(clients));
}
