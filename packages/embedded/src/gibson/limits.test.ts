import { expect, test } from 'vitest';
import { type GibsonLimits, gibsonLimits, packagedLimits } from './limits.ts';

test('limits that are not given, or not defined, are those of the sample configuration', () => {
  const given = { maxClients: 3, maxMemory: undefined } as unknown as Partial<GibsonLimits>;
  expect(gibsonLimits(given)).toEqual({ ...packagedLimits, maxClients: 3 });
});

test.each([
  [{ maxClients: Number.NaN }, 'gibson.limits.maxClients: expected a whole number of at least 0'],
  [{ maxMemory: -1 }, 'gibson.limits.maxMemory: expected a whole number of at least 0'],
  [{ maxKeySize: '10' }, 'gibson.limits.maxKeySize: expected a whole number of at least 0'],
  [{ expiredCron: 0 }, 'gibson.limits.expiredCron: expected a whole number of at least 1'],
  [{ acceptSplitLength: 1 }, 'gibson.limits.acceptSplitLength: expected true or false'],
  [{ maxClient: 1 }, 'gibson.limits.maxClient: unknown option'],
])('%o is refused: it would switch a limit off', (given, message) => {
  expect(() => gibsonLimits(given as Partial<GibsonLimits>)).toThrow(new RangeError(message));
});
