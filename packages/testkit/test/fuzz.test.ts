/** A short run of what `npm run fuzz` does at length. */
import { expect, test } from 'vitest';
import { fuzz } from '../src/fuzz.ts';
import { decoderTargets } from './fuzz-decoders.ts';
import { serverTargets } from './fuzz-servers.ts';

const SEED = 20_261_121;

test.each(decoderTargets())(
  'the $name decoder: damaged replies are refused or read, whole and in pieces alike',
  async (target) => {
    const { cases, endings } = await fuzz(target, { seed: SEED, cases: 3000 });
    expect(cases).toBe(3000);
    expect(Math.min(endings['refused'] ?? 0, endings['read'] ?? 0)).toBeGreaterThan(300); // neither all broken nor all well
  },
);

test.each(serverTargets())('$name: damaged requests harm their own connection only', async (target) => {
  const { cases, endings } = await fuzz(target, { seed: SEED, cases: 1000 });
  expect(cases).toBe(1000);
  expect(Math.min(endings['closed'] ?? 0, endings['answered'] ?? 0)).toBeGreaterThan(50);
});
