// npm run bench: clients against each other. See options.ts for the command line and README.md for the method.
import { execFileSync } from 'node:child_process';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { compareCosts } from './run/compare-costs.ts';
import { compareSuite } from './run/compare-suite.ts';
import { compareTails } from './run/compare-tails.ts';
import { repository } from './run/versions.ts';
import { suiteNames, withSuite } from './suites/suites.ts';

async function compare(name: string, options: BenchOptions): Promise<void> {
  if (name === 'costs') await compareCosts(options);
  else if (name === 'tail') await compareTails(options);
  else await withSuite(name, (suite) => compareSuite(suite, options));
}

/** What is measured is the built package, and never an old one; what has not changed is not built again. */
function build(): void {
  execFileSync('npm', ['run', 'build'], { stdio: ['ignore', 'ignore', 'inherit'], cwd: repository });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') console.log(usage);
  else {
    if (options.build) build();
    const names = options.suite === 'all' ? [...suiteNames, 'tail', 'costs'] : [options.suite];
    for (const name of names) await compare(name, options);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
