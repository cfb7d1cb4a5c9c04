import type { Endpoint } from '@kv/core';
import { expect, test } from 'vitest';
import type { ClusterNodes } from './cluster-nodes.ts';
import { MapServers } from './map-servers.ts';

test('the server whose connection was lost last is asked with the seeds', () => {
  const [lost, other, seed] = ['lost', 'other', 'seed'].map((id) => ({ id }) as unknown as Endpoint) as [
    Endpoint,
    Endpoint,
    Endpoint,
  ];
  const nodes = { endpoints: [lost, other], seed: () => seed } as unknown as ClusterNodes;
  const servers = new MapServers(nodes, [{ host: 'h', port: 1 }]);
  servers.suspect = lost;
  expect([...servers.groups(undefined)]).toEqual([[other], [seed, lost]]);
  servers.suspect = undefined;
  expect([...servers.groups(other)].at(-1)).toEqual([seed]);
});
