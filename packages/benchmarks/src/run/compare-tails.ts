import { type BenchOptions, chosen } from '../options.ts';
import { tailPage } from '../report/tail-page.ts';
import { writeResults } from '../report/write-results.ts';
import { measureTails } from '../tail/tail.ts';
import { tailContenders } from '../tail/tail-clients.ts';
import { tailLoads } from '../tail/tail-loads.ts';

/** Measures small calls beside large ones, prints it and writes it to results/. */
export async function compareTails(options: BenchOptions): Promise<void> {
  const { clients, name, only, rounds, seconds, suite, warmUp } = options;
  const compared = chosen('--clients', clients, tailContenders);
  const results = await measureTails(compared, chosen('--only', only, tailLoads), { rounds, seconds, warmUp });
  const file = name === undefined ? 'tail' : suite === 'all' ? `${name}-tail` : name;
  const page = tailPage(results, compared);
  writeResults(`${file}.json`, results);
  writeResults(`${file}.md`, page);
  console.log(`\n${page}\ndone: packages/benchmarks/results/${file}.{json,md}`);
}
