import { type Embedded, startEmbedded } from '@kv/embedded';
import { createGibson } from '@kv/gibson';
import { createSsdb, type ServerInput } from '@kv/ssdb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { namedServers } from '../src/index.ts';
import { checkModel, type ModelOptions, type ModelReport } from '../src/model.ts';
import { gibsonBackends } from './gibson-driver.ts';
import { disturbances, patient, proxiedDriver } from './proxied-session.ts';
import { ssdbBackends } from './ssdb-driver.ts';

const host = '127.0.0.1';
const listening = { ssdb: { port: 0 }, gibson: { port: 0 } } as const;

/** Only what goes to the first server meets the faults: it dies and returns all the time. */
const options: ModelOptions = {
  plans: 12,
  parallel: 4,
  inFlight: [2, 8, 32],
  operations: 1500,
  connections: 60,
  tasks: 4,
  transactions: false,
  disturbances,
  disturbance: 0.006,
  maxWait: 1,
  maxSize: 500,
  faults: { garbage: false, healthy: 0.3, within: 3000, maxDelay: 2 },
  shrinkRuns: 10,
};

let servers: Embedded<typeof listening>[];

/** The ports of three servers: those that the environment names, if there are three of them. */
function portsOf(backend: 'ssdb' | 'gibson'): number[] {
  const named = namedServers(backend).slice(0, 3);
  return named.length === 3 ? named.map(({ port }) => port) : servers.map((server) => server[backend].port as number);
}

beforeAll(async () => {
  servers = await Promise.all([1, 2, 3].map(() => startEmbedded(listening)));
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** The same names whatever the address of the first is: so the keys lie on the same servers. */
function list(ports: readonly number[], first: number | undefined = ports[0]): ServerInput[] {
  return ports.map((port, i) => ({ address: { host, port: i === 0 ? (first ?? port) : port }, name: `server-${i}` }));
}

function expectEnough({ operations, faults, endings }: ModelReport): void {
  expect(operations).toBeGreaterThanOrEqual(15_000);
  expect(faults).toBeGreaterThanOrEqual(200);
  expect(['done', 'notSent', 'unknown']).toEqual(expect.arrayContaining(Object.keys(endings)));
  expect(endings['done']).toBeGreaterThan(operations / 5); // calls at one of the servers, when it is away, take the others of a list along
}

test('[#218] SSDB: three servers, one of which dies and returns all the time, keep every promise', async () => {
  const ports = portsOf('ssdb');
  await using direct = createSsdb(list(ports), patient);
  const backends = ssdbBackends({ host, port: ports[0] as number }, direct, {
    addressOf: (port) => list(ports, port),
  });
  expectEnough(await checkModel(proxiedDriver(backends), options));
}, 200_000);

test('[#218] Gibson: three servers, one of which dies and returns all the time, keep every promise', async () => {
  const ports = portsOf('gibson');
  await using direct = createGibson(list(ports), patient);
  const backends = gibsonBackends({ host, port: ports[0] as number }, direct, {
    addressOf: (port) => list(ports, port),
  });
  expectEnough(await checkModel(proxiedDriver(backends), options));
}, 200_000);
