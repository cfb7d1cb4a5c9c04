import { namedServer } from '@kv/testkit/server-under-test';
import { cpu, rate } from '../../report/results.ts';
import { atLeast, atMost } from '../../report/targets.ts';
import type { KeyValueClient, Suite } from '../../suite.ts';
import { embeddedVersion, keyValueServer, resultsName } from '../key-value-server.ts';
import { deepKeyValueWorkloads, keyValueWorkloads } from '../key-value-workloads.ts';
import { runSsdbBench } from './ssdb-bench.ts';
import { prepare, serverVersion } from './wire.ts';

/** SSDB clients against the server that KV_TEST_SSDB names, else against `@kv/embedded`. */
export const ssdb: Suite<KeyValueClient> = {
  name: 'ssdb',
  results: resultsName('ssdb'),
  title: 'SSDB clients compared',
  clients: [
    {
      name: 'kv',
      title: '@kv/ssdb',
      package: '@kv/ssdb',
      runtime: 'node',
      open: async (o) => (await import('./kv.ts')).open(o),
    },
    {
      name: 'npm-ssdb',
      title: 'ssdb',
      package: 'ssdb',
      runtime: 'node',
      open: async (o) => (await import('./npm-ssdb.ts')).open(o),
    },
    { name: 'bare', title: 'N bare sockets', runtime: 'node', open: async (o) => (await import('./bare.ts')).open(o) },
    {
      name: 'one-at-a-time',
      title: 'one bare socket, one at a time',
      runtime: 'node',
      open: async (o) => (await import('./bare.ts')).openOneAtATime(o),
    },
    { name: 'c', title: 'ssdb-bench (C++)', runtime: 'native', runNative: runSsdbBench },
  ],
  workloads: [...keyValueWorkloads, ...deepKeyValueWorkloads],
  server: async () => {
    const server = await keyValueServer('ssdb');
    await prepare(server);
    return server;
  },
  serverVersion: async () => {
    const named = namedServer('ssdb');
    return named === undefined ? embeddedVersion() : ['ssdb-server', await serverVersion(named)];
  },
  targets: (results) => [
    ...['get-c50', 'set-c50'].flatMap((name) =>
      atLeast(`${name} / ssdb-bench`, 0.95, rate(results, name, 'kv'), rate(results, name, 'c')),
    ),
    ...['get', 'set'].flatMap((name) =>
      atLeast(
        `${name} c1000 / ssdb-bench c50`,
        1,
        rate(results, `${name}-c1000`, 'kv'),
        rate(results, `${name}-c50`, 'c'),
      ),
    ),
    ...['get', 'set'].flatMap((name) =>
      atMost(
        `client CPU per ${name} c1000 / one at a time`,
        0.04,
        cpu(results, `${name}-c1000`, 'kv'),
        cpu(results, `${name}-c1000`, 'one-at-a-time'),
      ),
    ),
  ],
};
