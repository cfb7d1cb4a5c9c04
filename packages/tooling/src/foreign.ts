/**
 * Runs the tests of other projects against our adapters.
 *
 *   npm run foreign -- keyv                                the suite that comes with @keyv/test-suite
 *   npm run foreign -- connect-redis                       the test that comes in the package connect-redis
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
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { runForeignProject } from './foreign-project.ts';
import { projects } from './foreign-projects.ts';
import { repository } from './published-entries.ts';

/** A file or a folder of another project: where it lies there, its name here, and what the imports of a file become. */
export interface ForeignFile {
  readonly from: string;
  readonly to: string;
  readonly imports?: Readonly<Record<string, string>>;
}

/** Tests of another project. */
export interface ForeignSuite {
  /** `npm`: a package with its version. `git`: a repository with a tag. Left out: they are installed. */
  readonly source?: { readonly npm: string } | { readonly git: string; readonly tag: string };
  /** What is taken from there. */
  readonly files: readonly ForeignFile[];
  /** Packages that only these tests need, with their versions. */
  readonly install?: readonly string[];
  /** What vitest is told to run, when it is not what was fetched. */
  readonly run?: string;
}

/** All suites, by the name on the command line. */
export const suites: Readonly<Record<string, ForeignSuite>> = {
  keyv: { files: [], run: 'packages/keyv/test/suite-5.test.ts' },
  'connect-redis': {
    source: { npm: 'connect-redis@10.0.0' },
    files: [
      {
        from: 'index_test.ts',
        to: 'connect-redis.test.ts',
        imports: { redis: './redis.ts', './': './store.ts', './testdata/server': './server.ts' },
      },
    ],
  },
  unstorage: {
    source: { git: 'https://github.com/unjs/unstorage', tag: 'v1.17.5' },
    files: [{ from: 'test/drivers/utils.ts', to: 'utils.ts', imports: { '../../src': 'unstorage' } }],
  },
  'cache-manager': {
    source: { git: 'https://github.com/jaredwray/cacheable', tag: '2026-06-27' },
    files: [
      { from: 'packages/cache-manager/src', to: 'src' },
      { from: 'packages/cache-manager/test', to: 'tests' },
    ],
    install: ['@cacheable/utils@2.5.0', '@faker-js/faker@10.6.0', 'cacheable@2.5.0', 'keyv@5.6.0'],
  },
  bullmq: {
    source: { git: 'https://github.com/taskforcesh/bullmq', tag: 'v6.2.0' },
    files: [{ from: 'tests', to: 'tests' }],
    install: ['bullmq@6.2.0', 'moment@2.30.1', 'progress@2.0.3', 'rrule@2.8.1', 'sinon@22.1.0', 'test-console@2.0.0'],
  },
};

const folder = join(repository, 'packages/tooling/.foreign');
const own = join(repository, 'packages/tooling/foreign');

/** The text of a file with other specifiers in its imports; endings like `/index.ts` do not matter. */
export function withImports(text: string, imports: Readonly<Record<string, string>>): string {
  return text.replaceAll(/(from\s+)(['"])([^'"]+)\2/g, (whole, before: string, quote: string, name: string) => {
    const bare = name.replace(/(\/index)?(\.ts)?$/, '');
    const other = imports[name] ?? imports[bare];
    return other === undefined ? whole : `${before}${quote}${other}${quote}`;
  });
}

function sh(program: string, args: readonly string[], cwd: string): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}

/** Brings the source of a suite into an empty folder. Gives the folder that its files are relative to. */
function bring(source: NonNullable<ForeignSuite['source']>, place: string, from: string | undefined): string {
  if ('git' in source) {
    sh('git', ['clone', '--quiet', '--depth', '1', '--branch', source.tag, from ?? source.git, 'clone'], place);
    return join(place, 'clone');
  }
  sh('npm', ['pack', '--silent', source.npm], place);
  sh('sh', ['-c', 'tar xzf *.tgz'], place);
  return join(place, 'package');
}

/** Puts a suite together. Gives the folder of its tests. */
function assemble(name: string, suite: ForeignSuite, from: string | undefined): string {
  const target = join(folder, name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  if (existsSync(join(own, name))) cpSync(join(own, name), target, { recursive: true });
  fetchFiles(suite, target, from);
  install(suite.install ?? [], target);
  return target;
}

function fetchFiles({ source, files }: ForeignSuite, target: string, from: string | undefined): void {
  if (source === undefined) return;
  const place = mkdtempSync(join(tmpdir(), 'kv-foreign-'));
  try {
    const there = bring(source, place, from);
    for (const file of files) placeFile(file, there, target);
  } finally {
    rmSync(place, { recursive: true });
  }
}

function placeFile({ from, to, imports }: ForeignFile, there: string, target: string): void {
  if (imports === undefined) cpSync(join(there, from), join(target, to), { recursive: true });
  else writeFileSync(join(target, to), withImports(readFileSync(join(there, from), 'utf8'), imports));
}

/** Into a folder of its own: the packages of this repository stay as they are. */
function install(packages: readonly string[], target: string): void {
  if (packages.length === 0) return;
  writeFileSync(join(target, 'package.json'), '{ "private": true }\n');
  sh('npm', ['install', '--silent', '--no-audit', '--no-fund', '--no-package-lock', ...packages], target);
}

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
    process.exitCode = runTests(suite.run ?? assemble(name, suite, values.from), suite, names);
  } else {
    const all = [...Object.keys(suites), ...Object.keys(projects)];
    throw new Error(`npm run foreign -- NAME: expected one of ${all.join(', ')}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
