/**
 * Runs cases of the model check in a process of their own: `model-program.ts BACKEND SEED FACTOR`. Prints the seed of each
 * plan, and the report of each case as a line of JSON. A process that freezes, or does not end when all is closed, shows
 * it by that.
 */
import { type BackendName, type Case, cases, runCase } from './model-cases.ts';

const [backend, seed, factor] = process.argv.slice(2) as [BackendName, string, string];

async function run([name, given]: [string, Case]): Promise<void> {
  const began = performance.now();
  const begins = (plan: number): void => console.log(`${name}: seed ${plan}`);
  const report = await runCase(backend, given, { seed: Number(seed), factor: Number(factor), begins });
  console.log(JSON.stringify({ name, seconds: Math.round((performance.now() - began) / 1000), ...report }));
}

const all = Object.entries<Case>(cases[backend]);
for (const one of all.filter(([, { waits }]) => waits !== true)) await run(one);
await Promise.all(all.filter(([, { waits }]) => waits === true).map(run));
