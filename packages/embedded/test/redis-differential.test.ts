import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../src/index.ts';
import { RawClient } from './raw-client.ts';
import { anyCommand } from './redis-commands.ts';
import { request } from './resp-frames.ts';

/** The same commands every time; to look for new differences, choose another seed and more runs. */
const search = {
  seed: Number(process.env['KV_TEST_SEED'] ?? 7015),
  numRuns: Number(process.env['KV_TEST_RUNS'] ?? 300),
};
const numbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => Math.round(value * 1000) / 1000 + 0),
  fc.integer(),
);
let marks = 0;

/** All replies to the commands, sent in one go to a server that was emptied before. */
async function replies(line: RawClient, commands: readonly (readonly string[])[], mark: string): Promise<string> {
  const all = [
    ['RESET'],
    ['FLUSHALL'],
    ['HELLO', '3'],
    ['PING', `start ${mark}`],
    ...commands,
    ['RESET'],
    ['PING', mark],
  ];
  line.write(Buffer.concat(all.map(request)));
  const end = `$${mark.length}\r\n${mark}\r\n`;
  const bytes = await line.take((got) => (got.toString('latin1').endsWith(end) ? got.length : undefined));
  const text = bytes.toString('latin1').replaceAll(mark, 'mark');
  return withoutIds(text.slice(text.indexOf('start mark')));
}

/** HELLO tells the id of the connection. */
function withoutIds(text: string): string {
  return text.replaceAll(/(\$2\r\nid\r\n):[0-9]+/g, '$1:0');
}

interface Pair {
  readonly theirs: RawClient;
  readonly ours: RawClient;
}

/** The same commands to the real server and to the embedded one. */
async function compare({ theirs, ours }: Pair, commands: readonly (readonly string[])[]): Promise<void> {
  marks += 1;
  const mark = `mark-${String(marks).padStart(8, '0')}`;
  const [expected, got] = await Promise.all([replies(theirs, commands, mark), replies(ours, commands, mark)]);
  expect(got).toBe(expected);
}

describe('the real server and the embedded one answer the same to', () => {
  let real: RedisServer;
  let embedded: Embedded;
  let pair: Pair;

  beforeAll(async () => {
    real = await startRedis();
    embedded = await startEmbedded({ redis: true });
    if (embedded.redis === undefined) throw new Error('not started');
    const theirs = await RawClient.open({ host: real.host, port: real.port });
    pair = { theirs, ours: await RawClient.open(embedded.redis.address) };
  });

  afterAll(async () => {
    await Promise.all([real?.stop(), embedded?.close()]);
  });

  test('random commands', { timeout: 120_000 }, async () => {
    const commands = fc.array(anyCommand, { minLength: 1, maxLength: 40, size: 'max' });
    const property = fc.asyncProperty(fc.boolean(), commands, (resp2, list) =>
      compare(pair, resp2 ? [['HELLO', '2'], ...list] : list),
    );
    await fc.assert(property, search);
  });

  test('floating-point numbers', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(numbers, numbers, (a, b) => {
      const [first, second] = [String(a), String(b)];
      const adding = [
        ['SET', 'k', first],
        ['INCRBYFLOAT', 'k', second],
        ['HINCRBYFLOAT', 'h', 'f', second],
      ];
      return compare(pair, [...adding, ['ZADD', 'z', first, 'm'], ['ZINCRBY', 'z', second, 'm'], ['ZSCORE', 'z', 'm']]);
    });
    await fc.assert(property, search);
  });
});
