import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { CallCounts } from './call-counts.ts';
import type { LargeCounts } from './large-values.ts';
import type { SocketWrites } from './socket-writes.ts';

/** What one run of the program counted. */
export interface Counts {
  readonly calls: Readonly<Record<string, CallCounts>>;
  readonly replyStack: readonly string[];
  readonly socketWrites: SocketWrites;
  readonly largeValues: LargeCounts;
  /** Bytes of V8's heap per client that is connected and does nothing. */
  readonly idleHeapBytes: number;
}

/**
 * No optimizing compiler and one thread: what is allocated depends on the source and not on when a function was compiled.
 * The young generation is so large that nothing is collected.
 */
const FLAGS = ['--no-opt', '--single-threaded', '--min-semi-space-size=64', '--max-semi-space-size=64', '--expose-gc'];

/** Bundles the program from source and runs it. The same source gives the same counts, however busy the machine is. */
export async function runProgram(): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'kv-counts-'));
  try {
    const file = join(folder, 'program.mjs');
    await bundle(file);
    const parts = [run(file, 'calls'), run(file, 'passes'), run(file, 'idle')];
    const [counts, largeValues, idleHeapBytes] = await Promise.all(parts);
    return { ...(counts as Counts), largeValues: largeValues as LargeCounts, idleHeapBytes: idleHeapBytes as number };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('./program.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@kv/source'],
    external: ['@kv/embedded'],
    logLevel: 'silent', // a failure rejects with all messages
  });
}

async function run(file: string, part: 'calls' | 'passes' | 'idle'): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, file, part]);
  return JSON.parse(stdout);
}
