/** What one process measured. */
export interface RunResult {
  readonly callsPerSecond: number;
  /** Microseconds of CPU time (user and system, all threads) of the client's process per call. */
  readonly cpuPerCall?: number;
  /** Milliseconds. */
  readonly latency?: { readonly p50: number; readonly p99: number };
}
