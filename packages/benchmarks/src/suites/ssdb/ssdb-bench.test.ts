import { expect, test } from 'vitest';
import { parseSsdbBench } from './ssdb-bench.ts';

const printed = `ssdb-bench - SSDB benchmark tool, 1.9.8

========== set ==========
qps: 48978, time: 0.041 s
========== get ==========
qps: 38529, time: 0.052 s
========== del ==========
qps: 46852, time: 0.043 s
`;

test('each command has its own part', () => {
  expect(parseSsdbBench(printed, 'set')).toEqual({ callsPerSecond: 48_978 });
  expect(parseSsdbBench(printed, 'get')).toEqual({ callsPerSecond: 38_529 });
  expect(() => parseSsdbBench(printed, 'qpop')).toThrow('printed something else');
});
