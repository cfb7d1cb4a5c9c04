import { startEmbedded } from '@kv/embedded';
import { createGibson } from '@kv/gibson';
import { createRedis } from '@kv/redis';
import { createSsdb } from '@kv/ssdb';
import { checkModel, type ModelOptions, type ModelReport } from '../src/model.ts';
import { startRedis } from '../src/redis-server.ts';
import { gibsonBackends } from './gibson-driver.ts';
import { disturbances, patient, proxiedDriver } from './proxied-session.ts';
import { redisBackends } from './redis-driver.ts';
import { ssdbBackends } from './ssdb-driver.ts';

/** What one portion must reach at least. */
export const enough = { operations: 200_000, faults: 2000 } as const;

/** Seeds that one portion uses, from its own up. */
export const PLANS = 104;

/** A little more than {@link enough}. */
const scale: ModelOptions = {
  plans: PLANS,
  parallel: 6,
  inFlight: [2, 8, 32],
  operations: 2000,
  connections: 60,
  tasks: 4,
  disturbances,
  disturbance: 0.002,
  maxWait: 1,
  maxSize: 500,
  // Foreign bytes can look like a reply, which no protocol without checksums can tell from a real one.
  faults: { garbage: false, healthy: 0.3, within: 3000, maxDelay: 2 },
  shrinkRuns: 10,
};

/** One connection carries all: without more disturbances a plan would see only a few connections. */
const busier: ModelOptions = {
  ...scale,
  disturbance: 0.008,
  faults: { ...scale.faults, healthy: 0.15, within: 1500 },
};

/** The model check of each backend, on a server of its own; throws when a promise was broken. */
export const portions: Readonly<Record<'redis' | 'ssdb' | 'gibson', (seed: number) => Promise<ModelReport>>> = {
  redis: async (seed) => {
    await using server = await startRedis();
    await using direct = createRedis(server.url, patient);
    return await checkModel(proxiedDriver(redisBackends(server, direct)), { ...busier, seed });
  },
  ssdb: async (seed) => {
    await using embedded = await startEmbedded({ ssdb: { port: 0 } });
    const target = { host: '127.0.0.1', port: embedded.ssdb.port as number };
    await using direct = createSsdb(target, patient);
    return await checkModel(proxiedDriver(ssdbBackends(target, direct)), { ...scale, seed });
  },
  gibson: async (seed) => {
    await using embedded = await startEmbedded({ gibson: { port: 0 } });
    const target = { host: '127.0.0.1', port: embedded.gibson.port as number };
    await using direct = createGibson(target, patient);
    const options = { ...scale, transactions: false, seed };
    return await checkModel(proxiedDriver(gibsonBackends(target, direct)), options);
  },
};
