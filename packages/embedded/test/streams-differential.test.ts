import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../src/index.ts';
import { compare, type Pair, replies, search } from './differential.ts';
import { RawClient } from './raw-client.ts';
import { anyStreamCommand, withoutTimes } from './stream-commands.ts';

type Command = readonly string[];

/** Some entries, a group with pending ones, and a stream that has lost some. */
const filled: readonly Command[] = [
  ...['1-1', '2-2', '3-0', '5-0', '5-1', '9-1'].map((id) => ['XADD', 'a', id, 'f', id]),
  ['XGROUP', 'CREATE', 'a', 'g', '0'],
  ['XREADGROUP', 'GROUP', 'g', 'c1', 'COUNT', '3', 'STREAMS', 'a', '>'],
  ['XREADGROUP', 'GROUP', 'g', 'c2', 'COUNT', '2', 'STREAMS', 'a', '>'],
];
/** One that waits and one that acts. */
interface Lines {
  readonly waiter: RawClient;
  readonly other: RawClient;
}

describe('the real server and the embedded one answer the same', () => {
  let real: RedisServer;
  let embedded: Embedded;
  let pair: Pair;
  let both: readonly Lines[];

  beforeAll(async () => {
    real = await startRedis();
    embedded = await startEmbedded({ redis: true });
    const open = async (): Promise<Pair> => ({
      theirs: await RawClient.open({ host: real.host, port: real.port }),
      ours: await RawClient.open(embedded.redis?.address as { host: string; port: number }),
    });
    pair = await open();
    const second = await open();
    both = [
      { waiter: pair.theirs, other: second.theirs },
      { waiter: pair.ours, other: second.ours },
    ];
  });

  afterAll(async () => {
    await Promise.all([real?.stop(), embedded?.close()]);
  });

  test('to random commands on streams', { timeout: 120_000 }, async () => {
    const commands = fc.array(anyStreamCommand, { minLength: 1, maxLength: 60, size: 'max' });
    const property = fc.asyncProperty(fc.boolean(), fc.boolean(), commands, (resp2, empty, list) =>
      compare(pair, [...(resp2 ? [['HELLO', '2']] : []), ...(empty ? [] : filled), ...list], withoutTimes),
    );
    await fc.assert(property, { ...search, numRuns: Math.ceil(search.numRuns / 3) });
  });

  test('to trimming of streams with many blocks', { timeout: 120_000 }, async () => {
    const text = fc.integer({ min: 0, max: 1500 }).map((length) => 'x'.repeat(length));
    const number = fc.integer({ min: -5_000_000_000, max: 5_000_000_000 }).map(String);
    const values = fc.array(fc.oneof(text, number), { minLength: 20, maxLength: 260, size: 'max' });
    const trims = fc.array(fc.tuple(fc.constantFrom('~', '='), fc.integer({ min: 0, max: 260 })), { maxLength: 4 });
    const property = fc.asyncProperty(values, fc.integer({ min: 1, max: 50_000 }), trims, (list, step, cuts) =>
      compare(pair, [
        ...list.map((value, n) => ['XADD', 'a', `${n * step + 1}-1`, n % 7 === 0 ? 'other' : 'f', value]),
        ['XDEL', 'a', `${3 * step + 1}-1`, `${4 * step + 1}-1`],
        ...cuts.flatMap(([how, count]) => [
          ['XTRIM', 'a', 'MAXLEN', how, String(count)],
          ['XINFO', 'STREAM', 'a'],
          ['XTRIM', 'a', 'MINID', how, String((list.length - count) * step)],
          ['XTRIM', 'a', 'MAXLEN', '~', '0', 'LIMIT', '150'],
        ]),
        ['XRANGE', 'a', '-', '+', 'COUNT', '3'],
        ['XINFO', 'STREAM', 'a'],
      ]),
    );
    await fc.assert(property, { ...search, numRuns: Math.ceil(search.numRuns / 10) });
  });

  test.each<[what: string, wait: Command, acts: readonly Command[]]>([
    ['an entry that arrives', ['XREAD', 'BLOCK', '0', 'STREAMS', 'a', '$'], [['XADD', 'a', '20-1', 'f', '1']]],
    [
      'the first of two streams',
      ['XREAD', 'BLOCK', '0', 'STREAMS', 'b', 'a', '0', '$'],
      [['XADD', 'b', '1-1', 'f', '1']],
    ],
    ['a stream that is renamed to the key', ['XREAD', 'BLOCK', '0', 'STREAMS', 'b', '0'], [['RENAME', 'a', 'b']]],
    [
      'entries that came and went in a transaction',
      ['XREAD', 'BLOCK', '0', 'STREAMS', 'a', '$'],
      [['MULTI'], ['XADD', 'a', '20-1', 'f', '1'], ['XDEL', 'a', '20-1'], ['EXEC']],
    ],
    [
      'an entry for the consumer of a group',
      ['XREADGROUP', 'GROUP', 'g', 'c3', 'BLOCK', '0', 'STREAMS', 'a', '>'],
      [
        ['XADD', 'a', '20-1', 'f', '1'],
        ['XPENDING', 'a', 'g', '-', '+', '9'],
      ],
    ],
    [
      'the end of the group',
      ['XREADGROUP', 'GROUP', 'g', 'c3', 'BLOCK', '0', 'STREAMS', 'a', '>'],
      [['XGROUP', 'DESTROY', 'a', 'g']],
    ],
    ['the end of the key', ['XREADGROUP', 'GROUP', 'g', 'c3', 'BLOCK', '0', 'STREAMS', 'a', '>'], [['DEL', 'a']]],
    ['another type', ['XREADGROUP', 'GROUP', 'g', 'c3', 'BLOCK', '0', 'STREAMS', 'a', '>'], [['SET', 'a', '1']]],
    [
      'nothing, while the stream only changes',
      ['XREAD', 'BLOCK', '0', 'STREAMS', 'a', '9-1'],
      [
        ['XTRIM', 'a', 'MAXLEN', '1'],
        ['XDEL', 'a', '9-1'],
        ['XSETID', 'a', '15-1'],
        ['DEL', 'a'],
        ['XADD', 'a', '30-1', 'f', '1'],
      ],
    ],
  ])('to a client that waits and gets %s', async (_, wait, acts) => {
    const heard = async ({ waiter, other }: Lines): Promise<string> => {
      await replies(
        other,
        [['FLUSHALL'], ...filled, ['XREADGROUP', 'GROUP', 'g', 'c1', 'STREAMS', 'a', '>']],
        'filled',
      );
      await replies(waiter, [['RESET'], ['HELLO', '3']], 'ready');
      const answer = replies(waiter, [wait], 'waited');
      const isBlocked = async (): Promise<boolean> =>
        (await replies(other, [['INFO', 'clients']], 'info')).includes('blocked_clients:1');
      await expect.poll(isBlocked, { timeout: 20_000 }).toBe(true);
      const said = await replies(other, acts, 'acted');
      return withoutTimes(said + (await answer));
    };
    const [theirs, ours] = await Promise.all(both.map(heard));
    expect(ours).toBe(theirs);
  });
});
