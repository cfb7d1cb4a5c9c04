import { expect, test } from 'vitest';
import { measure } from './measure.ts';

test('it keeps as many calls in flight as it was told, and counts those that ended', async () => {
  let inFlight = 0;
  let most = 0;
  let ended = 0;
  const result = await measure(
    async () => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight--;
      ended++;
    },
    7,
    { warmUp: 0.02, seconds: 0.05 },
  );
  expect(most).toBe(7);
  expect(inFlight).toBe(0);
  expect(result.callsPerSecond).toBeGreaterThan(0);
  expect(result.callsPerSecond * 0.05).toBeLessThan(ended);
  expect(result.cpuPerCall).toBeGreaterThan(0);
  expect(result.latency?.p99).toBeGreaterThanOrEqual(result.latency?.p50 ?? Number.POSITIVE_INFINITY);
});

test('a call that fails fails the run', async () => {
  const failing = () => Promise.reject(new Error('refused'));
  await expect(measure(failing, 2, { warmUp: 60, seconds: 60 })).rejects.toThrow('refused');
});

test('calls that are answered without a turn of the event loop are measured, too', async () => {
  const result = await measure(() => Promise.resolve(), 1, { warmUp: 0.01, seconds: 0.02 });
  expect(result.callsPerSecond).toBeGreaterThan(0);
});
