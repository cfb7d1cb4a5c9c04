import { describe, expect, test } from 'vitest';
import { parseMonitorLine } from './monitor-line.ts';

describe('a line of MONITOR', () => {
  test.each([
    ['127.0.0.1:60866', 'a client'],
    ['[::1]:60866', 'a client over IPv6'],
    ['lua', 'a script'],
    ['unix:/tmp/redis.sock', 'a client over a unix socket'],
    ['unix:/tmp/my [redis] 1].sock', 'one whose path has brackets'],
  ])('%s: %s', (source) => {
    expect(parseMonitorLine(`1339518083.107412 [9 ${source}] "set" "[k] \\"v\\"" ""`)).toEqual({
      time: 1339518083.107412,
      db: 9,
      source,
      args: ['set', '[k] "v"', ''],
    });
  });

  test('bytes are read as UTF-8, a byte order mark is data', () => {
    const line = '1339518083.107412 [0 lua] "set" "\\xef\\xbb\\xbfk" "\\xc3\\xa9\\r\\n"';
    expect(parseMonitorLine(line).args).toEqual(['set', '\ufeffk', 'é\r\n']);
  });

  test('an escape that is cut off, or is none, is text; an argument without its end is left out', () => {
    expect(parseMonitorLine('1.5 [0 lua] "a\\x4" "\\q\\x41\\"" "open').args).toEqual(['ax4', 'qA"']);
    expect(parseMonitorLine('no command at all')).toEqual({ time: Number.NaN, db: 0, source: '', args: [] });
  });

  /** How long a processor needs to read a line, ms: the shortest of some attempts. */
  const cost = (line: string): number => {
    const times = Array.from({ length: 3 }, () => {
      const began = process.cpuUsage();
      parseMonitorLine(line);
      return process.cpuUsage(began).user / 1000;
    });
    return Math.min(...times);
  };

  test.each([
    ['escaped quotes that never end', '\\"'],
    ['brackets that look like the end of the source', '] "'],
    ['digits', '1'],
  ])('the time for a hostile line grows with its length [#40]: %s', (_, piece) => {
    const line = (count: number): string => `1.5 [0 lua] "set" "${piece.repeat(count)}`;
    const short = Math.max(cost(line(10_000)), 0.5);
    expect(cost(line(640_000)) / short).toBeLessThan(1000); // 64 times the length; its square would be 4096
  });
});
