/** The tests of other projects that run with vitest, and how they are put together. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repository } from './published-entries.ts';

/** A file or a folder of another project: where it lies there, its name here, and what the imports of a file become. */
export interface ForeignFile {
  readonly from: string;
  readonly to: string;
  readonly imports?: Readonly<Record<string, string>>;
  /** Text of the file that becomes another one. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** Tests of another project. */
export interface ForeignSuite {
  /** `installed`: a package that is installed here. `git`: a repository with a tag. Left out: nothing is taken. */
  readonly source?: { readonly installed: string } | { readonly git: string; readonly tag: string };
  /** What is taken from there, relative to the folder of the repository, or that of the module that the package is. */
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
    source: { installed: 'connect-redis' },
    files: [
      {
        from: '../index_test.ts',
        to: 'suite.ts',
        imports: { redis: './redis.ts', './': './store.ts', './testdata/server': './server.ts' },
        texts: { 'Date.now() + 1000': 'Date.now() + 60_000' }, // as in 10.0.0: a busy machine needs more than a second
      },
    ],
    run: 'packages/tooling/test/connect-redis.test.ts',
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

/** What is said on the command line beside the name of a suite. */
export interface SuiteArguments {
  readonly from?: string | undefined;
  /** Tests to choose among. */
  readonly files: readonly string[];
}

/** @throws Error for arguments that the suite has no use for */
export function checkArguments(name: string, { source }: ForeignSuite, { from, files }: SuiteArguments): void {
  if (from !== undefined && (source === undefined || 'installed' in source))
    throw new Error(`--from: the tests of ${name} come in a package that is installed`);
  if (files.length > 0 && !existsSync(join(own, name, 'vitest.config.ts')))
    throw new Error(`${files[0]}: ${name} is one file of tests, which runs as a whole`);
}

/** Where the tests of others are put together: git ignores it. */
export const folder: string = join(repository, 'packages/tooling/.foreign');
/** What goes in place of their imports. */
export const own: string = join(repository, 'packages/tooling/foreign');

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

/** Brings the source of a suite, into an empty folder where it is fetched. Gives the folder that its files are relative to. */
function bring(source: NonNullable<ForeignSuite['source']>, place: string, from: string | undefined): string {
  if ('installed' in source) return dirname(createRequire(import.meta.url).resolve(source.installed));
  sh('git', ['clone', '--quiet', '--depth', '1', '--branch', source.tag, from ?? source.git, 'clone'], place);
  return join(place, 'clone');
}

/** Puts a suite together. Gives the folder of its tests. */
export function assemble(name: string, suite: ForeignSuite, from?: string): string {
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

function placeFile({ from, to, imports = {}, texts = {} }: ForeignFile, there: string, target: string): void {
  const source = join(there, from);
  if (statSync(source).isDirectory()) return cpSync(source, join(target, to), { recursive: true });
  const text = withImports(readFileSync(source, 'utf8'), imports);
  writeFileSync(join(target, to), withTexts(text, texts));
}

function withTexts(text: string, texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts).reduce((all, [before, after]) => all.replaceAll(before, after), text);
}

/** Into a folder of its own: the packages of this repository stay as they are. */
function install(packages: readonly string[], target: string): void {
  if (packages.length === 0) return;
  writeFileSync(join(target, 'package.json'), '{ "private": true }\n');
  sh('npm', ['install', '--silent', '--no-audit', '--no-fund', '--no-package-lock', ...packages], target);
}
