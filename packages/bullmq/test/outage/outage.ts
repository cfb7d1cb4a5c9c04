/**
 * 20,000 jobs with a server that is killed in the middle:
 *
 *   npm run example -- packages/bullmq/test/outage/outage.ts [jobs] [concurrency]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** One check of the program, and what was seen. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: unknown;
}

/** Runs the program in a process of its own. @throws Error when it does not end by itself */
export async function runOutage(jobs: number, concurrency: number, milliseconds: number): Promise<readonly Check[]> {
  const program = fileURLToPath(new URL('program.ts', import.meta.url));
  const args = ['--conditions=@kv/source', '--import', 'tsx', program, String(jobs), String(concurrency)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const timer = setTimeout(() => child.kill('SIGTERM'), milliseconds);
  let said = '';
  child.stdout.on('data', (bytes) => {
    said += bytes;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  const checks = said
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Check);
  return [...checks, { name: 'the process ends by itself', passed: code === 0, detail: signal ?? code }];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [jobs = 20_000, concurrency = 50] = process.argv.slice(2).map(Number);
  const began = performance.now();
  const checks = await runOutage(jobs, concurrency, 15 * 60_000);
  for (const { name, passed, detail } of checks)
    console.log(passed ? 'ok    ' : 'NOT OK', name, JSON.stringify(detail));
  const passed = checks.filter((one) => one.passed).length;
  console.log(`${passed} of ${checks.length}, ${((performance.now() - began) / 1000).toFixed(1)} s`);
  process.exitCode = passed === checks.length ? 0 : 1;
}
