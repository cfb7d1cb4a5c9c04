import { describe, expect, test } from 'vitest';
import { parseMonitorLine } from './monitor.ts';

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
});
