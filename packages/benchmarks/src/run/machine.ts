import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Machine } from '../report/results.ts';

/** The machine as it is now. */
export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    system: `${type()} ${release()} ${arch()}`,
    memory: Math.round(totalmem() / 2 ** 30),
    loadAtStart: loadavg()[0] ?? 0,
  };
}
