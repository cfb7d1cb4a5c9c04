import { runChild } from '../../run/child-process.ts';
import type { RunResult } from '../../run/run-result.ts';
import type { ServerPlace } from '../../suite.ts';
import type { RedisWorkload } from './workloads.ts';

/**
 * The C client at the same depth: one connection, `depth` commands per batch, the next batch when all are answered.
 * It takes a number of requests, not a time, so a short run finds the rate first.
 */
export async function runRedisBenchmark(
  { native, depth }: RedisWorkload,
  { seconds, ...place }: ServerPlace & { readonly seconds: number },
): Promise<RunResult | undefined> {
  if (native === undefined) return undefined;
  const ask = async (requests: number): Promise<RunResult> => {
    const count = String(Math.max(depth, Math.round(requests)));
    const args = [...placeArgs(place), '-c', '1', '-P', String(depth), '-n', count, '--csv', ...native];
    return parseCsv((await runChild('redis-benchmark', args, 60 + seconds * 20)).stdout);
  };
  let rate = 20_000;
  for (const trial of [0.05, 0.1, 0.2]) rate = usable((await ask(rate * trial * 4)).callsPerSecond, rate);
  return ask(rate * seconds);
}

function placeArgs({ host, port, path, caFile }: ServerPlace): string[] {
  if (path !== undefined) return ['-s', path];
  return ['-h', host, '-p', String(port), ...(caFile === undefined ? [] : ['--tls', '--cacert', caFile])];
}

/** A trial that is over within its clock's tick says nothing but that it was too short. */
function usable(measured: number, assumed: number): number {
  return Number.isFinite(measured) && measured > 0 ? measured : assumed * 10;
}

/** Reads `"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms",…`. */
export function parseCsv(csv: string): RunResult {
  const rows = csv
    .trim()
    .split('\n')
    .map((line) => line.split('","').map((field) => field.replaceAll('"', '')));
  const head = rows[0] ?? [];
  const last = rows.at(-1) ?? [];
  const field = (name: string): number => Number(last[head.indexOf(name)]);
  return {
    callsPerSecond: field('rps'),
    latency: { p50: field('p50_latency_ms'), p99: field('p99_latency_ms') },
  };
}
