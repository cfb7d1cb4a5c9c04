import { runChild } from '../../run/child-process.ts';
import type { RunResult } from '../../run/run-result.ts';
import type { KeyValueClient, ServerPlace, Workload } from '../../suite.ts';

/**
 * The server's own C++ tool, named by KV_SSDB_BENCH: as many connections as calls in flight. It knows a number of
 * requests and always runs its whole list of commands, so a small number is used.
 */
export async function runSsdbBench(
  { name, depth }: Workload<KeyValueClient>,
  { host, port }: ServerPlace,
): Promise<RunResult | undefined> {
  const { KV_SSDB_BENCH: program } = process.env;
  if (program === undefined) throw new Error('KV_SSDB_BENCH names no program');
  const command = name.slice(0, name.indexOf('-'));
  const { stdout } = await runChild(program, [host, String(port), depth === 1 ? '5000' : '30000', String(depth)], 120);
  return parseSsdbBench(stdout, command);
}

/** Reads the part of one command: `========== get ==========` … `qps: 61275, time: 0.163 s`. */
export function parseSsdbBench(output: string, command: string): RunResult {
  const part = output.split('==========')[output.split('==========').findIndex((text) => text.trim() === command) + 1];
  const found = /(?:^|\n)qps: (\d+), time: ([\d.]+) s\s*$/.exec(part ?? '');
  if (found === null) throw new Error('ssdb-bench printed something else');
  return { callsPerSecond: Number(found[1]) };
}
