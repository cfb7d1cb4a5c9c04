// npm run bench: clients against each other. See options.ts for the command line and README.md for the method.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type BenchOptions, chosen, readOptions, usage } from './options.ts';
import { chart } from './report/chart.ts';
import { markdown } from './report/markdown.ts';
import { Comparison, versionsOf } from './run/comparison.ts';
import { repository } from './run/versions.ts';
import type { ClientUnderTest, Suite, Workload } from './suite.ts';
import { withSuite } from './suites/suites.ts';

const folder = new URL('../results/', import.meta.url);

async function bench<C, W extends Workload<C>>(whole: Suite<C, W>, options: BenchOptions): Promise<void> {
  const suite: Suite<C, W> = {
    ...whole,
    workloads: chosen('--only', options.only, whole.workloads),
    clients: [...chosen('--clients', options.clients, whole.clients), ...earlier<C, W>(options.before)],
  };
  if (options.build && suite.clients.some(({ name }) => name.startsWith('kv'))) build();
  const comparison = new Comparison(suite, options, await versionsOf(suite));
  const end = await comparison.run();
  const name = options.name ?? suite.name;
  const page = markdown(comparison.results, suite, `${name}.svg`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(comparison.results, null, 1)}\n`);
  writeFileSync(new URL(`${name}.svg`, folder), chart(comparison.results, suite.workloads, suite.clients));
  writeFileSync(new URL(`${name}.md`, folder), page);
  console.log(`\n${page}\n${end}: packages/benchmarks/results/${name}.{json,md,svg}`);
}

/** The client of another checkout, to see what a change costs. */
function earlier<C, W extends Workload<C>>(folder: string | undefined): ClientUnderTest<C, W>[] {
  if (folder === undefined) return [];
  return [{ name: 'before', title: 'before', runtime: 'node', checkout: resolve(folder) }];
}

/** What is measured is the built package, and never an old one; what has not changed is not built again. */
function build(): void {
  execFileSync('npm', ['run', 'build'], { stdio: ['ignore', 'ignore', 'inherit'], cwd: repository });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') console.log(usage);
  else await withSuite(options.suite, (suite) => bench(suite, options));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
