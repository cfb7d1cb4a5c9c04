import type { RunResult } from './run-result.ts';

/** How long one run takes. */
export interface Duration {
  /** Seconds before anything is counted: compilers warm up, buffers grow. */
  readonly warmUp: number;
  /** Seconds that count. */
  readonly seconds: number;
}

/** Every how many calls of a loop one is timed. A clock read costs a visible share of the fastest calls. */
const sampled = 16;

/** After how many calls a loop lets the event loop turn: answers from the process's own memory alone never would. */
const yielding = 1024;

/**
 * Keeps `depth` calls in flight, warms up, then counts calls, the process's CPU time and sampled latencies.
 *
 *     loop 1   call ── call ── call ──
 *     loop 2   call ── call ── call ──      no loop waits for another
 *     …
 *          │ warm-up │    counted     │
 */
export async function measure(
  call: (round: number) => Promise<unknown>,
  depth: number,
  { warmUp, seconds }: Duration,
): Promise<RunResult> {
  let running = true;
  let calls = 0;
  let latencies: number[] = [];
  const loop = async (first: number): Promise<void> => {
    let round = first;
    while (running) {
      if (round % sampled === 0) {
        const start = performance.now();
        await call(round);
        latencies.push(performance.now() - start);
      } else {
        await call(round);
      }
      round++;
      calls++;
      if (calls % yielding === 0) await turn();
    }
  };
  const loops = Promise.all(Array.from({ length: depth }, (_, i) => loop(i)));
  await Promise.race([elapsed(warmUp), loops]);
  latencies = [];
  const firstCall = calls;
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.race([elapsed(seconds), loops]);
  const counted = calls - firstCall;
  const took = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const timed = latencies.toSorted((a, b) => a - b);
  running = false;
  await loops;
  return {
    callsPerSecond: (counted / took) * 1000,
    cpuPerCall: (user + system) / counted,
    latency: { p50: quantile(timed, 0.5), p99: quantile(timed, 0.99) },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function elapsed(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });
}

/** Nearest-rank quantile of ascending numbers; 0 for none. */
function quantile(ascending: readonly number[], q: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * q))] ?? 0;
}
