import { startRedis } from '@kv/testkit/redis-server';
import { printedJson, runChild } from '../run/child-process.ts';
import { repository } from '../run/versions.ts';
import { type CostClient, moduleOf } from './cost-clients.ts';

const probe = `${repository}packages/benchmarks/src/costs/probe.mjs`;

/** Starts a server and a process that measures; the keys of the answer are rows of the table. */
export async function measureProbe(measure: string, client: CostClient): Promise<Record<string, number>> {
  await using server = await startRedis();
  const name = client.checkout === undefined ? client.name : 'kv';
  const { host, port } = server;
  const task = JSON.stringify({ measure, client: name, module: moduleOf(client, repository), host, port });
  const printed = await runChild(process.execPath, ['--expose-gc', probe, task], 120, repository);
  return printedJson(printed) as Record<string, number>;
}
