/**
 * Fuzzing at length: `npm run fuzz -- [target|all] [minutes] [seed]`. Each target runs in a process of its own, so that
 * one which hangs is seen. `npm run fuzz -- <target> 0 <seed> <case>` shows a failure again.
 */
import { fork } from 'node:child_process';
import { openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FuzzOptions, type FuzzReport, fuzz } from '../src/fuzz.ts';
import { decoderTargets } from './fuzz-decoders.ts';
import { serverTargets } from './fuzz-servers.ts';

/** A case that takes longer, ms, hangs. */
const HANGS = 60_000;

const targets = [...decoderTargets(), ...serverTargets()];

/** In a child: runs, and notes the number of each case in a file, which is there even if it hangs. */
async function work(target: string, notes: string, options: FuzzOptions): Promise<void> {
  const found = targets.find(({ name }) => name === target);
  if (found === undefined) throw new Error(`${target} is no target`);
  const file = openSync(notes, 'w');
  const beat = (number: number): void => void writeSync(file, String(number).padEnd(12), 0);
  const report = await fuzz(found, { ...options, beat });
  process.send?.(report, undefined, undefined, () => process.disconnect());
}

function run(target: string, options: FuzzOptions): Promise<FuzzReport> {
  const notes = join(tmpdir(), `kv-fuzz-${process.pid}`);
  const child = fork(fileURLToPath(import.meta.url), ['--work', target, notes, JSON.stringify(options)]);
  let seen = '';
  const watchdog = setInterval(() => {
    const number = readFileSync(notes, 'utf8');
    if (number === seen) child.kill('SIGKILL');
    seen = number;
  }, HANGS);
  return new Promise((resolve, reject) => {
    child.once('message', (report) => resolve(report as FuzzReport));
    child.once('exit', (code, signal) => {
      clearInterval(watchdog);
      const number = readFileSync(notes, 'utf8').trim();
      rmSync(notes);
      const why = signal === null ? `it ended with ${code}` : `it hangs, or was killed by ${signal}`;
      reject(new Error(`${target}, seed ${options.seed}, case ${number}: ${why}`)); // nothing, after the report
    });
  });
}

async function main([
  which = 'all',
  minutes = '1',
  seed = String(1 + Math.floor(Math.random() * 1e9)),
  from,
]: string[]) {
  const names = targets.map(({ name }) => name);
  if (which !== 'all' && !names.includes(which)) throw new Error(`targets: all, ${names.join(', ')}`);
  const time = from === undefined ? { milliseconds: Number(minutes) * 60_000 } : { from: Number(from), cases: 1 };
  for (const target of which === 'all' ? names : [which])
    console.log(JSON.stringify(await run(target, { seed: Number(seed), ...time })));
}

function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}

const [mode, target = '', notes = '', options = '{}'] = process.argv.slice(2);
if (mode === '--work') work(target, notes, JSON.parse(options) as FuzzOptions).catch(fail);
else main(process.argv.slice(2)).catch(fail);
