/** Runs the tests of a project as they are, with `@kv/ioredis` in place of ioredis. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve as absolute, join } from 'node:path';
import { startRedis } from '@kv/testkit/redis-server';
import { startCluster } from '@kv/testkit/topology/cluster';
import { build } from 'esbuild';
import { isNamed, judge, readDifferences, verdictText } from './foreign-differences.ts';
import { type MochaRun, runFile, testFiles } from './foreign-mocha.ts';
import type { Change, ForeignProject } from './foreign-projects.ts';
import { repository } from './published-entries.ts';

const own = join(repository, 'packages/tooling/foreign');

/** What the package is to a program that requires it: see the footer in its tsup.config.ts. */
const FOOTER = 'module.exports = Object.assign(module.exports.default, { ...module.exports, __esModule: true });';

/** Puts a project together in an empty folder: what is kept of it, its packages, and what of ours goes over that. */
export async function assembleProject(name: string, project: ForeignProject, from: string, to: string): Promise<void> {
  mkdirSync(to, { recursive: true });
  for (const path of project.keep)
    cpSync(join(from, project.source.folder ?? '', path), join(to, path), { recursive: true });
  for (const file of ['register.cjs', 'reporter.cjs']) cpSync(join(own, file), join(to, file));
  if (existsSync(join(own, name))) cpSync(join(own, name), to, { recursive: true });
  for (const change of project.changes ?? []) apply(change, to);
  if (!existsSync(join(to, 'package.json'))) writeFileSync(join(to, 'package.json'), '{ "private": true }\n');
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps', '--silent', '--no-save'];
  const { status } = spawnSync('npm', ['install', ...options, ...project.packages], { cwd: to, stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm install ${project.packages.join(' ')}: failed`);
  await installOurs(join(to, 'node_modules'));
}

function apply({ file, text, by }: Change, folder: string): void {
  const path = join(folder, file);
  const before = readFileSync(path, 'utf8');
  if (!before.includes(text)) throw new Error(`${file}: the text to change is not there: ${text}`);
  writeFileSync(path, before.replace(text, by));
}

/** Our package, bundled from its source, under its own name and as ioredis. */
async function installOurs(modules: string): Promise<void> {
  const home = join(modules, '@kv/ioredis');
  await build({
    entryPoints: [join(repository, 'packages/ioredis/src/index.ts')],
    outfile: join(home, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    conditions: ['@kv/source'],
    sourcemap: 'inline',
    footer: { js: FOOTER },
  });
  writeFileSync(join(home, 'package.json'), '{ "name": "ioredis", "version": "6.0.0", "main": "index.js" }\n');
  rmSync(join(modules, 'ioredis'), { recursive: true, force: true });
  symlinkSync(home, join(modules, 'ioredis'));
  if (!existsSync(join(modules, 'typescript')))
    symlinkSync(join(repository, 'node_modules/typescript'), join(modules, 'typescript'));
}

/** Where the servers of the tests are: variables for their environment. Disposing of it ends the servers. */
class Servers implements AsyncDisposable {
  readonly #running: AsyncDisposable[] = [];
  #port = 0;
  readonly #servers: number[] = [];
  readonly #clusters: number[] = [];

  get environment(): Readonly<Record<string, string>> {
    return {
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: String(this.#port),
      REDIS_URL: `redis://127.0.0.1:${this.#port}`,
      SERVERS: this.#servers.join(','),
      CLUSTERS: this.#clusters.join(','),
    };
  }

  async start({ port, servers = 0, clusters = 0 }: NonNullable<ForeignProject['needs']>): Promise<void> {
    this.#port = this.#keep(await startRedis(port === 'free' ? {} : { port: 6379 })).port;
    for (let i = 0; i < servers; i++) this.#servers.push(this.#keep(await startRedis()).port);
    for (let i = 0; i < clusters; i++) {
      const cluster = this.#keep(await startCluster({ replicas: 0, nodeTimeout: 5000 }));
      this.#clusters.push(cluster.nodes[0]?.port ?? 0);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((one) => one[Symbol.asyncDispose]()));
  }

  #keep<T extends AsyncDisposable>(one: T): T {
    this.#running.push(one);
    return one;
  }
}

/** Runs the tests of a project that was put together. @returns its exit code */
export async function runProject(project: ForeignProject, folder: string, more: readonly string[]): Promise<number> {
  await using servers = new Servers();
  await servers.start(project.needs ?? {});
  const env = { ...process.env, ...project.env, ...servers.environment };
  const { command, each } = project;
  return each === undefined
    ? await runWhole(command, folder, env, more)
    : runEach({ command, folder, env }, each, more);
}

/** Runs file after file, and compares with the list. @param names parts of the names of the files to run */
function runEach(run: MochaRun, below: string, names: readonly string[]): number {
  const files = testFiles(run.folder, below).filter(
    (file) => names.length === 0 || names.some((n) => file.includes(n)),
  );
  const differences = readDifferences(join(run.folder, 'differences.json'));
  const results = files.flatMap((file) => {
    const found = runFile(run, file, (title) => differences.some((one) => isNamed(one, { file, title })));
    const passed = found.filter(({ state }) => state === 'passed').length;
    const skipped = found.filter(({ state }) => state === 'skipped').length;
    console.log(`${file}: ${passed} of ${found.length - skipped}`);
    return found;
  });
  const verdict = judge(results, differences);
  console.log(verdictText(verdict));
  return verdict.unexpected.length === 0 ? 0 : 1;
}

function runWhole(
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  more: readonly string[],
): Promise<number> {
  const child = spawn(process.execPath, [...command, ...more], { cwd, stdio: 'inherit', env });
  return new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

function sh(program: string, args: readonly string[], cwd: string): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}

/** Calls `use` with a checkout of a project: the one that is given, or one that is fetched and removed again. */
async function withCheckout(
  { source }: ForeignProject,
  given: string | undefined,
  use: (checkout: string) => Promise<void>,
): Promise<void> {
  if (given !== undefined) return use(absolute(given));
  const place = mkdtempSync(join(tmpdir(), 'kv-foreign-'));
  try {
    sh('git', ['init', '--quiet'], place);
    sh('git', ['fetch', '--quiet', '--depth', '1', source.git, source.at], place);
    sh('git', ['checkout', '--quiet', 'FETCH_HEAD'], place);
    await use(place);
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** Puts a project together in a folder and runs its tests. @returns their exit code */
export async function runForeignProject(
  name: string,
  project: ForeignProject,
  {
    folder,
    from,
    more,
  }: { readonly folder: string; readonly from: string | undefined; readonly more: readonly string[] },
): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  await withCheckout(project, from, (checkout) => assembleProject(name, project, checkout, folder));
  return runProject(project, folder, more);
}
