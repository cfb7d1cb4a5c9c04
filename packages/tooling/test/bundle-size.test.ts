import { expect, it } from 'vitest';
import { bundleSize } from '../src/bundle-size.ts';

const kB = 1000;

it('three commands of Redis, as values', async () => {
  const program = `import { get, incr, set } from '@kv/redis/commands'; console.log(get('a'), incr('a'), set('a', 1));`;
  expect(await bundleSize(program)).toBeLessThan(20 * kB);
});

it('a whole client of Redis', async () => {
  const program = `import { createRedis } from '@kv/redis'; console.log(createRedis());`;
  expect(await bundleSize(program)).toBeLessThan(60 * kB);
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
