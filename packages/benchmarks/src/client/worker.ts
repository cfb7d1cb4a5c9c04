// One client, one workload, one process: node worker.ts '{"client":"kv","workload":"get-c1",…}'. Prints one JSON line.
import type { Target } from './adapters/adapter.ts';
import { clients } from './clients.ts';
import { type Duration, measure } from './measure.ts';
import { workloads } from './workloads.ts';

/** What a worker is told. */
export interface Assignment extends Duration, Pick<Target, 'host' | 'port'> {
  readonly client: string;
  readonly workload: string;
}

async function run(assignment: Assignment): Promise<void> {
  const entry = clients.find(({ name }) => name === assignment.client);
  const workload = workloads.find(({ name }) => name === assignment.workload);
  if (entry === undefined || workload === undefined) throw new Error('no such client or workload');
  const open = await entry.load();
  const client = await open({ host: assignment.host, port: assignment.port, bytes: workload.bytes });
  const call = workload.call(client);
  workload.check(await call(0));
  const result = await measure(call, workload.depth, assignment);
  await client.close();
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0)); // some clients keep the process alive
}

await run(JSON.parse(process.argv[2] ?? '{}') as Assignment);
