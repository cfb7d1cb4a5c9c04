import type { EndpointIdentity, RouterHost } from '@kv/core';
import { expect, test } from 'vitest';
import { ClusterNodes } from './cluster-nodes.ts';

const host = { endpoint: (identity: EndpointIdentity) => ({ identity }) } as unknown as RouterHost;

test('the host name that the map tells is the name for TLS, also of a server that a redirect named first', () => {
  const nodes = new ClusterNodes(host, { tls: {}, seedHost: 'seed.example' });
  const first = nodes.primaryAt({ host: '10.0.0.1', port: 1 });
  const mapped = nodes.endpointOf({ id: 'a', host: '10.0.0.1', port: 1, role: 'primary', hostname: 'a.example' });
  expect(first.identity.address).toMatchObject({ tls: { servername: 'seed.example' } });
  expect(mapped?.identity.address).toMatchObject({ tls: { servername: 'a.example' } });
  expect(nodes.latest(first)).toBe(mapped);
  expect(nodes.retain(new Set(mapped && [mapped]))).toEqual([first]);
});
