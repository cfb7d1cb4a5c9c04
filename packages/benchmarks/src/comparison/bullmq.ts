// BullMQ on @kv/bullmq and on ioredis: jobs per second, CPU of the client and of the server per job. Each run is a process of
// its own, the clients take turns.
// Run: node --conditions=@kv/source --import tsx src/comparison/bullmq.ts [rounds] [jobs] [concurrency]
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { build } from 'esbuild';
import { runChild } from '../run/child-process.ts';

const CLIENTS = ['kv', 'ioredis'] as const;
const PROGRAM = fileURLToPath(new URL('../../.reports/bullmq-jobs.mjs', import.meta.url));

/** What one process did. */
interface Run {
  readonly added: { readonly perSecond: number; readonly cpu: number };
  readonly run: { readonly perSecond: number; readonly cpu: number };
  /** CPU of the server per job, µs. */
  readonly server: number;
}

/** From source, as it would be published: a loader would slow the functions that it transforms. */
async function bundle(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('bullmq-jobs.ts', import.meta.url))],
    outfile: PROGRAM,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@kv/source'],
    external: ['bullmq', 'ioredis'],
  });
}

/** CPU that a process has used, µs; Linux only. */
function cpuOf(pid: number | undefined): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ').slice(13, 15).map(Number);
  return ((user ?? 0) + (system ?? 0)) * 10_000;
}

async function runOnce(server: RedisServer, client: string, jobs: number, concurrency: number): Promise<Run> {
  const before = cpuOf(server.pid);
  const args = [PROGRAM, client, server.url, String(jobs), String(concurrency)];
  const { stdout } = await runChild(process.execPath, args, 300);
  return { ...JSON.parse(stdout), server: (cpuOf(server.pid) - before) / (jobs * 1.25) };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number;
}

function print(client: string, runs: readonly Run[]): void {
  const line = (name: string, of: (run: Run) => number, digits = 0): string =>
    `${name} ${median(runs.map(of)).toFixed(digits)}`;
  const parts = [
    line('added/s', ({ added }) => added.perSecond),
    line('run/s', ({ run }) => run.perSecond),
    line('client µs/job: add', ({ added }) => added.cpu, 1),
    line('run', ({ run }) => run.cpu, 1),
    line('both', ({ added, run }) => added.cpu + run.cpu, 1),
    line('server µs/job', ({ server }) => server, 1),
  ];
  console.log(client.padEnd(8), parts.join(', '));
}

const [rounds = 7, jobs = 8000, concurrency = 50] = process.argv.slice(2).map(Number);
await bundle();
await using server = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] });
const runs = new Map<string, Run[]>(CLIENTS.map((client) => [client, []]));
for (let round = 0; round < rounds; round++) {
  const order = round % 2 === 0 ? CLIENTS : [...CLIENTS].reverse();
  for (const client of order) runs.get(client)?.push(await runOnce(server, client, jobs, concurrency));
}
for (const [client, all] of runs) print(client, all);
const [ours = [], others = []] = [...runs.values()];
for (const [name, of] of [
  ['jobs per second', (kv: Run, other: Run): number => kv.run.perSecond / other.run.perSecond],
  ['client CPU', (kv: Run, other: Run): number => (other.added.cpu + other.run.cpu) / (kv.added.cpu + kv.run.cpu)],
] as const)
  console.log(`${name}: ${median(ours.map((kv, round) => of(kv, others[round] as Run))).toFixed(2)}×`);
