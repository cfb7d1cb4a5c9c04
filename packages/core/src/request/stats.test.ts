import { expect, it } from 'vitest';
import { read } from '../command/command.ts';
import { StatsRecorder } from './stats.ts';

it('counts calls, errors and latencies in powers of two, per command name', () => {
  const stats = new StatsRecorder();
  const [get, set] = [read('GET'), read('SET')];
  for (const ms of [0, 0, 1, 3, 4]) stats.record(get, ms, false);
  stats.record(set, 2 ** 30, true);
  stats.record(read('GET'), 0, false);
  const { GET, SET } = stats.read();
  expect(GET).toEqual({ count: 6, errors: 0, histogram: [3, 1, 1, 1] });
  expect(SET).toMatchObject({ count: 1, errors: 1 });
  expect(SET?.histogram).toHaveLength(24);
});

it('counts names that are made up without end together, and those that came before by themselves', () => {
  const stats = new StatsRecorder();
  for (let i = 0; i < 5000; i++) stats.record(read(`made up ${i}`), 0, false);
  stats.record(read('made up 1'), 0, false);
  const all = stats.read();
  expect(Object.keys(all)).toHaveLength(1001);
  expect(all['made up 1']?.count).toBe(2);
  expect(all['(other)']?.count).toBe(4000);
});
