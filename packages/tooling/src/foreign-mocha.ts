/** Runs the tests of another project with mocha, a process per file, and says what became of each test. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What became of a test: `missed`, when mocha gave up before it. */
export type State = 'passed' | 'failed' | 'skipped' | 'missed';

/** One test. */
export interface Result {
  readonly file: string;
  readonly title: string;
  readonly state: State;
  readonly error?: string;
}

/** Where and how mocha runs. */
export interface MochaRun {
  /** Folder of the project. */
  readonly folder: string;
  /** mocha and its options, then the files that all tests need. */
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

type Line = Omit<Result, 'state'> & { readonly state: State | 'hook' };

/** All test files below a folder, in the order of their names. */
export function testFiles(folder: string, below: string): string[] {
  const names = readdirSync(join(folder, below), { recursive: true }) as string[];
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${below}/${name.replaceAll('\\', '/')}`)
    .sort();
}

/**
 * Runs the tests of a file. An error that nothing catches lets mocha give up: the tests behind it run in a further
 * process, as long as that tells of more.
 */
export function runFile(run: MochaRun, file: string): Result[] {
  const results = merged(runOnce(run, file, []));
  for (let missed = missedOf(results); missed.length > 0; ) {
    for (const [title, result] of merged(runOnce(run, file, missed)))
      if (result.state !== 'missed') results.set(title, result);
    const left = missedOf(results);
    if (left.length === missed.length) break;
    missed = left;
  }
  return [...results.values()];
}

const missedOf = (results: ReadonlyMap<string, Result>): string[] =>
  [...results.values()].filter(({ state }) => state === 'missed').map(({ title }) => title);

function runOnce({ folder, command, env }: MochaRun, file: string, titles: readonly string[]): Line[] {
  const output = join(folder, 'results.jsonl');
  rmSync(output, { force: true });
  const grep = titles.length === 0 ? [] : ['--grep', `^(${titles.map(escaped).join('|')})$`];
  const args = [...command, '--reporter', './reporter.cjs', file, ...grep];
  spawnSync(process.execPath, args, {
    cwd: folder,
    env: { ...env, KV_FOREIGN_RESULTS: output },
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 300_000,
  });
  if (!existsSync(output)) return [{ file, title: file, state: 'failed', error: 'the file could not be run' }];
  return readFileSync(output, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ ...(JSON.parse(line) as Line), file }));
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

const ORDER: readonly (State | 'hook')[] = ['passed', 'skipped', 'missed', 'hook', 'failed'];

/** One result per title: tests of the same title are one, and the worst of them counts. */
function merged(lines: readonly Line[]): Map<string, Result> {
  const results = new Map<string, Result>();
  for (const { state, ...line } of lines) {
    const result: Result = { ...line, state: state === 'hook' ? 'failed' : state };
    const known = results.get(line.title);
    if (known === undefined || ORDER.indexOf(known.state) < ORDER.indexOf(result.state))
      results.set(line.title, result);
  }
  return results;
}
