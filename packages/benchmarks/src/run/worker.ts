// One client, one workload, one process: worker.ts '{"suite":"redis","client":"kv","workload":"get-c1",…}'.
// Prints one JSON line.
import type { ServerPlace, Suite, Workload } from '../suite.ts';
import { withSuite } from '../suites/suites.ts';
import { type Duration, measure } from './measure.ts';
import type { RunResult } from './run-result.ts';

/** What a worker is told. */
export interface Assignment extends Duration {
  readonly place: ServerPlace;
  readonly checkout?: string | undefined;
  readonly suite: string;
  readonly client: string;
  readonly workload: string;
}

async function run<C extends { close(): unknown }, W extends Workload<C>>(
  suite: Suite<C, W>,
  assignment: Assignment,
): Promise<RunResult> {
  const entry = suite.clients.find(({ name }) => name === assignment.client);
  const workload = suite.workloads.find(({ name }) => name === assignment.workload);
  if (entry?.open === undefined || workload === undefined) throw new Error('no such client or workload');
  const { bytes = false, cache = false, depth } = workload;
  const client = await entry.open({ ...assignment.place, checkout: assignment.checkout, bytes, cache, depth });
  const call = await workload.call(client);
  workload.check(await call(0));
  const result = await measure(call, depth, assignment);
  await client.close();
  return result;
}

const assignment = JSON.parse(process.argv[2] ?? '{}') as Assignment;
const result = await withSuite(assignment.suite, (suite) => run(suite, assignment));
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0)); // some clients keep the process alive
