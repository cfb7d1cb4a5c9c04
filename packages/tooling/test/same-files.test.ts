/** Packages that may not depend on each other have the same code twice where they need it; it stays the same. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const packages = new URL('../../', import.meta.url);

it.each([['redis/src/topology/glob.ts', 'embedded/src/redis/glob.ts']])('%s is %s', (one, other) => {
  const [first, second] = [one, other].map((file) => readFileSync(new URL(file, packages), 'utf8'));
  expect(second).toBe(first);
});
