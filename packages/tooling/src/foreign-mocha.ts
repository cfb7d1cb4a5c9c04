/** Runs the tests of another project with mocha, a process per file, and says what became of each test. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What became of a test: `missed`, when mocha gave up or its process ended before it. */
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

/** What the reporter tells: all tests as `planned` first, then what becomes of them. */
type Told = Omit<Result, 'state'> & { readonly state: State | 'hook' | 'planned' };
type Line = Told & { readonly state: State | 'hook' };

/** All test files below a folder, in the order of their names. */
export function testFiles(folder: string, below: string): string[] {
  const names = readdirSync(join(folder, below), { recursive: true }) as string[];
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${below}/${name.replaceAll('\\', '/')}`)
    .sort();
}

/**
 * Runs the tests of a file. What fails leaves its stubs and servers behind for the tests after it, and an error that
 * nothing catches lets mocha give up: so each test that has not passed is run once more, alone.
 *
 * @param expected which tests may fail: they are not run again
 */
export function runFile(run: MochaRun, file: string, expected: (title: string) => boolean): Result[] {
  const lines = runOnce(run, file);
  const titles = new Set(lines.filter(({ state }) => state !== 'hook').map(({ title }) => title));
  return [...titles].map((title) => {
    const state = stateOf(lines.filter((line) => line.title === title));
    const isOver = state === 'passed' || state === 'skipped' || expected(title);
    return isOver ? { file, title, state } : runAlone(run, file, title);
  });
}

function runAlone(run: MochaRun, file: string, title: string): Result {
  const lines = runOnce(run, file, title).filter((line) => line.title === title || line.state === 'hook');
  const error = lines.find((line) => line.error !== undefined)?.error ?? '';
  return { file, title, state: stateOf(lines), error };
}

const WORST_FIRST: readonly State[] = ['failed', 'missed', 'passed', 'skipped'];

/** The worst of several: tests may have the same title, and a test may fail after it has passed. */
function stateOf(lines: readonly Line[]): State {
  const states = new Set(lines.map(({ state }) => (state === 'hook' ? 'failed' : state)));
  return WORST_FIRST.find((state) => states.has(state)) ?? 'missed';
}

/** @param title of the only test to run */
function runOnce({ folder, command, env }: MochaRun, file: string, title?: string): Line[] {
  const output = join(folder, 'results.jsonl');
  rmSync(output, { force: true });
  const grep = title === undefined ? [] : ['--grep', `^${escaped(title)}$`];
  const args = [...command, '--reporter', './reporter.cjs', file, ...grep];
  spawnSync(process.execPath, args, {
    cwd: folder,
    env: { ...env, KV_FOREIGN_RESULTS: output },
    stdio: 'ignore',
    timeout: 300_000,
  });
  if (!existsSync(output)) return [{ file, title: title ?? file, state: 'failed', error: 'the file could not be run' }];
  const told = readFileSync(output, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ ...(JSON.parse(line) as Told), file }));
  return [...told.filter((line) => line.state !== 'planned'), ...missedOf(told)] as Line[];
}

/** Tests that were planned more often than they were told of. */
function missedOf(told: readonly Told[]): Line[] {
  const tests = told.filter(({ state }) => state !== 'hook');
  const times = (title: string, isPlan: boolean): number =>
    tests.filter((test) => test.title === title && (test.state === 'planned') === isPlan).length;
  return tests
    .filter(({ state, title }) => state === 'planned' && times(title, true) > times(title, false))
    .map((test) => ({ ...test, state: 'missed' }));
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
