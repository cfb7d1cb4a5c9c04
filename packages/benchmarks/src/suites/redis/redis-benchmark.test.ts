import { expect, test } from 'vitest';
import { parseCsv } from './redis-benchmark.ts';

test('the table of redis-benchmark 7.0', () => {
  const csv = `"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
"GET","757575.75","0.080","0.016","0.079","0.103","0.119","0.311"
`;
  expect(parseCsv(csv)).toEqual({ callsPerSecond: 757_575.75, latency: { p50: 0.079, p99: 0.119 } });
});
