/**
 * What the usual plans of `model-portions.ts` do not meet: readers of channels, scripts that answer words of the server,
 * slow commands beside calls with short deadlines, full queues, pushes between replies, a client that is closed while it
 * reconnects, and commands of another copy of the package.
 */
import { startEmbedded } from '@kv/embedded';
import { createGibson } from '@kv/gibson';
import { createRedis } from '@kv/redis';
import { createSsdb } from '@kv/ssdb';
import { checkModel, type ModelOptions, type ModelReport } from '../src/model.ts';
import type { ExtraKind } from '../src/model-plan.ts';
import { startRedis } from '../src/redis-server.ts';
import { gibsonBackends } from './gibson-driver.ts';
import { gibsonVariants, redisVariants, ssdbVariants, VARIANTS } from './model-variants.ts';
import {
  type Backends,
  closings,
  disturbances,
  type Impatience,
  impatient,
  type ProxyVariation,
  patient,
  proxiedDriver,
} from './proxied-session.ts';
import { type RedisVariation, redisBackends } from './redis-driver.ts';
import { loadFunction } from './redis-scripts.ts';
import { USER } from './redis-ways.ts';
import { type SsdbVariation, ssdbBackends } from './ssdb-driver.ts';

/** A case as data. */
export interface Case {
  readonly plans: ModelOptions;
  /** What the client of a variant has beside what all cases have in common. */
  readonly client?: RedisVariation & Pick<SsdbVariation, 'connections'>;
  /** More options of the server. */
  readonly server?: readonly string[];
  /** What the proxy of a variant does. */
  readonly proxy?: (variant: number) => ProxyVariation;
  /** It mostly waits, so that others of this kind may run at the same time. */
  readonly waits?: boolean;
}

/** How a case is run. */
export interface CaseOptions {
  /** Seed of the first plan. */
  readonly seed: number;
  /** How many times the usual size it has; default 1. */
  readonly factor?: number;
  /** Told the seed of each plan before it runs. */
  readonly begins?: (seed: number) => void;
}

const usual: ModelOptions = {
  plans: 8,
  parallel: 4,
  inFlight: [2, 8, 32],
  operations: 600,
  connections: 30,
  tasks: 4,
  disturbance: 0.01,
  maxWait: 1,
  maxSize: 300,
  variants: VARIANTS,
  // Foreign bytes can look like a reply, which no protocol without checksums can tell from a real one.
  faults: { garbage: false, healthy: 0.3, within: 3000, maxDelay: 2 },
  shrinkRuns: 10,
};

/** Everything happens, and the client is closed and made again. */
const wild: ModelOptions = { ...usual, disturbances: [...disturbances, ...closings] };

/** Nothing harms the connections, which are so old that a refusal can be the reason to leave them. */
const calm: ModelOptions = { ...usual, connections: 0, disturbance: 0, calm: true, age: 1100, parallel: 8 };

/** Calls have all the time that they need, since nothing is lost. */
const relaxed: Impatience = { timeout: 5000, connectTimeout: 5000, liveness: { idle: 15_000, grace: 5000 } };

/** A connection is given up in less time than a slow command takes, were it not for that command. */
const slowTimes: Impatience = { timeout: 60, liveness: { idle: 800, grace: 800 } };

/** The queue has any length. */
const slowly: RedisVariation = { times: slowTimes, maxQueueBytes: undefined };

const slow: ModelOptions = {
  ...usual,
  plans: 4,
  parallel: 4,
  operations: 120,
  connections: 0,
  disturbance: 0,
  calm: true,
  slow: [100, 3000],
  deadlines: [20, 60, 2000, 0],
  extras: ['slow'],
  extra: 0.02,
  inFlight: [8],
};

/** What servers begin an error with that did not run the command. */
const WORDS = [
  'LOADING x',
  'READONLY x',
  'MASTERDOWN x',
  'MOVED 1 127.0.0.1:1',
  'ASK 1 127.0.0.1:1',
  'NOSCRIPT x',
  'BUSY x',
  'CLUSTERDOWN x',
  'TRYAGAIN x',
  'NOAUTH x',
  'NOPERM x',
  'OOM x',
  'EXECABORT x',
  'ERR x',
];

const NEWS: readonly ExtraKind[] = ['publish', 'publish', 'publish', 'subscribe', 'subscribe', 'unsubscribe'];

const slowConnection: Case = {
  plans: slow,
  client: slowly,
  proxy: () => ({ slow: 'connection' }),
  waits: true,
};

/** Connections end before they answer anything: none of the calls may have been given to one. */
const unserved: Case = {
  plans: {
    ...calm,
    age: 0,
    plans: 4,
    operations: 200,
    connections: 60,
    faults: { atOnce: true, healthy: 0.5 },
    disturbances: ['close'],
    disturbance: 0.05,
  },
  client: { times: relaxed, maxQueueBytes: undefined },
  waits: true,
};

/** Replies are larger than what a server keeps for one that subscribes. */
const large: Case = {
  plans: { ...calm, age: 0, plans: 4, operations: 300, maxSize: 200_000, extras: NEWS, extra: 0.3 },
  client: { times: relaxed, maxQueueBytes: undefined },
  server: ['--client-output-buffer-limit', 'pubsub', '32kb', '32kb', '60'],
  waits: true,
};

/** EXEC is refused, which leaves the connection inside MULTI. */
const unexecuted: Case = {
  plans: { ...calm, calm: false, age: 0, plans: 2, operations: 200 },
  client: { times: relaxed, maxQueueBytes: undefined },
  server: ['--rename-command', 'EXEC', 'ANOTHER-NAME'],
  waits: true,
};

/** A name of a backend. */
export type BackendName = 'redis' | 'ssdb' | 'gibson';

/** The cases of each backend. */
export const cases: Readonly<Record<BackendName, Readonly<Record<string, Case>>>> = {
  redis: {
    wild: {
      plans: {
        ...wild,
        plans: 16,
        extras: [...NEWS, 'script', 'script', 'session', 'collect', 'push', 'pop'],
        words: WORDS,
      },
      client: { logsIn: true },
      proxy: (variant) => (variant < 4 ? { toClient: { pushes: 2 + variant } } : {}),
    },
    words: {
      plans: { ...calm, extras: ['script'], words: WORDS },
      client: { times: relaxed },
      proxy: () => ({ toClient: { pushes: 3 } }),
    },
    flood: {
      plans: {
        ...calm,
        age: 0,
        plans: 8,
        parallel: 1,
        operations: 60,
        inFlight: [1, 4],
        extras: ['flood'],
        extra: 0.3,
      },
      client: { times: relaxed, maxQueueBytes: undefined },
      proxy: (variant) => ({ toClient: variant < 4 ? { merge: 1 + variant } : { pieces: 100 * variant } }),
    },
    blocking: {
      plans: { ...calm, age: 0, plans: 4, operations: 400, extras: ['push', 'pop', 'session'], extra: 0.6 },
      client: { times: relaxed, maxQueueBytes: undefined, logsIn: true },
      waits: true,
    },
    unserved,
    large,
    unexecuted,
    slow: slowConnection,
    sleeping: {
      plans: { ...slow, plans: 2, parallel: 1, operations: 70, extra: 0.03, slow: [1500] },
      client: { ...slowly, sleeps: true },
      waits: true,
    },
  },
  ssdb: { wild: { plans: wild }, unserved, slow: { ...slowConnection, client: { ...slowly, connections: 2 } } },
  gibson: {
    wild: { plans: wild },
    unserved,
    slow: slowConnection,
    busy: { ...slowConnection, proxy: () => ({ slow: 'server' }) },
  },
};

/** Runs a case on a server of its own. Throws a `ModelFailure` when a promise was broken. */
export function runCase(backend: BackendName, given: Case, how: CaseOptions): Promise<ModelReport> {
  return RUNS[backend](given, how);
}

const RUNS: Readonly<Record<BackendName, (given: Case, how: CaseOptions) => Promise<ModelReport>>> = {
  redis: async (given, how) => {
    await using server = await startRedis({
      args: ['--enable-debug-command', 'yes', ...(given.server ?? [])],
      users: [USER],
    });
    await using direct = createRedis(server.url, patient);
    await using variants = await redisVariants();
    await loadFunction(direct);
    const vary = (variant: number): RedisVariation => ({ ...variants.of(variant), ...given.client });
    return await check(redisBackends(server, direct, vary), given, how);
  },
  ssdb: async (given, how) => {
    await using embedded = await startEmbedded({ ssdb: { port: 0 } });
    const target = { host: '127.0.0.1', port: embedded.ssdb.port as number };
    await using direct = createSsdb(target, patient);
    await using variants = await ssdbVariants();
    const vary = (variant: number): object => ({ ...variants.of(variant), ...given.client });
    return await check(ssdbBackends(target, direct, { vary }), given, how);
  },
  gibson: async (given, how) => {
    await using embedded = await startEmbedded({ gibson: { port: 0 } });
    const target = { host: '127.0.0.1', port: embedded.gibson.port as number };
    await using direct = createGibson(target, patient);
    await using variants = await gibsonVariants();
    const vary = (variant: number): object => ({ ...variants.of(variant), ...given.client });
    const plans = { ...given.plans, transactions: false };
    return await check(gibsonBackends(target, direct, { vary }), { ...given, plans }, how);
  },
};

function check(backends: Backends, { plans, proxy, client }: Case, how: CaseOptions): Promise<ModelReport> {
  const { seed, factor = 1, begins = () => undefined } = how;
  const { timeout = impatient.timeout } = client?.times ?? {};
  return checkModel(
    { ...proxiedDriver(backends, proxy), timeout },
    { ...plans, seed, begins, plans: (plans.plans ?? 1) * factor },
  );
}
