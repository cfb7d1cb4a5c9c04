/**
 * The model check of all backends at length: `npm run nightly -- [backend] [minutes] [seed]`, 50 times what the tests do
 * or as many portions of it as fit into the minutes. Each portion has a server and seeds of its own, and
 * prints the sums so far. A failure prints its seed and the smallest case found.
 */
import type { ModelReport } from '../src/model.ts';
import { PLANS, portions } from './model-portions.ts';

const TIMES = 50;

const [which = 'all', minutes, seed = String(1 + Math.floor(Math.random() * 1e9))] = process.argv.slice(2);
if (which !== 'all' && !Object.hasOwn(portions, which)) throw new Error(`no backend ${which}`);

async function run(backend: string, portion: (seed: number) => Promise<ModelReport>): Promise<void> {
  const began = performance.now();
  const milliseconds = minutes === undefined ? Number.POSITIVE_INFINITY : Number(minutes) * 60_000;
  const total = { plans: 0, operations: 0, faults: 0 };
  const endings: Record<string, number> = {};
  for (let i = 0; i < TIMES && performance.now() - began < milliseconds; i++) {
    const report = await portion(Number(seed) + i * PLANS);
    for (const key of ['plans', 'operations', 'faults'] as const) total[key] += report[key];
    for (const [ending, count] of Object.entries(report.endings)) endings[ending] = (endings[ending] ?? 0) + count;
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(JSON.stringify({ backend, seed: Number(seed), portions: i + 1, seconds, ...total, endings }));
  }
}

for (const [backend, portion] of Object.entries(portions)) {
  if (which === 'all' || which === backend) await run(backend, portion);
}
