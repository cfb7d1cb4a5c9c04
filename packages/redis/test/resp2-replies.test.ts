/** Raw replies in the shapes of RESP2 on a connection that speaks RESP3: the same as on one that speaks RESP2. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Command, command, createConnection, createPool, createRedis, inResp2, type Redis } from '../src/index.ts';

let server: RedisServer;
let two: Redis;
let three: Redis;

beforeAll(async () => {
  server = await startRedis();
  two = createRedis(server.url, { protocol: 2 });
  three = createRedis(server.url, { protocol: 3 });
  await three.execute('ZADD', 'z', '1.5', 'a', '2', 'b', 'inf', 'c');
  await three.execute('HSET', 'h', 'f', 'v');
  await three.execute('SADD', 's', 'm');
  await three.execute('XADD', 'x', '1-1', 'f', 'v');
  await three.execute('XADD', 'y', '1-1', 'f', 'v');
  await three.execute('XGROUP', 'CREATE', 'x', 'g', '0');
  await three.execute('GEOADD', 'geo', '13.361389', '38.115556', 'p');
});

afterAll(async () => {
  await Promise.all([two.close(), three.close()]);
  await server.stop();
});

const CALLS: readonly (readonly [string, ...string[]])[] = [
  ['ZSCORE', 'z', 'a'],
  ['ZMSCORE', 'z', 'a', 'none', 'c'],
  ['ZRANGE', 'z', '0', '-1', 'WITHSCORES'],
  ['ZRANGE', 'z', '0', '-1'],
  ['ZREVRANGEBYSCORE', 'z', '+inf', '-inf', 'WITHSCORES'],
  ['ZUNION', '1', 'z', 'WITHSCORES'],
  ['ZRANDMEMBER', 'z', '3', 'WITHSCORES'],
  ['HGETALL', 'h'],
  ['HRANDFIELD', 'h', '1', 'WITHVALUES'],
  ['SMEMBERS', 's'],
  ['XREAD', 'STREAMS', 'x', 'y', '0', '0'],
  ['XREAD', 'STREAMS', 'x', '9'],
  ['XRANGE', 'x', '-', '+'],
  ['XINFO', 'STREAM', 'x'],
  ['XINFO', 'GROUPS', 'x'],
  ['CONFIG', 'GET', 'maxmemory*'],
  ['GEOPOS', 'geo', 'p'],
  ['COMMAND', 'INFO', 'GET'],
  ['COMMAND', 'DOCS', 'GET'],
  ['ACL', 'GETUSER', 'default'],
  ['CLIENT', 'TRACKINGINFO'],
  ['LCS', 'a', 'b', 'IDX'],
];

describe('replies: resp2', () => {
  test.each(CALLS)('%s %s %s has the reply of RESP2', async (name, ...args) => {
    const flat = three.with({ replies: 'resp2' });
    if (name === 'ZRANDMEMBER') return expect(await flat.execute(name, ...args)).toHaveLength(6); // at random
    expect(await flat.execute(name, ...args)).toStrictEqual(await two.execute(name, ...args));
    const bytes = { bytes: true } as const;
    expect(await flat.with(bytes).execute(name, ...args)).toStrictEqual(await two.with(bytes).execute(name, ...args));
  });

  test('pops have it, from one end and of many', async () => {
    const flat = three.with({ replies: 'resp2' });
    await three.execute('ZADD', 'pops', '1.5', 'a', '2', 'b', '3', 'c', '4', 'd');
    expect(await flat.execute('ZPOPMIN', 'pops')).toEqual(['a', '1.5']);
    expect(await flat.execute('ZPOPMAX', 'pops', '2')).toEqual(['d', '4', 'c', '3']);
    expect(await flat.execute('BZPOPMIN', 'pops', '1')).toEqual(['pops', 'b', '2']);
  });

  test('without the option the reply is what is on the wire, and typed commands are the same with it', async () => {
    expect(await three.execute('HGETALL', 'h')).toEqual(new Map([['f', 'v']]));
    const flat = three.with({ replies: 'resp2' });
    expect(await flat.zscore('z', 'a')).toBe(1.5);
    expect(await flat.hgetall('h')).toEqual({ f: 'v' });
    expect(await flat.with({ replies: 'native' }).execute('ZSCORE', 'z', 'a')).toBe(1.5);
  });

  test('pools, sessions and raw connections have it as well', async () => {
    await using pool = await createPool(server.url);
    expect(await pool.with({ replies: 'resp2' }).execute('ZSCORE', 'z', 'a')).toBe('1.5');
    await using lease = await pool.acquire({ replies: 'resp2' });
    expect(await lease.execute('HGETALL', 'h')).toEqual(['f', 'v']);
    await using session = await three.session({ replies: 'resp2' });
    expect(await session.execute('HGETALL', 'h')).toEqual(['f', 'v']);
    await using connection = await createConnection(server.url);
    expect(await connection.with({ replies: 'resp2' }).execute('HGETALL', 'h')).toEqual(['f', 'v']);
  });

  test('command values have it one by one, in a pipeline, and all together in a transaction', async () => {
    const score = command('ZSCORE', 'z', 'a') as Command<unknown>;
    expect(await three.sendAll([inResp2(score), score])).toEqual(['1.5', 1.5]);
    const multi = three.multi();
    void multi.send(inResp2(score));
    void multi.send(inResp2(command('ZRANGE', 'z', '0', '0', 'WITHSCORES')));
    void multi.zscore('z', 'a');
    expect(await multi.execute()).toEqual(['1.5', ['a', '1.5'], 1.5]);
  });

  test('what a client keeps has another shape: such a call is sent', async () => {
    await using cached = createRedis(server.url, { cache: {} });
    const view = cached.cached();
    await view.zscore('z', 'a');
    expect(await view.with({ replies: 'resp2' }).execute('ZSCORE', 'z', 'a')).toBe('1.5');
    expect(await view.execute('ZSCORE', 'z', 'a')).toBe(1.5);
  });

  test('another word is refused', () => {
    expect(() => three.with({ replies: 'resp4' as 'resp2' })).toThrow(/replies: expected/);
  });
});
