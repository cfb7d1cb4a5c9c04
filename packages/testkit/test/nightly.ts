/**
 * The model check of all backends at length: `npm run nightly -- [backend] [minutes] [seed]`, 50 times what the tests do
 * or as many portions of it as fit into the minutes. Each portion, and each case that goes with it, has a server and seeds
 * of its own; a portion prints the sums so far. A failure prints its seed and the smallest case found.
 */
import { addTo, type ModelReport } from '../src/model.ts';
import { type BackendName, cases, runCase } from './model-cases.ts';
import { PLANS, portions } from './model-portions.ts';

const TIMES = 50;

process.setSourceMapsEnabled(false); // each case loads copies of the packages, and 300 MB of maps of them would stay

const [which = 'all', minutes, seed = String(1 + Math.floor(Math.random() * 1e9))] = process.argv.slice(2);
if (which !== 'all' && !Object.hasOwn(portions, which)) throw new Error(`no backend ${which}`);

async function run(backend: BackendName, portion: (seed: number) => Promise<ModelReport>): Promise<void> {
  const began = performance.now();
  const milliseconds = minutes === undefined ? Number.POSITIVE_INFINITY : Number(minutes) * 60_000;
  const total = { plans: 0, operations: 0, faults: 0 };
  const endings: Record<string, number> = {};
  const met: Record<string, number> = {};
  for (let i = 0; i < TIMES && performance.now() - began < milliseconds; i++) {
    const from = Number(seed) + i * PLANS;
    const extended = Object.values(cases[backend]).map((one) => () => runCase(backend, one, { seed: from }));
    for (const part of [() => portion(from), ...extended]) {
      const report = await part();
      for (const key of ['plans', 'operations', 'faults'] as const) total[key] += report[key];
      addTo(endings, report.endings);
      addTo(met, report.met);
    }
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(JSON.stringify({ backend, seed: Number(seed), portions: i + 1, seconds, ...total, endings, met }));
  }
}

for (const [backend, portion] of Object.entries(portions)) {
  if (which === 'all' || which === backend) await run(backend as BackendName, portion);
}
