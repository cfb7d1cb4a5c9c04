import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

// The scripts run before anything is installed, so they are plain JavaScript without types.
const load = async <T>(name: string): Promise<T> =>
  (await import(new URL(`../src/${name}`, import.meta.url).href)) as T;

describe('npm test and npm run quickstart install again', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kv-install-'));
    mkdirSync(join(folder, 'node_modules'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const reason = async (wanted: object, installed?: object): Promise<string | undefined> => {
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: wanted }));
    const file = join(folder, 'node_modules/.package-lock.json');
    if (installed) writeFileSync(file, JSON.stringify({ packages: installed }));
    const { whyIncomplete } = await load<{ whyIncomplete: (folder: string) => string | undefined }>('install.mjs');
    return whyIncomplete(folder);
  };
  const a = { 'node_modules/a': { version: '1.0.0' } };

  it('when nothing is installed', async () => {
    expect(await reason(a)).toBe('nothing installed yet');
  });

  it('when a package is missing or has another version', async () => {
    expect(await reason(a, {})).toBe('node_modules/a is missing');
    expect(await reason(a, { 'node_modules/a': { version: '0.9.0' } })).toBe(
      'node_modules/a is 0.9.0, the lock says 1.0.0',
    );
  });

  it('but not when all is there; packages for other platforms and workspaces do not count', async () => {
    const others = {
      '': {},
      'packages/x': { version: '2.0.0' },
      'node_modules/b': { version: '1.0.0', optional: true },
    };
    expect(await reason({ ...a, ...others }, a)).toBeUndefined();
  });
});

describe('complete-lock adds optional packages for other platforms', () => {
  type Packages = Record<string, object>;
  const complete = async (packages: Packages, served: Packages): Promise<Packages> => {
    const { completed } = await load<{ completed: (packages: Packages, served: Packages) => Packages }>(
      'complete-lock.mjs',
    );
    return completed(packages, served);
  };
  const parent = { version: '2.0.0', dev: true, optionalDependencies: { 'a-mac': '2.0.0', 'a-any': '^1.0.0' } };
  const served = {
    'node_modules/a-mac': { version: '2.0.0', resolved: 'file', integrity: 'sha512-x', os: ['darwin'] },
  };
  const entry = { version: '2.0.0', integrity: 'sha512-x', os: ['darwin'], dev: true };

  it('with their hash, without the address they came from', async () => {
    const lock = await complete({ 'node_modules/a': parent, '': {} }, served);
    expect(lock).toEqual({ '': {}, 'node_modules/a': parent, 'node_modules/a-mac': entry });
    expect(Object.keys(lock)).toEqual(['', 'node_modules/a', 'node_modules/a-mac']);
  });

  it('also where an entry is there without a hash', async () => {
    const lock = await complete({ 'node_modules/a': parent, 'node_modules/a-mac': { version: '2.0.0' } }, served);
    expect(lock['node_modules/a-mac']).toEqual(entry);
  });

  it('beside another version that somebody else needs', async () => {
    const other = { version: '1.0.0' };
    const nested = 'node_modules/b/node_modules/a';
    const lock = await complete({ [nested]: parent, 'node_modules/a-mac': other }, served);
    expect(lock['node_modules/a-mac']).toEqual(other);
    expect(lock[`${nested}/node_modules/a-mac`]).toEqual(entry);
  });

  it('and says which one the registry does not serve', async () => {
    await expect(complete({ 'node_modules/a': parent }, {})).rejects.toThrow('a-mac 2.0.0: the registry in use');
  });
});

describe('the last line of .ci/run', () => {
  const passed = { status: 'passed', assertionResults: [{ status: 'passed' }] };
  const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [passed] };
  const line = async (changes: object, hasFailed = false): Promise<string> => {
    const { summary } = await load<{ summary: (report: object, hasFailed: boolean) => string }>('test-report.mjs');
    return summary({ ...report, ...changes }, hasFailed);
  };

  it('gives the counts of the test runner', async () => {
    expect(await line({})).toBe('3 passed, 0 failed, 0 skipped');
    expect(await line({ numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 })).toBe(
      '3 passed, 2 failed, 2 skipped',
    );
  });

  it('counts a file that could not be loaded as a failure', async () => {
    const failedTest = { status: 'failed', assertionResults: [{ status: 'failed' }] };
    const unloadable = { status: 'failed', assertionResults: [] };
    expect(await line({ testResults: [passed, unloadable] })).toBe('3 passed, 1 failed, 0 skipped');
    expect(await line({ numFailedTests: 1, testResults: [failedTest] })).toBe('3 passed, 1 failed, 0 skipped');
  });

  it('counts a run that failed outside of all tests as a failure', async () => {
    expect(await line({}, true)).toBe('3 passed, 1 failed, 0 skipped');
    expect(await line({ numFailedTests: 2 }, true)).toBe('3 passed, 2 failed, 0 skipped');
  });
});
