import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { endWithUs } from '../src/child-guard.ts';
import type { ModelReport } from '../src/model.ts';
import type { BackendName } from './model-cases.ts';

/** A process that says nothing for so long is frozen, or does not end although all is closed, ms. */
const SILENCE = 90_000;

/** The cases of one backend, run by a process of their own. Rejects with what it printed when a promise was broken. */
export async function casesInChild(backend: BackendName, seed: number, factor = 1): Promise<Map<string, ModelReport>> {
  const program = new URL('model-program.ts', import.meta.url).pathname;
  const options = ['--conditions=@kv/source', '--import', 'tsx', program, backend, String(seed), String(factor)];
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'pipe'] });
  endWithUs(child);
  const [reports, errors, ended] = [new Map<string, ModelReport>(), [] as string[], once(child, 'close')];
  let last = 'nothing';
  const watch = setTimeout(() => child.kill('SIGKILL'), SILENCE);
  child.stderr.on('data', (bytes: Uint8Array) => errors.push(String(bytes)));
  for await (const said of createInterface(child.stdout)) {
    watch.refresh();
    last = said;
    if (said.startsWith('{')) reports.set((JSON.parse(said) as { name: string }).name, JSON.parse(said) as ModelReport);
  }
  const [code] = (await ended) as [number | null];
  clearTimeout(watch);
  if (code === 0) return reports;
  throw new Error(code === null ? `frozen, or kept after ${last}` : errors.join(''));
}
