import { namedServer } from '@kv/testkit/server-under-test';
import { rate } from '../../report/results.ts';
import { atLeast } from '../../report/targets.ts';
import type { KeyValueClient, Suite } from '../../suite.ts';
import { embeddedVersion, keyValueServer, resultsName } from '../key-value-server.ts';
import { keyValueWorkloads } from '../key-value-workloads.ts';
import { prepare } from './wire.ts';

/** Gibson clients against the server that KV_TEST_GIBSON names, else against `@kv/embedded`. */
export const gibson: Suite<KeyValueClient> = {
  name: 'gibson',
  results: resultsName('gibson'),
  title: 'Gibson clients compared',
  clients: [
    {
      name: 'kv',
      title: '@kv/gibson, N connections',
      package: '@kv/gibson',
      runtime: 'node',
      open: async (o) => (await import('./kv.ts')).open(o),
    },
    {
      name: 'kv-default',
      title: '@kv/gibson, defaults',
      runtime: 'node',
      open: async (o) => (await import('./kv.ts')).openDefault(o),
    },
    { name: 'bare', title: 'N bare sockets', runtime: 'node', open: async (o) => (await import('./bare.ts')).open(o) },
  ],
  workloads: keyValueWorkloads,
  server: async () => {
    const server = await keyValueServer('gibson');
    await prepare(server);
    return server;
  },
  serverVersion: () =>
    Promise.resolve(namedServer('gibson') === undefined ? embeddedVersion() : ['gibson', 'as named by KV_TEST_GIBSON']),
  targets: (results) =>
    ['get-c50', 'set-c50'].flatMap((name) =>
      atLeast(`${name} / bare sockets`, 0.9, rate(results, name, 'kv'), rate(results, name, 'bare')),
    ),
};
