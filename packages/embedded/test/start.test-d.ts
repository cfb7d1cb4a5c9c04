import { expectTypeOf, test } from 'vitest';
import { type EmbeddedCluster, type EmbeddedClusterServer, type EmbeddedServer, startEmbedded } from '../src/index.ts';

test('servers that were asked for are there, others may not be', async () => {
  const embedded = await startEmbedded({ redis: true, gibson: { port: 0 } });
  expectTypeOf(embedded.redis).toEqualTypeOf<EmbeddedServer>();
  expectTypeOf(embedded.gibson).toEqualTypeOf<EmbeddedServer>();
  expectTypeOf(embedded.ssdb).toEqualTypeOf<EmbeddedServer | undefined>();
});

test('a cluster has its nodes, and an address that the client takes', async () => {
  const embedded = await startEmbedded({ redis: { cluster: 3 }, ssdb: true });
  expectTypeOf(embedded.redis).toEqualTypeOf<EmbeddedClusterServer>();
  expectTypeOf(embedded.cluster).toEqualTypeOf<EmbeddedCluster>();
  expectTypeOf(embedded.ssdb).toEqualTypeOf<EmbeddedServer>();
  expectTypeOf((await startEmbedded({ redis: { port: 0 } })).cluster).toEqualTypeOf<undefined>();
});
