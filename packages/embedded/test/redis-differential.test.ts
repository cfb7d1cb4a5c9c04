import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../src/index.ts';
import { atOnce, compare, type Pair, replies, search } from './differential.ts';
import { RawClient } from './raw-client.ts';
import { anyCommand } from './redis-commands.ts';

const numbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => Math.round(value * 1000) / 1000 + 0),
  fc.integer(),
);
/** One that watches and one that changes. */
type Lines = readonly [main: RawClient, other: RawClient];

/** What the watched keys hold: each kind with and without a time to live, and a key that is not there. */
const contents: Readonly<Record<string, readonly (readonly string[])[]>> = {
  strings: [
    ['SET', 'a', '5'],
    ['SET', 'b', 'A longer text, to cut from'],
  ],
  lists: [
    ['RPUSH', 'a', '1', 'x', '1'],
    ['RPUSH', 'b', 'abc'],
  ],
  hashes: [
    ['HSET', 'a', 'a', '1', 'b', 'x'],
    ['HSET', 'b', '5', '2.50'],
  ],
  sets: [
    ['SADD', 'a', '1', '2', '3'],
    ['SADD', 'b', '40'],
  ],
  'sorted sets': [
    ['ZADD', 'a', '1', 'a', '1', 'b', '1', 'bb'], // with other scores, BYLEX may answer anything
    ['ZADD', 'b', '2.5', 'c'],
  ],
};
const watching = fc.record({
  kind: fc.constantFrom(...Object.keys(contents)),
  watched: fc.constantFrom('a', 'b', 'c'),
  command: anyCommand,
});

interface Watch {
  readonly kind: string;
  readonly watched: string;
  readonly command: readonly string[];
}

/** What leaves a key as it was is no change, and a time to live is one. */
const changesOrNot: readonly Watch[] = [
  { kind: 'strings', watched: 'b', command: ['GETEX', 'b'] },
  { kind: 'strings', watched: 'b', command: ['GETEX', 'b', 'PERSIST'] },
  { kind: 'strings', watched: 'a', command: ['GETEX', 'a', 'PERSIST'] },
  { kind: 'strings', watched: 'a', command: ['GETEX', 'a', 'EX', '10'] },
  { kind: 'strings', watched: 'a', command: ['GETEX', 'a', 'PXAT', '1'] },
  { kind: 'strings', watched: 'a', command: ['SETBIT', 'a', '3', '1'] },
  { kind: 'strings', watched: 'a', command: ['SETBIT', 'a', '3', '0'] },
  { kind: 'strings', watched: 'a', command: ['SETBIT', 'a', '80', '0'] },
  { kind: 'strings', watched: 'c', command: ['SETBIT', 'c', '0', '0'] },
  { kind: 'strings', watched: 'b', command: ['BITFIELD', 'b', 'SET', 'u8', '0', '65'] },
  { kind: 'strings', watched: 'b', command: ['BITFIELD', 'b', 'SET', 'u8', '0', '66'] },
  { kind: 'strings', watched: 'c', command: ['BITFIELD', 'c', 'OVERFLOW', 'FAIL', 'INCRBY', 'i8', '0', '500'] },
  { kind: 'strings', watched: 'a', command: ['SETRANGE', 'a', '0', ''] },
  { kind: 'strings', watched: 'a', command: ['SET', 'a', '5'] },
  { kind: 'hashes', watched: 'a', command: ['HSET', 'a', 'a', '1'] },
  { kind: 'sets', watched: 'a', command: ['SADD', 'a', '1'] },
  { kind: 'lists', watched: 'a', command: ['LTRIM', 'a', '0', '-1'] },
  { kind: 'sorted sets', watched: 'a', command: ['ZADD', 'a', '1', 'a'] },
  { kind: 'sorted sets', watched: 'a', command: ['ZADD', 'a', 'NX', '2', 'a'] },
  { kind: 'sorted sets', watched: 'a', command: ['ZADD', 'a', 'GT', '0', 'a', '2', 'b'] },
  { kind: 'sorted sets', watched: 'a', command: ['ZINCRBY', 'a', '0', 'a'] },
];

/** What the command says, and whether a transaction of another client that watches the key runs after it. */
async function watch([main, other]: Lines, { kind, watched, command }: Watch): Promise<string[]> {
  const filled = [...(contents[kind] ?? []), ['EXPIREAT', 'b', '4102444800'], ['WATCH', watched]];
  await replies(main, [['RESET'], ['FLUSHALL'], ...filled], 'watching');
  const said = await replies(other, [command, ['RESET']], 'changed');
  return [said, await replies(main, [['MULTI'], ['ECHO', 'ran'], ['EXEC']], 'over')];
}

async function compareWatch({ theirs, ours }: Pair<Lines>, what: Watch): Promise<void> {
  const [expected, got] = await Promise.all([watch(theirs, what), watch(ours, what)]);
  expect(got.map((said, i) => atOnce(said, expected[i] ?? ''))).toEqual(expected);
}

describe('the real server and the embedded one answer the same to', () => {
  let real: RedisServer;
  let embedded: Embedded;
  let pair: Pair;
  let pairs: Pair<Lines>;

  beforeAll(async () => {
    real = await startRedis();
    embedded = await startEmbedded({ redis: true });
    if (embedded.redis === undefined) throw new Error('not started');
    const theirs = await RawClient.open({ host: real.host, port: real.port });
    pair = { theirs, ours: await RawClient.open(embedded.redis.address) };
    const [their, our] = [
      await RawClient.open({ host: real.host, port: real.port }),
      await RawClient.open(embedded.redis.address),
    ];
    pairs = { theirs: [theirs, their], ours: [pair.ours, our] };
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

  test('EXEC, when a watched key may have changed', { timeout: 120_000 }, async () => {
    for (const what of changesOrNot) await compareWatch(pairs, what);
    await fc.assert(
      fc.asyncProperty(watching, (what) => compareWatch(pairs, what)),
      search,
    );
  });
});
