/**
 * The model check of all backends at length: `npm run nightly -- [backend] [minutes] [seed]`. Without minutes 50 times
 * what the tests do. A failure prints its seed and the smallest case found.
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

async function run(name: string, backends: Backends): Promise<void> {
  const started = performance.now();
  const report: ModelReport = await checkModel(proxiedDriver(backends), {
    ...scale,
    transactions: name !== 'gibson',
    seed: Number(seed),
    plans: (scale.plans ?? 1) * TIMES,
    milliseconds: minutes === undefined ? Number.POSITIVE_INFINITY : Number(minutes) * 60_000,
  });
  const { plans, operations, faults, endings } = report;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(JSON.stringify({ backend: name, seed: Number(seed), seconds, plans, operations, faults, endings }));
}

async function redis(): Promise<void> {
  await using server = await startRedis();
  await using direct = createRedis(server.url, patient);
  await run('redis', redisBackends(server, direct));
}

async function ssdb(): Promise<void> {
  await using embedded = await startEmbedded({ ssdb: { port: 0 } });
  const target = { host: '127.0.0.1', port: embedded.ssdb?.port as number };
  await using direct = createSsdb(target, patient);
  await run('ssdb', ssdbBackends(target, direct));
}

async function gibson(): Promise<void> {
  await using embedded = await startEmbedded({ gibson: { port: 0 } });
  const target = { host: '127.0.0.1', port: embedded.gibson?.port as number };
  await using direct = createGibson(target, patient);
  await run('gibson', gibsonBackends(target, direct));
}

for (const [name, one] of Object.entries({ redis, ssdb, gibson })) if (which === 'all' || which === name) await one();
