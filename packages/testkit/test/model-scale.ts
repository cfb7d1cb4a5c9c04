import type { ModelOptions } from '../src/model.ts';
import { disturbances } from './proxied-session.ts';

/** What one run must reach at least. */
export const enough = { operations: 200_000, faults: 2000 } as const;

/** Plans for one backend: a little more than {@link enough}. */
export const scale: ModelOptions = {
  plans: 104,
  parallel: 6,
  inFlight: [2, 8, 32],
  operations: 2000,
  connections: 60,
  tasks: 4,
  disturbances,
  disturbance: 0.002,
  maxWait: 1,
  maxSize: 500,
  seed: 1,
  // Foreign bytes can look like a reply, which no protocol without checksums can tell from a real one.
  faults: { garbage: false, healthy: 0.3, within: 3000, maxDelay: 2 },
  shrinkRuns: 10,
};
