import { expectTypeOf, test } from 'vitest';
import { type EmbeddedServer, startEmbedded } from '../src/index.ts';

test('servers that were asked for are there, others may not be', async () => {
  const embedded = await startEmbedded({ redis: true, gibson: { port: 0 } });
  expectTypeOf(embedded.redis).toEqualTypeOf<EmbeddedServer>();
  expectTypeOf(embedded.gibson).toEqualTypeOf<EmbeddedServer>();
  expectTypeOf(embedded.ssdb).toEqualTypeOf<EmbeddedServer | undefined>();
});
