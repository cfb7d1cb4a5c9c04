/**
 * The model check of all backends at length: `npm run nightly -- [backend] [minutes] [seed]`, 50 times what the tests do
 * or as many portions of it as fit into the minutes. Each portion has a server and seeds of its own, and
 * prints the sums so far. A failure prints its seed and the smallest case found.
 */
import { startEmbedded } from '@kv/embedded';
import { createGibson } from '@kv/gibson';
import { createRedis } from '@kv/redis';
import { createSsdb } from '@kv/ssdb';
import { checkModel, type ModelReport } from '../src/model.ts';
import { startRedis } from '../src/redis-server.ts';
import { gibsonBackends } from './gibson-driver.ts';
import { scale } from './model-scale.ts';
import { type Backends, proxiedDriver } from './proxied-session.ts';
import { redisBackends } from './redis-driver.ts';
import { ssdbBackends } from './ssdb-driver.ts';

const TIMES = 50;
const patient = { timeout: 60_000 };

const [which = 'all', minutes, seed = String(1 + Math.floor(Math.random() * 1e9))] = process.argv.slice(2);

/** Checks with one server, which keeps what it was told: every portion has a new one. */
type Portion = (check: (backends: Backends) => Promise<ModelReport>) => Promise<ModelReport>;

async function run(name: string, portion: Portion): Promise<void> {
  const began = performance.now();
  const milliseconds = minutes === undefined ? Number.POSITIVE_INFINITY : Number(minutes) * 60_000;
  const total = { plans: 0, operations: 0, faults: 0 };
  const endings: Record<string, number> = {};
  for (let i = 0; i < TIMES && performance.now() - began < milliseconds; i++) {
    const options = { ...scale, transactions: name !== 'gibson', seed: Number(seed) + i * (scale.plans ?? 1) };
    const report = await portion((backends) => checkModel(proxiedDriver(backends), options));
    for (const key of ['plans', 'operations', 'faults'] as const) total[key] += report[key];
    for (const [ending, count] of Object.entries(report.endings)) endings[ending] = (endings[ending] ?? 0) + count;
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(JSON.stringify({ backend: name, seed: Number(seed), portions: i + 1, seconds, ...total, endings }));
  }
}

const portions: Record<string, Portion> = {
  redis: async (check) => {
    await using server = await startRedis();
    await using direct = createRedis(server.url, patient);
    return await check(redisBackends(server, direct));
  },
  ssdb: async (check) => {
    await using embedded = await startEmbedded({ ssdb: { port: 0 } });
    const target = { host: '127.0.0.1', port: embedded.ssdb?.port as number };
    await using direct = createSsdb(target, patient);
    return await check(ssdbBackends(target, direct));
  },
  gibson: async (check) => {
    await using embedded = await startEmbedded({ gibson: { port: 0 } });
    const target = { host: '127.0.0.1', port: embedded.gibson?.port as number };
    await using direct = createGibson(target, patient);
    return await check(gibsonBackends(target, direct));
  },
};

for (const [name, portion] of Object.entries(portions)) if (which === 'all' || which === name) await run(name, portion);
