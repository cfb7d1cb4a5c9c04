import { resolve } from 'node:path';
import { type BenchOptions, chosen } from '../options.ts';
import { chart } from '../report/chart.ts';
import { markdown } from '../report/markdown.ts';
import { writeResults } from '../report/write-results.ts';
import type { ClientUnderTest, Suite, Workload } from '../suite.ts';
import { Comparison, versionsOf } from './comparison.ts';

/** Runs a suite, or what the command line chose of it, prints it and writes it to results/. */
export async function compareSuite<C, W extends Workload<C>>(whole: Suite<C, W>, options: BenchOptions): Promise<void> {
  const suite: Suite<C, W> = {
    ...whole,
    workloads: chosen('--only', options.only, whole.workloads),
    clients: [...chosen('--clients', options.clients, whole.clients), ...earlier<C, W>(options.before)],
  };
  const comparison = new Comparison(suite, options, await versionsOf(suite));
  const end = await comparison.run();
  const name = fileName(options, suite.results ?? suite.name);
  const page = markdown(comparison.results, suite, `${name}.svg`);
  writeResults(`${name}.json`, comparison.results);
  writeResults(`${name}.svg`, chart(comparison.results, suite.workloads, suite.clients));
  writeResults(`${name}.md`, page);
  console.log(`\n${page}\n${end}: packages/benchmarks/results/${name}.{json,md,svg}`);
}

/** Several suites need several files, whatever they are called. */
function fileName({ name, suite }: BenchOptions, usual: string): string {
  if (name === undefined) return usual;
  return suite === 'all' ? `${name}-${usual}` : name;
}

/** The client of another checkout, to see what a change costs. */
function earlier<C, W extends Workload<C>>(folder: string | undefined): ClientUnderTest<C, W>[] {
  if (folder === undefined) return [];
  return [{ name: 'before', title: 'before', runtime: 'node', checkout: resolve(folder) }];
}
