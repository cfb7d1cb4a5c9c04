/**
 * Runs the tests of other projects against our adapters.
 *
 *   npm run foreign -- keyv                                the suite that comes with @keyv/test-suite
 *   npm run foreign -- connect-redis                       the test that comes in the package connect-redis, which is installed
 *   npm run foreign -- unstorage [--from <clone>]          a file of the repository of unstorage, at a tag
 *   npm run foreign -- cache-manager [--from <clone>] [FILE ...]  its tests, with our storage of Keyv on the three servers
 *   npm run foreign -- bullmq [--from <clone>] [FILE ...]  the tests of the repository of BullMQ, at a tag: about 10 minutes
 *   npm run foreign -- ioredis [--from <checkout>] [FILE ...]  the functional tests of ioredis, with ours in its place;
 *                                                          so redlock, bentocache, rate-limiter-flexible,
 *                                                          graphql-redis-subscriptions, socket.io
 *
 * What is fetched is put into packages/tooling/.foreign, which git ignores, beside what ../foreign/NAME holds: how the
 * tests get at our side. `--from` names another place to clone from, or a checkout. FILEs choose among the tests, as for vitest.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runForeignProject } from './foreign-project.ts';
import { projects } from './foreign-projects.ts';
import { assemble, checkArguments, type ForeignSuite, folder, own, suites } from './foreign-suites.ts';
import { repository } from './published-entries.ts';

/** Runs vitest: in the folder of the tests where that has a configuration of its own. */
function runTests(target: string, { run }: ForeignSuite, names: readonly string[]): number {
  const config = join(target, 'vitest.config.ts');
  const alone = run === undefined && existsSync(config);
  const usual = run === undefined ? ['--config', join(own, 'vitest.config.ts')] : ['--project', 'integration'];
  const args = alone ? ['--config', config, ...names] : [...usual, target];
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
  const cwd = alone ? target : repository;
  return spawnSync(process.execPath, [vitest, 'run', ...args], { cwd, stdio: 'inherit' }).status ?? 1;
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { from: { type: 'string' } } });
  const [name = '', ...names] = positionals;
  const suite = Object.hasOwn(suites, name) ? suites[name] : undefined;
  const project = Object.hasOwn(projects, name) ? projects[name] : undefined;
  if (project !== undefined) {
    const options = { folder: join(folder, name), from: values.from, more: names };
    process.exitCode = await runForeignProject(name, project, options);
  } else if (suite !== undefined) {
    checkArguments(name, suite, { from: values.from, files: names });
    process.exitCode = runTests(suite.run ?? assemble(name, suite, values.from), suite, names);
  } else {
    const all = [...Object.keys(suites), ...Object.keys(projects)];
    throw new Error(`npm run foreign -- NAME: expected one of ${all.join(', ')}`);
  }
}

await main();
