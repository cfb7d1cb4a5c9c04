import { createRedis } from '@kv/redis';
import { twoCopies } from '@kv/testkit/two-copies';
import { expect, it, onTestFinished } from 'vitest';
import type * as Module from '../src/index.ts';

it('a server with a name is the same for the ESM copy of the package and for the CommonJS copy', async () => {
  await using copies = await twoCopies<typeof Module>(new URL('../src/index.ts', import.meta.url));
  const [one, other] = [copies.esm, copies.cjs].map((copy) => createRedis(copy.connectEmbedded('redis', 'of both')));
  await one?.set('a', '1');
  expect(await other?.get('a')).toBe('1');
  await using started = await copies.cjs.startEmbedded({ redis: {} });
  const redis = createRedis(started.redis.url);
  expect(await redis.ping()).toBe('PONG');
  await Promise.all([one?.close(), other?.close(), redis.close()]);
});

it('what another version of the package shares in the process, in another shape, is left alone', async () => {
  const shared = globalThis as Record<symbol, unknown>;
  const key = Symbol.for('@kv/embedded'); // what versions used before the shape had a number
  shared[key] = 'of another version';
  onTestFinished(() => void delete shared[key]);
  await using copies = await twoCopies<typeof Module>(new URL('../src/index.ts', import.meta.url));
  await using redis = createRedis(copies.esm.connectEmbedded('redis', 'beside another version'));
  expect(await redis.ping()).toBe('PONG');
});
