import { cpu, type Results, rate } from './results.ts';

/** One thing that is to be reached, and what was. */
export interface Target {
  readonly title: string;
  readonly wanted: string;
  /** `undefined`: something needed was not measured. */
  readonly reached: number | undefined;
  readonly met: boolean | undefined;
}

/** Clients in JavaScript on Node; Bun's is native code and has targets of its own. */
const peers = ['ioredis', 'ioredis-plain', 'node-redis', 'glide'];

/** Compares the results with what the project wants of itself. Ratios within one comparison only. */
export function targets(results: Results): Target[] {
  const kv = (workload: string): number | undefined => rate(results, workload, 'kv');
  const peer = (workload: string): number | undefined => best(peers.map((name) => rate(results, workload, name)));
  const native = (workload: string): number | undefined => rate(results, workload, 'c');
  const bun = (workload: string): number | undefined => rate(results, workload, 'bun');
  const times = (
    title: string,
    workload: string,
    wanted: number,
    other: (name: string) => number | undefined,
  ): Target => atLeast(title, wanted, ratio(kv(workload), other(workload)));
  return [
    times('GET c1000 / best JS peer', 'get-c1000', 6, peer),
    times('GET c64 / best JS peer', 'get-c64', 2.5, peer),
    times('GET c1 / best JS peer', 'get-c1', 1, peer),
    times('SET c1000 / best JS peer', 'set-c1000', 6, peer),
    ...['mget-100-c50', 'lrange-1000-c10', 'hgetall-100-c50', 'get-4-kb-c64', 'set-4-kb-c64', 'get-64-kb-c16'].map(
      (name) => times(`${name} / best JS peer`, name, 2, peer),
    ),
    times('GET 1 MB bytes / Bun', 'get-1-mb-c4-bytes', 1, bun),
    times('SET 1 MB bytes / Bun', 'set-1-mb-c4-bytes', 1, bun),
    times('SET 1 MB text / Bun', 'set-1-mb-c4-text', 1, bun),
    times('GET 1 MB text / Bun', 'get-1-mb-c4-text', 0.6, bun),
    times('GET c64 / redis-benchmark', 'get-c64', 0.6, native),
    times('GET c1000 / redis-benchmark', 'get-c1000', 0.6, native),
    cpuTarget(results),
  ].filter(({ reached }) => reached !== undefined);
}

function cpuTarget(results: Results): Target {
  const reached = ratio(cpu(results, 'get-c1000', 'kv'), cpu(results, 'get-c1000', 'ioredis'));
  return {
    title: 'client CPU per GET c1000 / ioredis',
    wanted: '≤ 0.2×',
    reached,
    met: reached === undefined ? undefined : reached <= 0.2,
  };
}

function atLeast(title: string, wanted: number, reached: number | undefined): Target {
  return { title, wanted: `≥ ${wanted}×`, reached, met: reached === undefined ? undefined : reached >= wanted };
}

function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || b === 0 ? undefined : a / b;
}

function best(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
