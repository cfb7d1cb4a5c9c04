import { resolve } from 'node:path';
import { costClients, earlierClient } from '../costs/cost-clients.ts';
import { measureCosts } from '../costs/costs.ts';
import { type BenchOptions, chosen } from '../options.ts';
import { costPage } from '../report/cost-page.ts';
import { writeResults } from '../report/write-results.ts';

/** Measures what is no time per call, prints it and writes it to results/. */
export async function compareCosts({ before, clients, name, rounds }: BenchOptions): Promise<void> {
  const earlier = before === undefined ? [] : [earlierClient(resolve(before))];
  const compared = [...chosen('--clients', clients, costClients), ...earlier];
  const results = await measureCosts(compared, rounds);
  const file = name === undefined ? 'costs' : `${name}-costs`;
  const page = costPage(results, compared);
  writeResults(`${file}.json`, results);
  writeResults(`${file}.md`, page);
  console.log(`\n${page}\ndone: packages/benchmarks/results/${file}.{json,md}`);
}
