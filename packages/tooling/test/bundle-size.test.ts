import { expect, it } from 'vitest';
import { bundleSize } from '../src/bundle-size.ts';

const kB = 1000;

it('three commands of Redis, as values', async () => {
  const program = `import { get, incr, set } from '@kv/redis/commands'; console.log(get('a'), incr('a'), set('a', 1));`;
  expect(await bundleSize(program)).toBeLessThan(20 * kB);
});

const CLIENT = `import { createRedis } from '@kv/redis'; console.log(createRedis());`;

it('a client of Redis with one server, which loads neither the code of clusters nor of subscriptions, nor the cache', async () => {
  expect(await bundleSize(CLIENT)).toBeLessThan(79.4 * kB);
});

it('a client of a cluster of Redis', async () => {
  expect(await bundleSize(CLIENT, /make-router/)).toBeLessThan(96.7 * kB);
});

it('a client of Redis with all that it may load', async () => {
  expect(await bundleSize(CLIENT, /./)).toBeLessThan(124.8 * kB);
});

it('leaves out what is loaded later, unless it is said to be loaded', async () => {
  const program = "import('./packages/core/src/errors.ts').then(console.log)";
  expect(await bundleSize(program)).toBeLessThan(200);
  expect(await bundleSize(program, /errors/)).toBeGreaterThan(500);
});

it('counts what is bundled, minified and gzipped', async () => {
  const small = await bundleSize('console.log(1)');
  const withBuiltin = await bundleSize("import net from 'node:net'; console.log(net)");
  const noise = await bundleSize(
    `console.log('${Array.from({ length: 5000 }, (_, at) => (at * 7919) % 9973).join()}')`,
  );
  expect(small).toBeLessThan(100);
  expect(withBuiltin).toBeLessThan(150);
  expect(noise).toBeGreaterThan(5 * kB);
});

it('a program that cannot be bundled rejects with the reason', async () => {
  await expect(bundleSize("import 'no-such-package'")).rejects.toThrow('no-such-package');
});
